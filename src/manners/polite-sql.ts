import { CannotLogIn, type LogInQuestion, type Sql, type SqlSession } from '../ports/sql.ts'
import type { Handshakes, LogInLook } from './handshakes.ts'

/** How a log-in ended, once its handshake was made: an open session, or why there is none. */
export type LogInEnd = SqlSession | CannotLogIn

/**
 * Log-ins, with manners on MySQL: one that a certificate stops is a handshake that came to nothing, and counts as one.
 * @param sql for PostgreSQL, which counts nothing
 * @param look logs in to MySQL; throws when there was no handshake
 */
export const politeSql = (
  sql: Sql,
  handshakes: Handshakes,
  look: (question: LogInQuestion) => Promise<LogInLook<LogInEnd>>,
): Sql => ({
  async logIn(question) {
    if (question.engine !== 'mysql') return sql.logIn(question)
    const { session } = await handshakes.logIn(question, () => look(question))
    if (session instanceof CannotLogIn) throw session
    return session
  },
})
