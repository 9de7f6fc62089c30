import { Client, type ClientConfig } from 'pg'

import { CONNECT_WITHIN, type Session, type Target, type TlsUse } from './session.ts'

/** A session with PostgreSQL, by node-postgres. */
export async function connectPostgres(target: Target, tls: TlsUse): Promise<Session> {
  const client = new Client({
    host: target.address,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: target.application,
    connectionTimeoutMillis: CONNECT_WITHIN,
    ssl: sslOf(target, tls),
  })
  let ended = false
  // A server that restarts breaks its sessions. Without a listener, that would end the program.
  client.on('error', () => (ended = true))
  client.on('end', () => (ended = true))
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    get ended() {
      return ended
    },
    end: async () => {
      ended = true
      await client.end().catch(() => undefined)
    },
  }
}

/**
 * The name goes into `servername`, which is what Node then compares with the certificate, since the driver is given an IP address for a
 * host. With `host` alone it would compare the address.
 */
function sslOf(target: Target, tls: TlsUse): NonNullable<ClientConfig['ssl']> {
  if (tls.kind === 'plain') return false
  if (tls.kind === 'unverified') return { rejectUnauthorized: false, servername: target.host }
  return { rejectUnauthorized: true, ca: tls.roots, servername: target.host }
}
