import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createSecureContext, TLSSocket, type SecureContextOptions } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import type { CannotReach, WireEngine } from '../../src/ports/wire.ts'
import { openWire, type WireOptions } from '../../src/tls/open-wire.ts'
import { amazonLike, issue } from '../support/certificates.ts'
import { mysqlGreeting, startTlsServer, tcpServer } from '../support/tls-servers.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const good = await amazonLike(HOST)
const serves = { certPem: good.leaf.pem + good.inter.pem, keyPem: good.leaf.keyPem }

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]()
})

async function server(onConnection: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const made = await tcpServer(onConnection)
  open.push(made)
  return made
}

/** A server with a TLS of its own kind. Resolves to its port. */
async function tlsOn(
  engine: WireEngine,
  options: SecureContextOptions,
  onSecure: (tls: TLSSocket) => void = () => undefined,
): Promise<number> {
  const secureContext = createSecureContext({ cert: serves.certPem, key: serves.keyPem, ...options })
  const { port } = await server((socket) => {
    if (engine === 'mysql') socket.write(mysqlGreeting())
    socket.once('data', (request: Buffer) => {
      socket.pause()
      if (engine === 'postgres') socket.write('S')
      if (engine === 'mysql' && request.length > 36) socket.unshift(request.subarray(36))
      const tls = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['postgresql'] })
      tls.on('error', () => undefined).once('secure', () => onSecure(tls))
    })
  })
  return port
}

async function tlsServer(engine: WireEngine) {
  const made = await startTlsServer(engine, serves)
  open.push(made)
  return made
}

