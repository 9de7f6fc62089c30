import { CannotLogIn, type LogInQuestion, type Sql, type SqlSession } from '../ports/sql.ts'
import { Attempt } from '../tls/attempt.ts'
import type { Capture } from '../tls/capture.ts'
import { logInFailure } from './log-in-failure.ts'
import { SessionMarks } from './session-marks.ts'
import type { SqlContext } from './verified-tls.ts'

export interface SqlOptions extends Pick<SqlContext, 'connect' | 'now'> {
  /** Milliseconds for a log-in, and for each query after it; 15,000 when absent. */
  readonly timeout?: number
}

const DEFAULT_TIMEOUT = 15_000

/** What the handshake of a log-in captured, and how it went on. */
export interface CapturedLogIn {
  readonly capture: Capture
  /** `refused`: the server said no to the user. `stopped`: we hung up, at the certificate before anything was sent, or at what was asked for. */
  readonly end: 'logged-in' | 'refused' | 'stopped'
  /** An open session, or why there is none. */
  readonly session: SqlSession | CannotLogIn
}

export interface OpenSql extends Sql {
  /**
   * Logs in likewise, and tells what the handshake captured, however the log-in ends. Throws `CannotLogIn` when there was no handshake,
   * or the session was lost after it.
   */
  look(question: LogInQuestion): Promise<CapturedLogIn>
}

/** How a log-in that failed after its handshake ended for the server; undefined: it was lost on the way. */
function endOf({ code }: CannotLogIn): CapturedLogIn['end'] | undefined {
  if (code === 'CERTIFICATE' || code === 'UNSUPPORTED') return 'stopped'
  return code === 'AUTHENTICATION' || code === 'REFUSED' ? 'refused' : undefined
}

/** PostgreSQL and MySQL sessions, by verify-full or not at all. Drivers are loaded with the first log-in that needs them. */
export function openSql({ connect, now, timeout = DEFAULT_TIMEOUT }: SqlOptions): OpenSql {
  const context: SqlContext = { connect, now, timeout }
  const marks = new SessionMarks()

  const open = async (question: LogInQuestion, onCapture?: (capture: Capture) => void): Promise<SqlSession> => {
    const target = `${question.host}:${question.port}`
    const attempt = new Attempt(target, timeout, question.signal)
    const watched: SqlContext = { ...context, ...(onCapture && { onCapture }) }
    try {
      if (question.engine === 'postgres') {
        const { logInToPostgres } = await import('./postgres-session.ts')
        return await logInToPostgres(question, watched, attempt)
      }
      const { logInToMysql } = await import('./mysql-session.ts')
      return await logInToMysql(question, watched, attempt, marks)
    } catch (error) {
      question.signal?.throwIfAborted()
      throw logInFailure(error, target, question.credentials)
    } finally {
      attempt.end()
    }
  }

  return {
    logIn: (question) => open(question),
    async look(question) {
      const captures: Capture[] = []
      const captured = (): Capture | undefined => captures[0]
      try {
        const session = await open(question, (capture) => captures.push(capture))
        const capture = captured()
        if (!capture) throw new Error('Bug: a log-in without a handshake')
        return { capture, end: 'logged-in', session }
      } catch (error) {
        const capture = captured()
        const end = error instanceof CannotLogIn ? endOf(error) : undefined
        if (!capture || !end || !(error instanceof CannotLogIn)) throw error
        return { capture, end, session: error }
      }
    },
  }
}
