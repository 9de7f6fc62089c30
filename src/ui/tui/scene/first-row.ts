import stringWidth from 'string-width'

/** What of a text goes on the first of two rows, broken between words, and what is left for the second. */
export function firstRow(text: string, columns: number): readonly [row: string, rest: string] {
  if (stringWidth(text) <= columns) return [text, '']
  let end = 0
  for (let space = text.indexOf(' '); space !== -1; space = text.indexOf(' ', space + 1)) {
    if (stringWidth(text.slice(0, space)) > columns) break
    end = space
  }
  return [text.slice(0, end), text.slice(end).trimStart()]
}