const wire = (port: number, options: Partial<WireOptions> = {}) =>
  openWire({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${port}`]]), now: Date.now, ...options })

const ask = (engine: WireEngine, port: number, options: Partial<WireOptions> = {}) =>
  wire(port, options).verify({ engine, host: HOST, port: 5432, roots: [good.root.pem] })

describe.each(['postgres', 'mysql'] as const)('%s', (engine) => {
  test('a good server is proven strictly, over one connection', async () => {
    const target = await tlsServer(engine)
    const at = Date.now()
    const proof = await ask(engine, target.port, { now: () => at })
    expect(proof).toMatchObject({
      place: { kind: 'connect', address: `127.0.0.1:${target.port}` },
      at,
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      chain: { passed: true },
      dates: { passed: true },
      name: { passed: true },
      strict: true,
      controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
    })
    expect(proof.served.map(({ subject }) => subject)).toEqual([`CN=${HOST}`, good.inter.subject])
    expect(proof.served[0]).toMatchObject({ key: 'ec-prime256v1', isCa: false, names: [`DNS:${HOST}`] })
    expect(proof.root).toMatchObject({ subject: good.root.subject, isCa: true })
    expect(target.connections).toBe(1)
  })

  test('a failing proof costs one handshake too', async () => {
    const target = await tlsServer(engine)
    const stranger = await issue({ subject: 'Stranger', ca: true })
    const proof = await wire(target.port).verify({ engine, host: HOST, port: 5432, roots: [stranger.pem] })
    expect(proof).toMatchObject({ strict: false, chain: { passed: false, code: 'unknown-root' } })
    expect(target.connections).toBe(1)
  })

  test('a session is never resumed', async () => {
    const reused: boolean[] = []
    const port = await tlsOn(engine, {}, (tls) => reused.push(tls.isSessionReused()))
    const reachable = wire(port)
    for (let i = 0; i < 3; i++) await reachable.verify({ engine, host: HOST, port: 5432, roots: [good.root.pem] })
    await expect.poll(() => reused, PATIENTLY).toEqual([false, false, false])
  })

  test('the request for TLS is byte-exact, and the ClientHello follows at once', async () => {
    const said: Buffer[] = []
    const { port } = await server((socket) => {
      if (engine === 'mysql') socket.write(mysqlGreeting())
      socket.on('data', (chunk: Buffer) => {
        said.push(chunk)
        if (engine === 'postgres' && said.length === 1) socket.write('S')
        if (Buffer.concat(said).length > 100) socket.destroy()
      })
    })
    await expect(ask(engine, port)).rejects.toMatchObject({ stage: 'tls' })
    const request = engine === 'postgres' ? '0000000804d2162f' : `20000001018a0800000000012d${'00'.repeat(23)}`
    expect(Buffer.concat(said).toString('hex').startsWith(`${request}160301`)).toBe(true)
  })

  test('a server name goes out for names and not for addresses; ALPN for PostgreSQL', async () => {
    const hellos: { readonly servername: string | false; readonly alpn: string | false | null }[] = []
    const port = await tlsOn(engine, {}, (tls) =>
      // Node's TLSSocket learns the name on servers, and its types do not know.
      hellos.push({ servername: (tls as unknown as { servername: string }).servername, alpn: tls.alpnProtocol }),
    )
    await ask(engine, port)
    const direct = openWire({ connect: new Map(), now: Date.now })
    await direct.verify({ engine, host: '127.0.0.1', port, roots: [good.root.pem] })
    await expect.poll(() => hellos, PATIENTLY).toHaveLength(2)
    const alpn = engine === 'postgres' ? 'postgresql' : false
    expect(hellos).toEqual([
      { servername: HOST, alpn },
      { servername: false, alpn },
    ])
  })

  test('the connection is ended, with the proof and without', async () => {
    const ends: Promise<unknown>[] = []
    const { port } = await server((socket) => {
      ends.push(once(socket, 'close'))
      if (engine === 'mysql') socket.write(mysqlGreeting({ ssl: false }))
      else socket.once('data', () => socket.write('N'))
      socket.on('data', () => undefined)
    })
    await expect(ask(engine, port)).rejects.toMatchObject({ code: 'NO_TLS', stage: 'greeting' })
    await Promise.all(ends)
    expect(ends).toHaveLength(1)
  })

  test.each(['connect', 'greeting', 'tls'] as const)('one deadline, which names the stage: %s', async (stage) => {
    const { port } = await server((socket) => {
      if (stage === 'greeting') return
      if (engine === 'mysql') socket.write(mysqlGreeting())
      else socket.once('data', () => socket.write('S'))
    })
    // 192.0.2.0/24 is reserved for documentation: nobody answers there. Where a network refuses it at once, that is said.
    const address = stage === 'connect' ? '192.0.2.1:5432' : `127.0.0.1:${port}`
    const slow = openWire({ connect: new Map([[`${HOST}:5432`, address]]), now: Date.now, timeout: 300 })
    const failure = await slow.verify({ engine, host: HOST, port: 5432, roots: [] }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'CannotReach', stage })
    if (stage !== 'connect') expect(failure).toMatchObject({ code: 'TIMEOUT' })
  })

  test('the caller can give up at any time', async () => {
    const { port } = await server(() => undefined)
    const giveUp = new AbortController()
    const pending = wire(port).verify({ engine, host: HOST, port: 5432, roots: [], signal: giveUp.signal })
    const reason = new Error('enough')
    setImmediate(() => giveUp.abort(reason))
    await expect(pending).rejects.toBe(reason)
    await expect(wire(port).verify({ engine, host: HOST, port: 5432, roots: [], signal: giveUp.signal })).rejects.toBe(
      reason,
    )
  })

  test('nobody listens', async () => {
    const gone = await tcpServer(() => undefined)
    await gone.close()
    await expect(ask(engine, gone.port)).rejects.toMatchObject({ code: 'ECONNREFUSED', stage: 'connect' })
  })

  test('the name does not exist', async () => {
    const lost = openWire({ connect: new Map(), now: Date.now })
    await expect(lost.verify({ engine, host: 'no-such-host.invalid', port: 5432, roots: [] })).rejects.toMatchObject({
      stage: 'resolve',
    })
  })

  test('the server hangs up', async () => {
    const { port } = await server((socket) => socket.end())
    await expect(ask(engine, port)).rejects.toMatchObject({ code: 'CLOSED', stage: 'greeting' })
  })

  test('a server that speaks TLS 1.2 is proven, one that speaks only TLS 1.0 is not reached', async () => {
    const at12 = await tlsOn(engine, { maxVersion: 'TLSv1.2' })
    expect(await ask(engine, at12)).toMatchObject({ strict: true, protocol: 'TLSv1.2' })
    const at10 = await tlsOn(engine, { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })
    const failure = await ask(engine, at10).catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'CannotReach', stage: 'tls' })
    expect((failure as CannotReach).code).toMatch(/^ERR_SSL_/)
  })
})

test('a root that is no certificate is a mistake of whoever calls', async () => {
  const target = await tlsServer('postgres')
  await expect(
    wire(target.port).verify({ engine: 'postgres', host: HOST, port: 5432, roots: ['rubbish'] }),
  ).rejects.toBeInstanceOf(TypeError)
  expect(target.connections).toBe(0)
})

test('an address to connect to that is none is a mistake of whoever configured it', async () => {
  const wrong = openWire({ connect: new Map([[`${HOST}:5432`, 'nowhere']]), now: Date.now })
  await expect(wrong.verify({ engine: 'postgres', host: HOST, port: 5432, roots: [] })).rejects.toThrow(/ADDRESS:PORT/)
})
