import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** A process of this machine, by its command line. */
export interface RunningProcess {
  readonly pid: number
  /** The arguments, the program first, joined by spaces. */
  readonly commandLine: string
}

/**
 * A process with a command line, or undefined when there is none of that id. A zombie has none: where nobody reaps orphans, as in many
 * containers, an ended server keeps its id for ever, and signal 0 to it succeeds. Nor has one that is just ending.
 */
export function runningProcess(pid: number): RunningProcess | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined
  if (process.platform === 'linux') return fromProc(pid)
  return processTable(['-p', String(pid)])[0]
}

/**
 * Whether a process has ended and let go of its files, locks and ports. Linux takes a process's memory, its command line with it, before
 * its files: for some milliseconds it has no name and still holds its port.
 */
export function hasEnded(pid: number): boolean {
  if (process.platform !== 'linux') return runningProcess(pid) === undefined
  try {
    // `PID (NAME) STATE …`, where the name may hold anything, parentheses too.
    const state = /\) (\w) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
    return state === 'Z' || state === 'X'
  } catch {
    return true
  }
}

/** Every process of this machine whose command line can be read. */
export function runningProcesses(): readonly RunningProcess[] {
  if (process.platform !== 'linux') return processTable(['-ax'])
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fromProc(Number(name)) ?? [])
}

/** Empty for a zombie, an ending process and a kernel thread. */
function fromProc(pid: number): RunningProcess | undefined {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return commandLine ? { pid, commandLine } : undefined
  } catch {
    return undefined
  }
}

/** `ps`, for macOS and the BSDs. Windows has none, and so no process of another program is ever recognised there. */
function processTable(which: readonly string[]): readonly RunningProcess[] {
  let table: string
  try {
    table = execFileSync('ps', [...which, '-ww', '-o', 'pid=,stat=,command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return []
  }
  return table.split('\n').flatMap((line) => {
    const [, pid, state, commandLine] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return pid && commandLine && !state?.startsWith('Z') ? [{ pid: Number(pid), commandLine }] : []
  })
}
