import stringWidth from 'string-width'

/** A table in plain text: columns as wide as their widest cell, by the terminal's own widths, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)),
      )
      .join('  ')
      .trimEnd(),
  )
}

/**
 * The same within a width, in columns of the terminal: where the table is wider, each row is its first cell, and beneath it what the
 * others say, each after its heading, unless it says that itself. The first row is the headings. `width` undefined: whatever it takes.
 */
export function tableWithin(rows: readonly (readonly string[])[], width: number | undefined): string[] {
  const whole = table(rows)
  if (width === undefined || whole.every((line) => stringWidth(line) <= width)) return whole
  const [headings = [], ...others] = rows
  return others.flatMap(([name = '', ...cells]) => {
    const said = cells.flatMap((cell, index) => {
      const heading = headings[index + 1]?.toLowerCase() ?? ''
      if (cell === '' || cell === '-') return []
      return [cell.includes(heading) ? cell : `${heading} ${cell}`]
    })
    return [name, ...packed(said, width, ' '.repeat(name.length - name.trimStart().length + 4))]
  })
}

/** As many parts to a line as fit, with commas between them. */
function packed(parts: readonly string[], width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const [index, part] of parts.entries()) {
    const text = index === parts.length - 1 ? part : `${part},`
    const longer = line === '' ? `${indent}${text}` : `${line} ${text}`
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line)
      line = `${indent}${text}`
    } else line = longer
  }
  return line === '' ? lines : [...lines, line]
}
