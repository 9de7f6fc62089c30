import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { CannotReach, type WireEngine, type WireProof } from '../../src/ports/wire.ts'
import { openWire } from '../../src/tls/open-wire.ts'
import { mysqlGreeting, tcpServer } from '../support/tls-servers.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]()
})

async function server(onConnection: (socket: Socket) => void): Promise<{ readonly port: number }> {
  const made = await tcpServer(onConnection)
  open.push(made)
  return made
}

const ask = (engine: WireEngine, port: number): Promise<WireProof> =>
  openWire({ connect: new Map(), now: Date.now }).verify({ engine, host: '127.0.0.1', port, roots: [] })

/** How an answer before TLS is refused. */
async function refusal(engine: WireEngine, answer: Buffer | string, end = false): Promise<CannotReach> {
  const { port } = await server((socket) => {
    if (engine === 'mysql') socket.write(answer)
    else socket.once('data', () => socket.write(answer))
    if (end) socket.end()
  })
  return ask(engine, port).then(
    () => Promise.reject(new Error('it was accepted')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(CannotReach)
      return error as CannotReach
    },
  )
}

const packet = (payload: Buffer, sequence = 0): Buffer => {
  const header = Buffer.alloc(4)
  header.writeUIntLE(payload.length, 0, 3)
  header[3] = sequence
  return Buffer.concat([header, payload])
}

const err = (code: number, text: string): Buffer =>
  packet(Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(text)]))

describe('what PostgreSQL may say before TLS', () => {
  test.each([
    ['N', 'NO_TLS'],
    ['Snow', 'EXTRA_BYTES'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'NOT_POSTGRES'],
    ['Nope', 'EXTRA_BYTES'],
    ['HTTP/1.1 400', 'NOT_POSTGRES'],
    [mysqlGreeting(), 'NOT_POSTGRES'],
    [Buffer.concat([Buffer.from([0x53, 0, 0, 0, 10]), Buffer.alloc(0x52)]), 'NOT_POSTGRES'],
    [Buffer.concat([Buffer.from([0x4e, 0, 0, 0, 10]), Buffer.alloc(0x4d)]), 'NOT_POSTGRES'],
    [Buffer.concat([Buffer.from([0x45, 0, 0, 0, 10]), Buffer.alloc(0x44)]), 'NOT_POSTGRES'],
  ])('%j is %s', async (answer, code) =>
    expect(await refusal('postgres', answer)).toMatchObject({ code, stage: 'greeting' }),
  )

  test('the text of an error before TLS is not shown', async () => {
    const failure = await refusal('postgres', 'ESFATAL\0Mcall 555-0100 to unlock\0\0')
    expect(failure.code).toBe('SERVER_ERROR')
    expect(failure.message).not.toContain('555')
  })
})

describe('what MySQL may say before TLS', () => {
  test.each([
    [mysqlGreeting({ ssl: false }), 'NO_TLS'],
    [Buffer.concat([mysqlGreeting(), Buffer.from([7])]), 'EXTRA_BYTES'],
    [err(1129, "Host '10.0.0.1' is blocked"), 'HOST_BLOCKED'],
    [err(1130, 'not allowed'), 'SERVER_ERROR'],
    [err(1040, '#08004Too many connections'), 'SERVER_ERROR'],
    [packet(Buffer.from([0xff, 0x10])), 'NOT_MYSQL'],
    [packet(Buffer.from([9, 0x35, 0])), 'NOT_MYSQL'],
    [packet(Buffer.from([10, 0x35])), 'NOT_MYSQL'],
    [packet(Buffer.from([10, 0x35, 0, 1, 2])), 'NOT_MYSQL'],
    [packet(Buffer.alloc(0)), 'NOT_MYSQL'],
    [packet(Buffer.alloc(2_000)), 'NOT_MYSQL'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'NOT_MYSQL'],
    ['HTTP/1.1 400 Bad Request\r\n\r\n', 'NOT_MYSQL'],
  ])('%j is %s', async (answer, code) =>
    expect(await refusal('mysql', answer)).toMatchObject({ code, stage: 'greeting' }),
  )

  test('the number of an error is shown and its text is not', async () => {
    const failure = await refusal('mysql', err(1235, 'call 555-0100'))
    expect(failure.message).toContain('1235')
    expect(failure.message).not.toContain('555')
  })

  test('a greeting byte by byte is a greeting', async () => {
    const { port } = await server((socket) => {
      void (async () => {
        for (const byte of mysqlGreeting({ ssl: false })) {
          socket.write(Buffer.from([byte]))
          await new Promise((resolve) => setImmediate(resolve))
        }
      })()
    })
    await expect(ask('mysql', port)).rejects.toMatchObject({ code: 'NO_TLS' })
  })
})
