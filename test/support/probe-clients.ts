import mysql from 'mysql2/promise'
import PgClient from 'pg/lib/client.js'
import type { DatabaseServer } from './database-servers.ts'

/** A session of somebody else, to be seen by a census. */
export interface OtherSession {
  query(sql: string): Promise<unknown>
  end(): Promise<void>
}

export interface Wanted {
  readonly tls?: boolean
  readonly application?: string
  readonly user?: string
  readonly password?: string
  /** Directory or path of the server's local socket. */
  readonly socket?: string
}

export async function postgresSession(
  server: DatabaseServer,
  { tls = true, application, user = server.user, password = server.password, socket }: Wanted = {},
): Promise<OtherSession> {
  const client = new PgClient({
    host: socket ?? '127.0.0.1',
    port: server.port,
    user,
    password,
    database: 'postgres',
    ssl: tls && socket === undefined ? { rejectUnauthorized: false } : false,
    ...(application !== undefined && { application_name: application }),
  })
  client.on('error', () => undefined)
  await client.connect()
  return { query: (sql) => client.query(sql), end: () => client.end() }
}

export async function mysqlSession(
  server: DatabaseServer,
  { tls = true, application, user = server.user, password = server.password, socket }: Wanted = {},
): Promise<OtherSession> {
  const connection = await mysql.createConnection({
    ...(socket === undefined ? { host: '127.0.0.1', port: server.port } : { socketPath: socket }),
    user,
    password,
    ...(tls && socket === undefined && { ssl: { rejectUnauthorized: false } }),
    ...(application !== undefined && { connectAttributes: { program_name: application } }),
  })
  return { query: (sql) => connection.query(sql), end: () => connection.end() }
}
