import mysql from 'mysql2'
import type { Connection } from 'mysql2'
import { CannotLogIn, type LogInQuestion, type SqlSession } from '../ports/sql.ts'
import type { Attempt } from '../tls/attempt.ts'
import { dial } from '../tls/dial.ts'
import { offerOfTls } from '../tls/greeting.ts'
import { within } from './deadline.ts'
import { DriverStream } from './driver-stream.ts'
import { logInFailure, queryFailure } from './log-in-failure.ts'
import { censusTaker, type Ask } from './mysql-census.ts'
import { readServer } from './mysql-server.ts'
import type { SessionMarks } from './session-marks.ts'
import { verifiedTls, type SqlContext, type Verified } from './verified-tls.ts'

/** mysql2 upgrades its connection in a method of this name, and goes on to send credentials when it is called back. */
interface Upgradable {
  startTLS: (onSecure: (error?: Error) => void) => void
}

function connectionOf({ host, port, roots, credentials }: LogInQuestion, stream: DriverStream): Connection {
  return mysql.createConnection({
    stream,
    host,
    port,
    user: credentials.user,
    password: credentials.password,
    ...(credentials.database !== undefined && { database: credentials.database }),
    // We do TLS ourselves, in `startTLS`; with this the driver sends an SSLRequest, and would verify if it came to that.
    ssl: { ca: [...roots], rejectUnauthorized: true, verifyIdentity: true },
    // The attempt has a deadline of its own.
    connectTimeout: 0,
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'rds-ca-runbook' },
    // mysql2 asks only whether it was told to; that it is encrypted is DriverStream's doing.
    enableCleartextPlugin: credentials.token === true,
    // Room for as many as this is made at once, and nothing is prepared here; the default is 16000.
    maxPreparedStatements: 1,
    supportBigNumbers: true,
    timezone: 'Z',
  })
}

async function connected(connection: Connection, attempt: Attempt): Promise<void> {
  await attempt.wait<void>((resolve, reject) => {
    const onConnect = (): void => resolve()
    connection.once('connect', onConnect).once('error', reject)
    return () => connection.off('connect', onConnect).off('error', reject)
  })
}

const query = (connection: Connection, sql: string): Promise<readonly Record<string, unknown>[]> =>
  new Promise((resolve, reject) => {
    connection.query<mysql.RowDataPacket[]>(sql, (error, rows) => {
      if (error) reject(error)
      else resolve(Array.isArray(rows) ? rows : [])
    })
  })

async function end(connection: Connection, stream: DriverStream, timeout: number): Promise<void> {
  try {
    const ended = new Promise<void>((resolve) => connection.end(() => resolve()))
    await within(ended, { timeout, what: 'Logging out', giveUp: () => stream.destroy() })
  } catch {
    // Logged out or not, the session is over.
  } finally {
    stream.destroy()
  }
}

/**
 * Logs in to MySQL or MariaDB with verify-full. Throws {@link CannotLogIn}; nothing stays open then.
 * A log-in also resets the server's count of interrupted connections from this address.
 */
export async function logInToMysql(
  question: LogInQuestion,
  { connect, timeout, now, onCapture }: SqlContext,
  attempt: Attempt,
  marks: SessionMarks,
): Promise<SqlSession> {
  const { credentials } = question
  const { socket: plain, place } = await dial(question, connect, attempt)
  let verified: Verified | undefined
  let refusal: unknown
  try {
    const { greeting } = await offerOfTls(plain, 'mysql', attempt)
    const stream = new DriverStream(plain, greeting)
    const connection = connectionOf(question, stream)
    // After a session is lost, the next query says so; until then nobody needs to hear of it.
    connection.on('error', () => undefined)
    const upgrade = async (): Promise<void> => {
      verified = await verifiedTls(plain, question, { now, place, attempt, ...(onCapture && { onCapture }) })
      stream.open(verified.socket)
    }
    const upgradable: Upgradable = {
      startTLS(onSecure) {
        upgrade().then(
          () => onSecure(),
          (error: unknown) => {
            refusal = error
            onSecure(new Error('refused'))
          },
        )
      },
    }
    Object.assign(connection, upgradable)
    await connected(connection, attempt)
    if (!verified)
      throw new CannotLogIn(
        'CERTIFICATE',
        `The log-in to ${attempt.target} went past the verification of its certificate; the session was ended.`,
      )

    const ask: Ask = async (sql) => {
      try {
        return await within(query(connection, sql), { timeout, what: 'A query', giveUp: () => stream.destroy() })
      } catch (error) {
        throw queryFailure(error, attempt.target, credentials.password)
      }
    }
    const server = await readServer(ask, () => attempt.ms)
    marks.add(server.run, server.mark)
    await ask('SET SESSION TRANSACTION READ ONLY')
    return {
      place,
      server: { flavour: server.flavour, version: server.version },
      tls: verified.tls,
      census: censusTaker({ ask, server, marks, now }),
      close: () => end(connection, stream, timeout),
    }
  } catch (error) {
    plain.destroy()
    throw logInFailure(refusal ?? error, attempt.target, credentials)
  }
}
