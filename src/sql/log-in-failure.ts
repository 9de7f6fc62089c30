import { CannotLogIn, type Credentials } from '../ports/sql.ts'
import { CannotReach, type Check, type WireEngine } from '../ports/wire.ts'
import type { Judgement } from '../tls/judge.ts'

const codeOf = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** A server's text on one line, without the password that somebody may have put where it does not belong. */
export function scrubbed(text: string, password: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').slice(0, 300)
  return password.length >= 4 ? line.replaceAll(password, '…') : line
}

const failed = (check: Check) => (check.passed ? [] : [{ code: check.code, detail: check.detail }])

/** That the server's certificate is not what verify-full asks for. No user and no password has been sent. */
export function certificateRefused(
  engine: WireEngine,
  target: string,
  { chain, dates, name, controls }: Judgement,
): CannotLogIn {
  const reasons = [...failed(chain), ...failed(dates), ...failed(name)]
  if (controls.withoutServedRoot === 'passed' || controls.wrongName === 'passed')
    reasons.push({ code: 'control-passed', detail: 'the judge would have accepted anything' })
  const why = reasons.map(({ code, detail }) => `${code}: ${detail}`).join('; ')
  return new CannotLogIn(
    'CERTIFICATE',
    `The certificate of ${target} does not pass verify-full, so no credentials were sent. ${why}.`,
    { certificate: { engine, endpoint: target, checks: reasons.map(({ code }) => code) } },
  )
}

type Refusal = { readonly code: 'AUTHENTICATION' | 'REFUSED' | 'UNSUPPORTED'; readonly advice: string }

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function postgresRefusal(sqlState: string, message: string): Refusal | undefined {
  if (sqlState === '28P01') return { code: 'AUTHENTICATION', advice: 'check the user and the password' }
  if (sqlState === '28000')
    return message.includes('pg_hba.conf')
      ? { code: 'REFUSED', advice: 'pg_hba.conf lets nobody in from here with this user and database' }
      : { code: 'AUTHENTICATION', advice: 'the server does not know this user, or not with this way to log in' }
  if (/^[0-9A-Z]{5}$/.test(sqlState) && !/^E[A-Z]{4}$/.test(sqlState))
    return { code: 'REFUSED', advice: 'the server said no to the session' }
  return undefined
}

const WRONG_CREDENTIALS = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_ACCOUNT_HAS_BEEN_LOCKED',
  'ER_MUST_CHANGE_PASSWORD_LOGIN',
  'ER_DBACCESS_DENIED_ERROR',
])

/** https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html, by mysql2's names. */
function mysqlRefusal(code: string): Refusal | undefined {
  if (WRONG_CREDENTIALS.has(code))
    return { code: 'AUTHENTICATION', advice: 'check the user, the password and the hosts that the account is for' }
  // These two are the driver's: it hangs up, and the server has an interrupted handshake.
  if (code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED')
    return {
      code: 'UNSUPPORTED',
      advice:
        'the account asks for what it is given in clear text, as accounts for IAM tokens do (login: { from: iam }); no password is sent so',
    }
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR')
    return { code: 'UNSUPPORTED', advice: 'the account uses a way to log in that is not supported here' }
  if (code.startsWith('ER_')) return { code: 'REFUSED', advice: 'the server said no to the session' }
  return undefined
}

/** What an IAM log-in needs beside a token. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html */
const TOKEN =
  'for a log-in by IAM token, see that IAM authentication is on for this database, that the user has rds_iam (PostgreSQL) or AWSAuthenticationPlugin (MySQL), that the policy allows rds-db:connect for this user, and that this machine’s clock is right (a token holds 15 minutes)'

/** Any failure of a log-in as the port's error. What drivers throw is not kept as a cause: it may hold what was sent. */
export function logInFailure(error: unknown, target: string, { password, token }: Credentials): CannotLogIn {
  if (error instanceof CannotLogIn) return error
  if (error instanceof CannotReach) return new CannotLogIn(error.code, error.message, { cause: error })
  const code = codeOf(error) ?? 'ERR_LOG_IN'
  const message = scrubbed(error instanceof Error ? error.message : String(error), password)
  const refusal = mysqlRefusal(code) ?? postgresRefusal(code, message)
  const advice = refusal?.code === 'AUTHENTICATION' && token ? TOKEN : refusal?.advice
  return refusal
    ? new CannotLogIn(refusal.code, `${target} refused the log-in: ${message} (${code}); ${advice}.`)
    : new CannotLogIn(code, `The log-in to ${target} failed: ${message} (${code}).`)
}

/** That a query of an open session failed. `code` is the server's own (SQLSTATE, or `ER_…`) or `CLOSED` when the session is over. */
export function queryFailure(error: unknown, target: string, password: string): CannotLogIn {
  if (error instanceof CannotLogIn) return error
  const code = codeOf(error) ?? ''
  const message = scrubbed(error instanceof Error ? error.message : String(error), password)
  return mysqlRefusal(code) || postgresRefusal(code, message)
    ? new CannotLogIn(code, `${target} refused a query of the census: ${message} (${code}).`)
    : new CannotLogIn('CLOSED', `The session with ${target} was lost: ${message}. Log in again.`)
}
