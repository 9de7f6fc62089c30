/** Breaks a text at spaces. A word that is longer than the width (a digest, a path) keeps a line of its own. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line]
}

/** A label and a text beside it, broken so that the text stays in its column. */
export function labelled(label: string, text: string, width: number, column: number): string[] {
  const [first = '', ...rest] = wrap(text, width, ' '.repeat(column))
  return [label.padEnd(column) + first.slice(column), ...rest]
}
