import { spawn } from 'node:child_process'

import type { Account } from './account.ts'

export interface CommandOptions {
  readonly account?: Account | undefined
  /** Given to the command's standard input, which is empty otherwise. */
  readonly input?: string
  readonly cwd?: string
  /** Milliseconds before it is killed; 60,000 when absent. */
  readonly timeout?: number
}

/** A command did not end well. The message names it, how it ended and the end of what it printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Of a command that talks much, only the end is kept. In characters. */
const KEPT_OUTPUT = 4000

/**
 * The environment of everything that is started for a rehearsal: what programs need to run, and nothing else. Servers outlive this
 * program, and the operator's AWS credentials have no business in their environment.
 */
export function plainEnvironment(): Record<string, string> {
  const wanted = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TEMP']
  const kept = wanted.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}

/** Runs a command to its end, without a shell, and resolves with its standard output. Throws {@link CommandFailed}. */
export async function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = spawn(program, args, {
    // The directory of whoever started this program may be one that the account cannot enter.
    cwd: options.cwd ?? '/',
    env: plainEnvironment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeout ?? 60_000,
    killSignal: 'SIGKILL',
    ...options.account,
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-KEPT_OUTPUT)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-KEPT_OUTPUT)))
  // A command that ends without reading its input breaks the pipe: how it ended tells more.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')

  const ended = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`)
    })
  })
  if (ended === undefined) return output
  const said = (errors || output).trim()
  throw new CommandFailed(`${program}: ${ended}${said ? `; it said: ${said}` : ''}`)
}
