import { createConnection, type RowDataPacket } from 'mysql2/promise'

import { ADMINISTRATOR, type AdminSession } from './engine.ts'

/**
 * Logs in to the MariaDB or MySQL on this loopback port as its administrator, without verifying its certificate, as with PostgreSQL.
 * Throws what the driver throws.
 */
export async function logInToMysql(
  port: number,
  password: string,
  { kind, tls }: { readonly kind: 'mariadb' | 'mysql'; readonly tls: boolean },
): Promise<AdminSession> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user: ADMINISTRATOR,
    password,
    ...(tls && { ssl: { rejectUnauthorized: false } }),
    connectTimeout: 5000,
    // Room for as many as this is made at once; the default is 16000.
    maxPreparedStatements: 1,
  })
  let ended = false
  connection.on('error', () => (ended = true))
  connection.on('end', () => (ended = true))
  return {
    get ended() {
      return ended
    },
    dataDirectory: async () => {
      const [rows] = await connection.query<RowDataPacket[]>('SELECT @@datadir AS directory')
      return String(rows[0]?.['directory'])
    },
    reloadCertificate: async () => {
      await connection.query(kind === 'mariadb' ? 'FLUSH SSL' : 'ALTER INSTANCE RELOAD TLS')
    },
    ensureUser: async (user, password) => {
      await connection.query(`CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?`, [user, password])
      await connection.query(`ALTER USER ?@'%' IDENTIFIED BY ?`, [user, password])
      await connection.query(`GRANT SELECT ON app.* TO ?@'%'`, [user])
    },
    end: async () => {
      ended = true
      await connection.end().catch(() => undefined)
    },
  }
}
