import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** What a small server serves. Security level 0, so that it can serve what good clients refuse. */
export interface Serves {
  readonly certPem: string
  readonly keyPem: string
}

export interface TestServer extends AsyncDisposable {
  readonly port: number
  /** TCP connections that were made to it. */
  readonly connections: number
  /** Connections over which something was said after the handshake: a client that refuses a certificate says nothing. */
  readonly spoken: number
  serve(what: Serves): void
  close(): Promise<void>
}

const CIPHERS = 'TLS_AES_128_GCM_SHA256:HIGH:@SECLEVEL=0'

/** A MySQL greeting: protocol 10, thread 1, CLIENT_SSL among the capabilities. */
export function mysqlGreeting({ ssl = true, version = '8.0.99-test' } = {}): Buffer {
  const payload = Buffer.concat([
    Buffer.from([10]),
    Buffer.from(`${version}\0`),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    Buffer.from(ssl ? [0xff, 0xff] : [0xff, 0xf7]),
    Buffer.from([45, 2, 0, 0xff, 0xdf, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('caching_sha2_password\0'),
  ])
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  return Buffer.concat([header, payload])
}

/** Starts a TCP server on a free port of 127.0.0.1. `onConnection` gets sockets whose errors are already taken care of. */
export async function tcpServer(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly server: Server; close(): Promise<void> } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, server, close, [Symbol.asyncDispose]: close }
}

/**
 * A server that answers as PostgreSQL or MySQL does until TLS is up, and after that says no to whatever it is asked. It is
 * real enough for psql and drivers to judge its certificate, and it serves certificates that a real server refuses to load.
 */
export async function startTlsServer(
  engine: 'postgres' | 'mysql',
  first: Serves,
  { afterTls = 'no' }: { readonly afterTls?: 'no' | 'silence' | 'hang-up' } = {},
): Promise<TestServer> {
  let context = createSecureContext({ cert: first.certPem, key: first.keyPem, ciphers: CIPHERS })
  let connections = 0
  let spoken = 0

  const secure = (socket: Socket): void => {
    const tls = new TLSSocket(socket, { isServer: true, secureContext: context })
    tls.on('error', () => undefined)
    tls.once('data', () => {
      spoken += 1
      if (afterTls === 'silence') return
      // PostgreSQL's ErrorResponse: the client has accepted the certificate and gone on.
      if (engine === 'postgres' && afterTls === 'no')
        tls.write(errorResponse('28000', 'this server only shows its certificate'))
      tls.end()
    })
    tls.once('end', () => tls.end())
  }
  const server = await tcpServer((socket) => {
    connections += 1
    if (engine === 'mysql') socket.write(mysqlGreeting())
    socket.once('data', (request: Buffer) => {
      socket.pause()
      if (engine === 'postgres') socket.write('S')
      // MySQL's client goes on to TLS at once: what came with the SSLRequest belongs to TLS.
      const extra = request.subarray(engine === 'mysql' ? 36 : 8)
      if (extra.length > 0) socket.unshift(extra)
      secure(socket)
    })
  })
  return {
    port: server.port,
    get connections() {
      return connections
    },
    get spoken() {
      return spoken
    },
    serve(what) {
      context = createSecureContext({ cert: what.certPem, key: what.keyPem, ciphers: CIPHERS })
    },
    close: server.close,
    [Symbol.asyncDispose]: server.close,
  }
}

function errorResponse(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const header = Buffer.alloc(5)
  header.write('E')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}
