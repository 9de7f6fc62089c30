import { createInterface } from 'node:readline/promises'

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
      try {
        return await lines.question(question, { signal })
      } catch (error) {
        signal.throwIfAborted()
        // Ctrl-D, or a terminal that was closed: readline calls it an AbortError, and it is no answer to anything.
        if (!(error instanceof Error && error.name === 'AbortError')) throw error
        left = true
        say('')
        return ''
      }
    },
    behind: () => behind,
    say,
    left: () => left,
    close: () => lines.close(),
  }
}
