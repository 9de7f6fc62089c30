import type { TLSSocket } from 'node:tls'
import PgClient from 'pg/lib/client.js'
import type { Client, ClientConfig } from 'pg'
import type { Credentials, LogInQuestion, SqlSession } from '../ports/sql.ts'
import type { Attempt } from '../tls/attempt.ts'
import { dial } from '../tls/dial.ts'
import { askForTls } from '../tls/greeting.ts'
import { within } from './deadline.ts'
import { logInFailure, queryFailure } from './log-in-failure.ts'
import { readServer, settle, takeCensus, type Ask } from './postgres-census.ts'
import { verifiedTls, type SqlContext } from './verified-tls.ts'

/** pg calls `connect` on whatever stream it is given, and goes on when it emits `connect`. This one is connected already. */
function alreadyConnected(socket: TLSSocket): TLSSocket {
  const connect = (): TLSSocket => {
    queueMicrotask(() => socket.emit('connect'))
    return socket
  }
  return Object.assign(socket, { connect })
}

/**
 * Makes a client while no `PG…` variable is there: its constructor takes every setting that is not given from the
 * environment (PGOPTIONS, PGREPLICATION, PGSSLNEGOTIATION …), and there is no value that says "none". Synchronous, so
 * nobody sees the environment without them.
 */
function clientOf(config: ClientConfig): Client {
  const kept = Object.entries(process.env).filter(([name]) => name.startsWith('PG'))
  for (const [name] of kept) delete process.env[name]
  try {
    return new PgClient(config)
  } finally {
    for (const [name, value] of kept) process.env[name] = value
  }
}

/** The database of the same name as the user is libpq's default; every PostgreSQL has `postgres`. */
const databaseOf = ({ database }: Credentials): string => database ?? 'postgres'

const connected = (client: Client, attempt: Attempt): Promise<void> =>
  attempt.wait<void>((resolve, reject) => {
    client.connect().then(() => resolve(), reject)
    return () => undefined
  })

async function end(client: Client, socket: TLSSocket, timeout: number): Promise<void> {
  try {
    await within(client.end(), { timeout, what: 'Logging out', giveUp: () => socket.destroy() })
  } catch {
    // Logged out or not, the session is over.
  } finally {
    socket.destroy()
  }
}

/** Logs in to PostgreSQL with verify-full. Throws `CannotLogIn`; nothing stays open then. */
export async function logInToPostgres(
  question: LogInQuestion,
  { connect, timeout, now, onCapture }: SqlContext,
  attempt: Attempt,
): Promise<SqlSession> {
  const { credentials } = question
  const { socket: plain, place } = await dial(question, connect, attempt)
  try {
    await askForTls(plain, 'postgres', attempt)
    const { socket, tls } = await verifiedTls(plain, question, { now, place, attempt, ...(onCapture && { onCapture }) })
    const client = clientOf({
      host: question.host,
      port: question.port,
      user: credentials.user,
      // As a function, so that an empty one does not send pg to ~/.pgpass.
      password: () => credentials.password,
      database: databaseOf(credentials),
      application_name: 'rds-ca-runbook',
      // TLS is up and verified: pg is to speak on this stream and no other.
      ssl: false,
      stream: () => alreadyConnected(socket),
    })
    // After a session is lost, the next query says so; until then nobody needs to hear of it.
    client.on('error', () => undefined)
    await connected(client, attempt)

    const ask: Ask = async (sql) => {
      const giveUp = (): void => void socket.destroy()
      try {
        const { rows } = await within(client.query<Record<string, unknown>>(sql), { timeout, what: 'A query', giveUp })
        return rows
      } catch (error) {
        throw queryFailure(error, attempt.target, credentials.password)
      }
    }
    const server = await readServer(ask)
    await settle(ask, timeout)
    return {
      place,
      server: { flavour: 'postgres', version: server.version },
      tls,
      census: () => takeCensus(ask, server, now),
      close: () => end(client, socket, timeout),
    }
  } catch (error) {
    plain.destroy()
    throw logInFailure(error, attempt.target, credentials)
  }
}
