import { duplexPair } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { DriverStream } from '../../src/sql/driver-stream.ts'
import { openSql } from '../../src/sql/open-sql.ts'
import { SSL_REQUEST } from '../../src/tls/greeting-mysql.ts'
import { amazonLike } from '../support/certificates.ts'
import { Random } from '../support/random.ts'
import { mysqlGreeting, tcpServer } from '../support/tls-servers.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const { root } = await amazonLike(HOST)

const packet = (sequence: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header[3] = sequence
  return Buffer.concat([header, payload])
}
const OK = packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0]))
const CLEAR_PASSWORD = packet(1, Buffer.concat([Buffer.from([0xfe]), Buffer.from('mysql_clear_password\0')]))
const NATIVE_PASSWORD = packet(
  1,
  Buffer.concat([Buffer.from([0xfe]), Buffer.from('mysql_native_password\0'), Buffer.from('12345678901234567890\0')]),
)

/** Logs in to something that only says this, and resolves to the error's code and all that was sent to it. */
async function logInTo(speak: (write: (chunk: Buffer) => void, heard: () => Buffer) => Promise<void> | void) {
  const said: Buffer[] = []
  await using server = await tcpServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      said.push(chunk)
      // It has heard what it is asked for and how TLS begins: nothing more is needed from either side.
      if (Buffer.concat(said).length > 36) socket.end()
    })
    void speak(
      (chunk) => socket.write(chunk),
      () => Buffer.concat(said),
    )
  })
  const sql = openSql({
    connect: new Map([[`${HOST}:3306`, `127.0.0.1:${server.port}`]]),
    now: Date.now,
    timeout: 10_000,
  })
  const credentials = { user: 'administrator', password: 'a long secret' }
  const code = await sql.logIn({ engine: 'mysql', host: HOST, port: 3306, roots: [root.pem], credentials }).then(
    () => 'logged in',
    (error: unknown) => (error as { code: string }).code,
  )
  return { code, sent: Buffer.concat(said) }
}

describe('what somebody on the way puts before TLS', () => {
  test.each([
    ['a yes', OK],
    ['a request for the password in clear', CLEAR_PASSWORD],
    ['a request for the password’s hash', NATIVE_PASSWORD],
  ])('with the greeting: %s', async (_, injected) => {
    const { code, sent } = await logInTo((write) => write(Buffer.concat([mysqlGreeting(), injected])))
    expect(code).toBe('EXTRA_BYTES')
    expect(sent.length).toBe(0)
  })

  test.each([
    ['a yes', OK],
    ['a request for the password in clear', CLEAR_PASSWORD],
    ['a request for the password’s hash', NATIVE_PASSWORD],
  ])('after the greeting: %s', async (_, injected) => {
    const { code, sent } = await logInTo(async (write, heard) => {
      write(mysqlGreeting())
      while (heard().length === 0) await new Promise((resolve) => setImmediate(resolve))
      write(injected)
    })
    expect(code).not.toBe('logged in')
    expect(sent.includes('administrator')).toBe(false)
    // The request for TLS, then TLS's own first record, and nothing else.
    expect(sent.subarray(0, 4).toString('hex')).toBe('20000001')
    expect(sent.subarray(36, 38).toString('hex')).toBe('1603')
  })

  test('greetings at random', async () => {
    const random = new Random(3)
    for (let i = 0; i < 60; i++) {
      const greeting = mysqlGreeting()
      for (let change = 0; change < 3; change++) greeting[4 + random.below(greeting.length - 4)] = random.below(256)
      const { code, sent } = await logInTo((write) => write(greeting))
      expect(code).not.toBe('logged in')
      expect(sent.includes('administrator')).toBe(false)
    }
  })
})

describe('what the driver says before TLS', () => {
  const driver = () => {
    const [plain, server] = duplexPair()
    const sent: Buffer[] = []
    server.on('data', (chunk: Buffer) => sent.push(chunk))
    const stream = new DriverStream(plain, Buffer.from('greeting'))
    const failed = new Promise<Error>((resolve) => stream.once('error', resolve))
    return { stream, sent: () => Buffer.concat(sent), failed }
  }

  test('the greeting comes first, and the request for TLS goes out', async () => {
    const { stream, sent } = driver()
    expect(String(await new Promise((resolve) => stream.once('data', resolve)))).toBe('greeting')
    stream.write(SSL_REQUEST)
    await expect.poll(() => sent().length, PATIENTLY).toBe(36)
  })

  test.each([
    ['a log-in', Buffer.concat([packet(1, Buffer.alloc(90, 0xff))])],
    ['a request without CLIENT_SSL', Buffer.concat([Buffer.from('20000001', 'hex'), Buffer.alloc(32)])],
    ['a ClientHello of its own', Buffer.from('160301', 'hex')],
  ])('%s does not', async (_, chunk) => {
    const { stream, sent, failed } = driver()
    stream.write(chunk)
    expect((await failed).message).toContain('nothing was sent')
    expect(sent().length).toBe(0)
  })

  test('a second request does not', async () => {
    const { stream, sent, failed } = driver()
    stream.write(SSL_REQUEST)
    stream.write(SSL_REQUEST)
    await failed
    await expect.poll(() => sent().length, PATIENTLY).toBe(36)
  })
})
