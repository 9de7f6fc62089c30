import { Client } from 'pg'

import { ADMINISTRATOR, type AdminSession } from './engine.ts'

/**
 * Logs in to the PostgreSQL on this loopback port as its administrator. The certificate is not verified: the rehearsal made it, and is
 * just about to change it. Without `tls`, for a server that has none. Throws what the driver throws.
 */
export async function logInToPostgres(port: number, password: string, tls: boolean): Promise<AdminSession> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: ADMINISTRATOR,
    password,
    database: 'postgres',
    application_name: ADMINISTRATOR,
    ssl: tls && { rejectUnauthorized: false },
    connectionTimeoutMillis: 5000,
  })
  let ended = false
  // A server that ends, ends its sessions: expected, and seen by `ended`.
  client.on('error', () => (ended = true))
  client.on('end', () => (ended = true))
  await client.connect()
  return {
    get ended() {
      return ended
    },
    dataDirectory: async () => {
      const answer = await client.query<{ data_directory: string }>('SHOW data_directory')
      return answer.rows[0]?.data_directory ?? ''
    },
    reloadCertificate: async () => {
      await client.query('SELECT pg_reload_conf()')
    },
    ensureUser: async (user, password) => {
      const role = client.escapeIdentifier(user)
      const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user])
      const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER'
      await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`)
    },
    end: async () => {
      ended = true
      await client.end().catch(() => undefined)
    },
  }
}
