import { spawn, type ChildProcess } from 'node:child_process'

/** How long a program has to end by itself once it has been asked to. */
const GRACE = 2_000

export interface Program {
  /** Program and arguments. With `shell`, one line for `sh`. */
  readonly argv: readonly [string, ...string[]]
  readonly shell?: true | undefined
  readonly environment: NodeJS.ProcessEnv
  /** Milliseconds before it is ended. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** What becomes of its output; `stop` ends the program. */
export interface Listener {
  stdout(chunk: Buffer, stop: () => void): void
  stderr(chunk: Buffer): void
}

export interface Ended {
  /** Whether its exit code was 0. */
  readonly passed: boolean
  /** Exit code, or the signal's name, or `TIMEOUT`, or why it could not be started (`ENOENT`). */
  readonly ended: string
}

/** Signals everything that the program started and that has not left its process group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // Nobody is left in it.
  }
}

function start({ argv, shell, environment }: Program): ChildProcess {
  const [program, ...args] = shell ? ['sh', '-c', argv[0]] : argv
  return spawn(program, args, {
    shell: false,
    // A process group of its own, so that ending it ends its children too. It has no terminal to ask for passwords on.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    env: environment,
  })
}

/** Waits until the program has ended, or ends it: after its time, or when the signal says so. */
async function ending(child: ChildProcess, { timeout, signal }: Program, stop: () => void): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    stop()
  }, timeout)
  signal?.addEventListener('abort', stop, { once: true })
  child.once('error', (error: NodeJS.ErrnoException) => resolve({ passed: false, ended: error.code ?? error.message }))
  child.once('exit', (code, name) =>
    resolve(late ? { passed: false, ended: 'TIMEOUT' } : { passed: code === 0, ended: name ?? String(code) }),
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** What is still in the pipes when the program has ended. A descendant that left the group may hold them open for ever. */
async function drained(child: ChildProcess): Promise<void> {
  const open = [child.stdout, child.stderr].filter((stream) => stream !== null && !stream.closed)
  const closed = Promise.all(
    open.map((stream) => new Promise<void>((resolve) => stream?.once('close', () => resolve()))),
  )
  let timer: NodeJS.Timeout | undefined
  await Promise.race([closed, new Promise<void>((resolve) => (timer = setTimeout(resolve, GRACE)))])
  clearTimeout(timer)
  for (const stream of open) stream?.destroy()
}

/**
 * Runs a declared program to its end, which comes: it has its time, and whatever it leaves behind in its process group is ended with
 * it. Throws only when aborted.
 */
export async function runProgram(program: Program, listener: Listener): Promise<Ended> {
  program.signal?.throwIfAborted()
  let child: ChildProcess
  try {
    child = start(program)
  } catch (error) {
    // An argument with a zero byte, say: it is not even tried.
    return { passed: false, ended: error instanceof Error && 'code' in error ? String(error.code) : 'ERR_SPAWN' }
  }
  let last: NodeJS.Timeout | undefined
  const stop = (): void => {
    signalGroup(child, 'SIGTERM')
    last ??= setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE)
  }
  child.stdout?.on('data', (chunk: Buffer) => listener.stdout(chunk, stop))
  child.stderr?.on('data', (chunk: Buffer) => listener.stderr(chunk))
  const ended = await ending(child, program, stop)
  clearTimeout(last)
  signalGroup(child, 'SIGKILL')
  if (child.pid !== undefined) await drained(child)
  program.signal?.throwIfAborted()
  return ended
}
