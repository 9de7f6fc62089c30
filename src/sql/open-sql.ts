import type { LogInQuestion, Sql, SqlSession } from '../ports/sql.ts'
import { Attempt } from '../tls/attempt.ts'
import { logInFailure } from './log-in-failure.ts'
import { SessionMarks } from './session-marks.ts'
import type { SqlContext } from './verified-tls.ts'

export interface SqlOptions extends Pick<SqlContext, 'connect' | 'now'> {
  /** Milliseconds for a log-in, and for each query after it; 15,000 when absent. */
  readonly timeout?: number
}

const DEFAULT_TIMEOUT = 15_000

/** PostgreSQL and MySQL sessions, by verify-full or not at all. Drivers are loaded with the first log-in that needs them. */
export function openSql({ connect, now, timeout = DEFAULT_TIMEOUT }: SqlOptions): Sql {
  const context: SqlContext = { connect, now, timeout }
  const marks = new SessionMarks()

  const logIn = async (question: LogInQuestion): Promise<SqlSession> => {
    const target = `${question.host}:${question.port}`
    const attempt = new Attempt(target, timeout, question.signal)
    try {
      if (question.engine === 'postgres') {
        const { logInToPostgres } = await import('./postgres-session.ts')
        return await logInToPostgres(question, context, attempt)
      }
      const { logInToMysql } = await import('./mysql-session.ts')
      return await logInToMysql(question, context, attempt, marks)
    } catch (error) {
      question.signal?.throwIfAborted()
      throw logInFailure(error, target, question.credentials.password)
    } finally {
      attempt.end()
    }
  }
  return { logIn }
}
