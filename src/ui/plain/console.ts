import { createInterface } from 'node:readline/promises'
import { answerOn } from './answer-on.ts'

export interface Console {
  /** What was typed; nothing, as for Enter alone, when nobody will type any more. */
  readonly ask: (question: string) => Promise<string>
  /** The lines that came behind the last answer, in one paste with it. They answer nothing else: the next question forgets them. */
  readonly behind: () => readonly string[]
  readonly say: (line: string) => void
  /** Whether nobody will type any more. */
  readonly left: () => boolean
  readonly close: () => void
}

export interface Streams {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
}

/** Questions and answers in plain lines. Asking throws the signal's reason when aborted. */
export function openConsole(streams: Streams, signal: AbortSignal): Console {
  const lines = createInterface({ input: streams.stdin, output: streams.stdout })
  // On a terminal readline takes Ctrl-C for itself; it is the program's to end by.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  let left = false
  let behind: string[] = []
  lines.on('line', (line) => behind.push(line))
  const say = (line: string): void => {
    streams.stdout.write(`${line}\n`)
  }
  return {
    async ask(question) {
      if (left) return ''
      behind = []
      const answer = await answerOn(lines, question, signal)
      if (answer !== undefined) return answer
      left = true
      say('\nNobody answers any more. What was asked stays as it is; start again to go on from there.')
      return ''
    },
    behind: () => behind,
    say,
    left: () => left,
    close: () => lines.close(),
  }
}
