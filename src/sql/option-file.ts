/**
 * MySQL's and MariaDB's option files: `[group]` lines, `name = value` lines, `#` and `;` for comments.
 * https://dev.mysql.com/doc/refman/8.4/en/option-files.html
 */

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** A `#` begins a comment anywhere but inside quotes (`remove_end_comment` in MySQL's and MariaDB's my_default.c). */
function withoutComment(text: string): string {
  let quote = ''
  let escaped = false
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index)
    if ((char === '"' || char === "'") && !escaped) quote = quote === '' ? char : quote === char ? '' : quote
    if (quote === '' && char === '#') return text.slice(0, index)
    escaped = quote !== '' && char === '\\' && !escaped
  }
  return text
}

/** White space around a value goes, then quotes around it; `\n` and the like are characters; other backslashes stay. */
function valueOf(raw: string): string {
  const text = withoutComment(raw).trim()
  const inner = /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
  return inner.replace(/\\(.)/gs, (whole, letter: string) => ESCAPES[letter] ?? whole)
}

/** Options of some groups; later lines win. Names are as written but for `_`, which means `-`. Includes are passed over. */
export function readOptions(text: string, groups: ReadonlySet<string>): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  let inside = false
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';') || line.startsWith('!')) continue
    const group = /^\[([^\]]+)\]/.exec(line)?.[1]
    if (group !== undefined) {
      inside = groups.has(group.trim())
    } else if (inside) {
      const equals = line.indexOf('=')
      const name = (equals < 0 ? line : line.slice(0, equals)).trim().replaceAll('_', '-')
      options.set(name, equals < 0 ? '' : valueOf(line.slice(equals + 1)))
    }
  }
  return options
}

/** Part of an option file: lines, or an include between them. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file' | 'directory'; readonly path: string }

/** A file's lines and includes, in their order. The group goes on after an include. */
export function includesOf(text: string): readonly Part[] {
  const parts: Part[] = []
  let group = ''
  let lines: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const include = /^\s*!(include|includedir)\s+(.+?)\s*$/.exec(line)
    if (include?.[2] === undefined) {
      if (/^\s*\[/.test(line)) group = line
      lines.push(line)
      continue
    }
    parts.push({ kind: 'text', text: lines.join('\n') })
    parts.push({ kind: include[1] === 'include' ? 'file' : 'directory', path: include[2] })
    lines = [group]
  }
  return [...parts, { kind: 'text', text: lines.join('\n') }]
}
