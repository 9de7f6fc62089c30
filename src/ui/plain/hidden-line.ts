import type { ReadStream, WriteStream } from 'node:tty'

const ENTER = /[\r\n]/
const GIVE_UP = /[\u{3}\u{4}\u{1b}]/u
const ERASE = /[\b\u{7f}]/u

/**
 * Asks for one line on a terminal and shows nothing of what is typed. Undefined: Ctrl-C, Ctrl-D or Escape, or the end of input. The
 * terminal is as it was afterwards.
 */
export async function hiddenLine(
  input: ReadStream,
  output: WriteStream,
  question: string,
): Promise<string | undefined> {
  output.write(`${question} (not shown): `)
  const wasRaw = input.isRaw
  input.setRawMode(true)
  try {
    let typed: readonly string[] = []
    for await (const chunk of input.iterator({ destroyOnReturn: false })) {
      for (const char of String(chunk)) {
        if (ENTER.test(char)) return typed.join('')
        if (GIVE_UP.test(char)) return undefined
        typed = ERASE.test(char) ? typed.slice(0, -1) : [...typed, char]
      }
    }
    return undefined
  } finally {
    input.setRawMode(wasRaw)
    input.pause()
    output.write('\n')
  }
}
