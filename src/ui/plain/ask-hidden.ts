import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { answerOn } from './answer-on.ts'

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
    return (await answerOn(lines, '', signal)) || undefined
  } finally {
    lines.close()
    stdout.write('\n')
  }
}
