import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { discardServers } from '../../src/rehearsal/servers/discard-servers.ts'
import { hasEnded, runningProcesses } from '../../src/rehearsal/servers/processes.ts'
import { ROOT } from './import-graph.ts'

export const BIN = join(ROOT, 'bin', 'rds-ca-runbook.js')

const { RDS_CA_RUNBOOK_REHEARSAL_PORTS: ports } = process.env

/** The environment of an operator without an AWS account: nothing of this machine's leaks in but where ports are ours. */
export const cleanEnv = (extra: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: extra['HOME'] ?? tmpdir(),
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  AWS_EC2_METADATA_DISABLED: 'true',
  ...(ports !== undefined && { RDS_CA_RUNBOOK_REHEARSAL_PORTS: ports }),
  ...extra,
})

export interface Ended {
  /** Exit code; the signal's name when it was killed. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when stdout has this text; rejects when the program ends without. */
  saw(text: string): Promise<void>
  /** What it has printed so far. */
  stdout(): string
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Standard input is empty unless it is `open`. */
  readonly stdin?: 'open'
  /** Node's own flags, for the program alone: no process that it starts inherits them. */
  readonly node?: readonly string[]
  /** The user and group that it runs as: an ordinary one, where the tests run as root. */
  readonly account?: number
}

/** Starts the built program. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(process.execPath, [...(options.node ?? []), BIN, ...args], {
    env: cleanEnv(options.env),
    stdio: [options.stdin === 'open' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    cwd: options.env?.['CWD'] ?? tmpdir(),
    ...(options.account !== undefined && { uid: options.account, gid: options.account }),
  })
  let stdout = ''
  let stderr = ''
  let over = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const one of waiting) one()
  }
  child.stdout?.on('data', (data: Buffer) => {
    stdout += data.toString()
    wake()
  })
  child.stderr?.on('data', (data: Buffer) => {
    stderr += data.toString()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      over = true
      resolve({ code: code ?? signal ?? 'unknown', stdout, stderr })
      wake()
    })
  })
  const saw = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve()
        else if (over) reject(new Error(`ended without "${text}":\n${stdout}\n${stderr}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return { child, ended, saw, stdout: () => stdout }
}

export const run = (args: readonly string[], options: StartOptions = {}): Promise<Ended> => start(args, options).ended

/** One line of the simulated Region's request log. */
export interface Requested {
  readonly time: string
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
  readonly status: number
}

/** A state directory of a test, and the rehearsal in it. */
export class StateDir {
  readonly path = mkdtempSync(join(tmpdir(), 'rds-ca-runbook-'))

  /** Every request that the Region has taken. */
  requests(): Requested[] {
    const log = join(this.path, 'rehearsal', 'requests.jsonl')
    if (!existsSync(log)) return []
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Requested)
  }

  /** Requests that change something, and were taken. */
  changes(): string[] {
    return this.requests()
      .filter(({ action, status }) => /^(Modify|Apply|Reboot|Create|Delete)/.test(action) && status === 200)
      .map(({ action, parameters }) => `${action} ${parameters['DBInstanceIdentifier'] ?? ''}`)
  }

  /** The flags that put a command into this directory. */
  get flags(): string[] {
    return ['--state-dir', this.path]
  }

  /** The processes that serve the Region, or are about to: by their command line, which is there before anything else of them is. */
  regionPids(): number[] {
    return runningProcesses()
      .filter(({ commandLine }) => commandLine.includes(`--serve --state-dir ${this.path}`))
      .map(({ pid }) => pid)
  }

  /** Kills the Region, or has it end cleanly. Its servers are left behind by the one, and stopped by the other. */
  async endRegion(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    for (const pid of this.regionPids()) {
      process.kill(pid, signal)
      await until(`the Region's process ${pid} has ended`, () => hasEnded(pid))
    }
  }

  /** Ends what runs of the rehearsal, and removes everything of it, also what lies outside of this directory. */
  async remove(): Promise<void> {
    await this.endRegion('SIGTERM')
    await discardServers(join(this.path, 'rehearsal'))
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Polls until something is so. The bound is for a test that would otherwise hang, and says what never came. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, bound = 30_000): Promise<void> {
  const end = Date.now() + bound
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never so: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
