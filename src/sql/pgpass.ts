import type { Credentials } from '../ports/sql.ts'

/**
 * libpq's password file: `host:port:database:user:password`, one a line, `#` for comments, `*` for any, and `\` before a
 * `:` or `\` that is meant as such. The first line that fits decides.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html
 *
 * Read here and not with pg's `pgpass`: that one takes its file and PGPASSWORD from the environment while it reads, writes
 * warnings into the terminal, and takes `\\:` for an escaped colon.
 */

interface Field {
  /** Without escapes. */
  readonly text: string
  /** A bare `*`; an escaped one is a star like any other character. */
  readonly any: boolean
}

/** Splits at colons that are not escaped. A password ends at such a colon too, as in libpq. */
function fieldsOf(line: string): readonly Field[] {
  const fields: Field[] = []
  for (const [, raw = '', end] of line.matchAll(/((?:\\.|[^:\\]|\\$)*)(:|$)/gs)) {
    fields.push({ text: raw.replace(/\\(.)/gs, '$1'), any: raw === '*' })
    if (end === '') break
  }
  return fields
}

export interface PgpassQuestion {
  readonly host: string
  readonly port: number
  /** Absent: whichever user the first line names that fits otherwise. */
  readonly user?: string
  readonly database?: string
}

const fits = (field: Field | undefined, value: string | undefined): boolean =>
  field !== undefined && (field.any || value === undefined || field.text === value)

/** What a field stands for: what was asked for, else what it names, else nothing. */
const meant = (field: Field | undefined, value: string | undefined): string | undefined =>
  value ?? (field?.any ? undefined : field?.text)

/** The log-in that a password file has for an endpoint. A line for any user helps only who says which. */
export function findInPgpass(text: string, question: PgpassQuestion): Credentials | undefined {
  for (const line of text.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue
    const [host, port, database, user, password] = fieldsOf(line)
    if (!fits(host, question.host) || !fits(port, String(question.port))) continue
    if (!fits(database, question.database) || !fits(user, question.user)) continue
    const name = meant(user, question.user)
    if (password === undefined || name === undefined) continue
    const known = meant(database, question.database)
    return { user: name, password: password.text, ...(known !== undefined && { database: known }) }
  }
  return undefined
}
