import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

const nowhere = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })

/**
 * Asks for something that nobody may read on the screen: what is typed is not echoed, and goes into no history. The streams must be
 * terminals. Undefined when nothing was typed. Rejects with the signal's reason.
 */
export async function askHidden(
  question: string,
  { stdin, stdout }: { readonly stdin: NodeJS.ReadableStream; readonly stdout: NodeJS.WritableStream },
  signal: AbortSignal,
): Promise<string | undefined> {
  // As a terminal readline reads key by key, so the terminal echoes nothing; what it would draw itself goes nowhere.
  const lines = createInterface({ input: stdin, output: nowhere(), terminal: true, historySize: 0 })
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  stdout.write(question)
  try {
    return (await lines.question('', { signal })) || undefined
  } catch (error) {
    signal.throwIfAborted()
    // Ctrl-D, or a terminal that was closed: no answer to anything.
    if (error instanceof Error && error.name === 'AbortError') return undefined
    throw error
  } finally {
    lines.close()
    stdout.write('\n')
  }
}
