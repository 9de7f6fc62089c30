import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './commands/exit-codes.ts'
import { failureSentence } from './commands/failure-sentence.ts'
import { OperatorError } from './commands/operator-error.ts'
import { buildProgram, exitOfParsing } from './commands/program.ts'

/**
 * Runs the program with these arguments and sets the process's exit code. The one place where it is decided how a failure
 * ends: a sentence on stderr, and a code that says its kind.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const interruption = new AbortController()
  const lost = watchOutput(interruption)
  const interrupt = () => {
    // A second time means now: whatever is under way is on record, and is found by the next start.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted)
    interruption.abort(new Error('interrupted'))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

  const finish = async (code: Promise<ExitCode>): Promise<void> => {
    process.exitCode = await code
  }
  try {
    await buildProgram(finish, interruption.signal).parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = exitOfParsing(error)
      return
    }
    if (lost()) return
    const saysItself = error instanceof OperatorError && error.exitCode === EXIT.interrupted
    if (interruption.signal.aborted && !saysItself) {
      process.stderr.write('Interrupted. What was proven is saved; start again to go on from there.\n')
      process.exitCode = EXIT.interrupted
      return
    }
    const { sentence, code } = await failureSentence(error)
    process.stderr.write(`${sentence}\n`)
    process.exitCode = code
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupt)
  }
}

/** Where nobody is left to be told: the reader went away (`| head`), which is nothing wrong, or the terminal was closed. */
const GONE: Readonly<Record<string, ExitCode>> = { EPIPE: EXIT.done, EIO: EXIT.interrupted }

/**
 * Stops what is under way, where it is on record, once its output can go nowhere any more. Returns whether that is so. It may come to
 * light after everything else has ended, so it decides about the exit code itself.
 */
function watchOutput(interruption: AbortController): () => boolean {
  let lost = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost) return
    lost = true
    interruption.abort(error)
    const gone = GONE[error.code ?? '']
    if (gone === undefined)
      process.stderr.write(
        `The output cannot be written: ${error.message}. What was proven is saved; give the output another place and start again to go on from there.\n`,
      )
    process.once('exit', () => {
      process.exitCode = gone ?? EXIT.usage
    })
  })
  // Nobody can be told that nobody can be told.
  process.stderr.on('error', () => {})
  return () => lost
}
