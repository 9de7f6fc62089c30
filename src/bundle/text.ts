/** Lines for a terminal of 80 columns. */
export const WIDTH = 80

/**
 * Breaks a sentence at its spaces. A word that is longer than a line (a path, a URL) has a line of its own, and is never broken:
 * it is there to be copied.
 * @param first stands before the first line; the others are indented as far
 */
export function wrapped(text: string, first = '', width = WIDTH): string[] {
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '.repeat(first.length)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

/** `1 root`, `3 roots`. */
export const several = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
