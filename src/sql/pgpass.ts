import type { Credentials } from '../ports/sql.ts'

/**
 * libpq's password file: `host:port:database:user:password`, one a line, `#` for comments, `*` for any, and `\` before a
 * `:` or `\` that is meant as such. The first line that fits decides.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 *
 * Read here and not with pg's `pgpass`: that one takes its file and PGPASSWORD from the environment while it reads, writes
 * warnings into the terminal, and takes `\\:` for an escaped colon.
 */

/** Splits at colons that are not escaped, and takes the escapes away. A password ends at such a colon too, as in libpq. */
function fieldsOf(line: string): readonly string[] {
  const fields: string[] = []
  let field = ''
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i)
    if (char === ':') {
      fields.push(field)
      field = ''
      continue
    }
    if (char === '\\' && i + 1 < line.length) i += 1
    field += line.charAt(i)
  }
  return [...fields, field]
}

export interface PgpassQuestion {
  readonly host: string
  readonly port: number
  /** Absent: whichever user the first line names that fits otherwise. */
  readonly user?: string
  readonly database?: string
}

const fits = (pattern: string, value: string | undefined): boolean =>
  pattern === '*' || value === undefined || pattern === value

/** The log-in that a password file has for an endpoint. A line for any user helps only who says which. */
export function findInPgpass(text: string, { host, port, user, database }: PgpassQuestion): Credentials | undefined {
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const [forHost = '', forPort = '', forDatabase = '', forUser = '', password] = fieldsOf(line)
    if (password === undefined || !fits(forHost, host) || !fits(forPort, String(port))) continue
    if (!fits(forDatabase, database) || !fits(forUser, user)) continue
    const found = user ?? (forUser === '*' ? undefined : forUser)
    if (found === undefined) continue
    const name = database ?? (forDatabase === '*' ? undefined : forDatabase)
    return { user: found, password, ...(name !== undefined && { database: name }) }
  }
  return undefined
}
