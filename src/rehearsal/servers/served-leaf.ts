import { X509Certificate } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** The wire protocol of a server. MariaDB's is MySQL's. */
export type Family = 'postgres' | 'mysql'

const LOOPBACK = '127.0.0.1'
const TIMEOUT = 5000

/** PostgreSQL: length 8, request code 80877103. The answer is one byte, `S` or `N`. */
const POSTGRES_SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex')

/** MySQL: 32 bytes of payload, sequence 1; capabilities PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH and LONG_PASSWORD; no answer. */
const MYSQL_SSL_REQUEST = Buffer.concat([Buffer.from('20000001018a08000000000108', 'hex'), Buffer.alloc(23)])

/** The SHA-256 of the first certificate of a PEM text, as {@link servedLeaf} gives it. */
export const leafOf = (chainPem: string): string => new X509Certificate(chainPem).fingerprint256

/**
 * Makes one TLS handshake without logging in and resolves with the SHA-256 of the certificate that the server shows, or with undefined
 * when there was no handshake. The server on loopback is asked what it serves; nothing is verified.
 */
export async function servedLeaf(family: Family, port: number): Promise<string | undefined> {
  const socket = connect({ host: LOOPBACK, port })
  socket.setTimeout(TIMEOUT, () => socket.destroy())
  // Without a listener, the first error would end the program; that there was no handshake is all that matters here.
  socket.on('error', () => undefined)
  try {
    await (family === 'postgres' ? askPostgres(socket) : askMysql(socket))
    return await handshake(socket)
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}

async function askPostgres(socket: Socket): Promise<void> {
  socket.write(POSTGRES_SSL_REQUEST)
  const answer = await received(socket, () => 1)
  if (answer.toString('latin1') !== 'S') throw new Error('no TLS')
}

async function askMysql(socket: Socket): Promise<void> {
  const greeting = await received(socket, (start) => (start.length < 3 ? 3 : 4 + start.readUIntLE(0, 3)))
  const ERROR_PACKET = 0xff
  if (greeting[4] === ERROR_PACKET) throw new Error('the server refuses')
  socket.write(MYSQL_SSL_REQUEST)
}

/** Reads until the length that `needed` derives from what is there is reached. Throws when the connection ends before. */
async function received(socket: Socket, needed: (start: Buffer) => number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let start = Buffer.alloc(0)
    const onData = (more: Buffer) => {
      start = Buffer.concat([start, more])
      if (start.length < needed(start)) return
      socket.pause()
      socket.off('data', onData)
      resolve(start)
    }
    socket.on('data', onData)
    socket.once('close', () => reject(new Error('closed')))
  })
}

async function handshake(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket, rejectUnauthorized: false }, () => {
      resolve(secure.getPeerX509Certificate()?.fingerprint256)
      secure.destroy()
    })
    secure.on('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
}
