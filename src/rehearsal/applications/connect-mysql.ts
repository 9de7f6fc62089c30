import { connect as connectTcp } from 'node:net'

import { type ConnectionOptions, createConnection } from 'mysql2/promise'

import { CONNECT_WITHIN, type Session, type Target, type TlsUse } from './session.ts'

/** A session with MariaDB or MySQL, by mysql2. */
export async function connectMysql(target: Target, tls: TlsUse): Promise<Session> {
  const socket = connectTcp({ host: target.address, port: target.port, noDelay: true })
  socket.on('error', () => undefined)
  const ssl = sslOf(tls)
  try {
    const connection = await createConnection({
      // The name that is verified; TCP is the socket's business. With an address for a host, mysql2 compares with "localhost".
      host: target.host,
      port: target.port,
      stream: () => socket,
      database: target.database,
      user: target.user,
      password: target.password,
      connectTimeout: CONNECT_WITHIN,
      connectAttributes: { program_name: target.application },
      // Room for as many as this is made at once, for each connection: the default of 16000 costs more than the log-in.
      maxPreparedStatements: 1,
      ...(ssl ? { ssl } : {}),
    })
    connection.on('error', () => undefined)
    return {
      get ended() {
        return socket.destroyed || socket.readableEnded
      },
      end: async () => {
        await connection.end().catch(() => undefined)
        socket.destroy()
      },
    }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * A new object for each connection: mysql2 keeps TLS sessions by it, and a resumed session shows no certificate. `verifyIdentity` must be
 * said; without it mysql2 compares no name.
 */
function sslOf(tls: TlsUse): ConnectionOptions['ssl'] | undefined {
  if (tls.kind === 'plain') return undefined
  if (tls.kind === 'unverified') return { rejectUnauthorized: false }
  return { rejectUnauthorized: true, verifyIdentity: true, ca: tls.roots }
}
