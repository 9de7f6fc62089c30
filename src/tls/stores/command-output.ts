import { CannotReadStore } from '../../ports/trust-stores.ts'
import { OutputTail } from '../../programs/output-tail.ts'
import { redact, secretsOf } from '../../programs/redact.ts'
import { runProgram } from '../../programs/run-program.ts'
import { MAX_BYTES } from './files.ts'
import type { StoreBytes } from './read-store.ts'

const DEFAULT_TIMEOUT = 30_000
const KEPT_BYTES = 16_000
const SHOWN_CHARACTERS = 300

const WHY: Readonly<Record<string, string>> = {
  TIMEOUT: 'It did not end in its time.',
  ENOENT: 'There is no such program on this machine.',
  EACCES: 'This user may not start it.',
}

/** What a declared command prints, which is the store. Throws {@link CannotReadStore}. */
export async function outputOf(
  argv: readonly [string, ...string[]],
  {
    timeout = DEFAULT_TIMEOUT,
    environment,
    signal,
  }: {
    readonly timeout?: number | undefined
    readonly environment: NodeJS.ProcessEnv
    readonly signal?: AbortSignal | undefined
  },
): Promise<StoreBytes> {
  const location = `output of ${redact(argv.join(' '))}`
  const chunks: Buffer[] = []
  const complaints = new OutputTail(KEPT_BYTES)
  let size = 0
  const { passed, ended } = await runProgram(
    { argv, environment, timeout, signal },
    {
      stdout(chunk, stop) {
        size += chunk.length
        if (size > MAX_BYTES) stop()
        else chunks.push(chunk)
      },
      stderr: (chunk) => complaints.add(chunk),
    },
  )
  if (size > MAX_BYTES)
    throw new CannotReadStore(
      'TOO_LARGE',
      `The ${location} has more than ${MAX_BYTES} bytes: that is no trust store. The command was ended.`,
    )
  if (passed) return { location, bytes: Buffer.concat(chunks), findings: [] }
  const said = redact(complaints.text(), secretsOf(environment)).replaceAll(/\s+/g, ' ').trim().slice(-SHOWN_CHARACTERS)
  throw new CannotReadStore(
    'COMMAND',
    `The trust store could not be fetched: the command ${redact(argv.join(' '))} ended with ${ended}. ${WHY[ended] ?? `It said: ${said || 'nothing'}`}`,
  )
}
