/**
 * libpq's connection service file: `[service]` lines, `name=value` lines, `#` for comments; no white space around `=`, no quotes.
 * https://www.postgresql.org/docs/current/libpq-pgservice.html
 */

/** What the file says of a service; undefined when it has none of that name. The first group of a name counts. */
export function findService(text: string, name: string): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const group = /^\[(.*)\]$/.exec(line)?.[1]
    if (group !== undefined) {
      if (found) return found
      if (group === name) found = new Map()
    } else if (found) {
      const equals = line.indexOf('=')
      if (equals > 0) found.set(line.slice(0, equals), line.slice(equals + 1))
    }
  }
  return found
}
