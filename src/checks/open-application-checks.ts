import { spawn, type ChildProcess } from 'node:child_process'
import type { ApplicationChecks, CheckQuestion, CheckResult } from '../ports/application-checks.ts'
import { OutputTail } from './output-tail.ts'
import { redact, secretsOf } from './redact.ts'

const DEFAULT_TIMEOUT = 30_000
/** How long a command has to end by itself once it has been asked to. */
const GRACE = 2_000
/** More than is shown, so that a secret that is cut in two at the start of what is shown is still whole when it is looked for. */
const KEPT_BYTES = 64_000
const SHOWN_CHARACTERS = 2_000

type Ended = Pick<CheckResult, 'passed' | 'ended'>

/** Signals everything that the command started and that has not left its process group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // Nobody is left in it.
  }
}

function start({ check, host, port, bundleFile }: CheckQuestion, environment: NodeJS.ProcessEnv): ChildProcess {
  const [program, ...args] = check.argv
  return spawn(program, args, {
    shell: false,
    // A process group of its own, so that ending it ends its children too. It has no terminal to ask for passwords on.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    env: { ...environment, RDS_CA_HOST: host, RDS_CA_PORT: String(port), RDS_CA_BUNDLE: bundleFile },
  })
}

/** Waits until the command has ended, or ends it: after its time, or when the signal says so. */
async function ending(child: ChildProcess, timeout: number, signal: AbortSignal | undefined): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  let late = false
  let last: NodeJS.Timeout | undefined
  const stop = (): void => {
    signalGroup(child, 'SIGTERM')
    last = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE)
  }
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
    clearTimeout(last)
    signal?.removeEventListener('abort', stop)
  }
}

/** What is still in the pipes when the command has ended. A descendant that left the group may hold them open for ever. */
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

/** Applications' own checks, run on this machine with the environment of this program. */
export function openApplicationChecks({
  environment = process.env,
}: { readonly environment?: NodeJS.ProcessEnv } = {}): ApplicationChecks {
  const run = async (question: CheckQuestion): Promise<CheckResult> => {
    const { check, signal } = question
    signal?.throwIfAborted()
    const begun = performance.now()
    const result = (ended: Ended, output: string): CheckResult => ({
      ...ended,
      output: redact(output, secretsOf(environment)).trim().slice(-SHOWN_CHARACTERS),
      ms: performance.now() - begun,
    })
    let child: ChildProcess
    try {
      child = start(question, environment)
    } catch (error) {
      // An argument with a zero byte, say: it is not even tried.
      return result(
        { passed: false, ended: error instanceof Error && 'code' in error ? String(error.code) : 'ERR_SPAWN' },
        '',
      )
    }
    const tail = new OutputTail(KEPT_BYTES)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => tail.add(chunk))
    const ended = await ending(child, check.timeout ?? DEFAULT_TIMEOUT, signal)
    // Whatever it left behind in its group is part of the check, and the check is over.
    signalGroup(child, 'SIGKILL')
    if (child.pid !== undefined) await drained(child)
    signal?.throwIfAborted()
    return result(ended, tail.text())
  }
  return { run }
}
