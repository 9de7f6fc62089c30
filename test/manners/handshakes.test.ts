import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHandshakes } from '../../src/manners/handshakes.ts'
import { HANDSHAKE_LIMITS } from '../../src/manners/limits.ts'
import { HandshakesWait } from '../../src/ports/wire.ts'
import { capture } from '../../src/tls/capture.ts'
import { amazonLike } from '../support/certificates.ts'
import { startTlsServer, tcpServer } from '../support/tls-servers.ts'

const { root, inter, leaf } = await amazonLike('127.0.0.1', { ip: ['127.0.0.1'] })
let directory: string
let now = Date.now()
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'handshakes-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = () => openHandshakes({ directory: join(directory, 'counts'), limits: HANDSHAKE_LIMITS, now: () => now })
const look = (port: number) => {
  const question = { engine: 'mysql' as const, host: '127.0.0.1', port, roots: [root.pem] }
  return open().anonymous(question, () => capture(question, { connect: new Map(), now: () => now }))
}

/** An ERR packet in place of a greeting: error 1129, without an SQLSTATE, as MariaDB 10.11 sends it. */
const BLOCKED = ((): Buffer => {
  const text = Buffer.from("Host '192.0.2.1' is blocked because of many connection errors")
  const head = Buffer.alloc(7)
  head.writeUIntLE(3 + text.length, 0, 3)
  head[4] = 0xff
  head.writeUInt16LE(1129, 5)
  return Buffer.concat([head, text])
})()

test('a server that blocks this address is left alone, until an hour is over or a person asks', async () => {
  let connections = 0
  const server = await tcpServer((socket) => {
    connections += 1
    socket.end(BLOCKED)
  })
  try {
    await expect(look(server.port)).rejects.toMatchObject({ code: 'HOST_BLOCKED' })
    await expect(look(server.port)).rejects.toMatchObject({ why: 'blocked', until: now + HANDSHAKE_LIMITS.window })
    expect(connections).toBe(1)
    expect(await open().onceMore(`127.0.0.1:${server.port}`)).toBe(true)
    await expect(look(server.port)).rejects.toMatchObject({ code: 'HOST_BLOCKED' })
    expect(connections).toBe(2)
    now += HANDSHAKE_LIMITS.window
    await expect(look(server.port)).rejects.toMatchObject({ code: 'HOST_BLOCKED' })
  } finally {
    await server.close()
  }
})

test('what never reached a server does not count', async () => {
  const gone = await tcpServer(() => undefined)
  await gone.close()
  for (let each = 0; each < 4; each += 1) await expect(look(gone.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('what fell silent after its greeting does', async () => {
  const server = await tcpServer((socket) => socket.end())
  try {
    for (let each = 0; each < 2; each += 1) await expect(look(server.port)).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(look(server.port)).rejects.toThrow(HandshakesWait)
  } finally {
    await server.close()
  }
})

test('the count is ours alone to read, holds no secret, and one that is damaged stops the look', async () => {
  const server = await startTlsServer('mysql', { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
  try {
    expect((await look(server.port)).handshakes).toEqual({ spent: 1, allowed: 2 })
    const file = readdirSync(join(directory, 'counts')).find((name) => name.endsWith('.json')) ?? ''
    const path = join(directory, 'counts', file)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    writeFileSync(path, '{"format":1,"acc')
    await expect(look(server.port)).rejects.toMatchObject({ name: 'ProgressUnusable', code: 'CORRUPT' })
  } finally {
    await server.close()
  }
})

test('where nothing can be kept, nothing is looked at', async () => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'counts'), 'a file')
  await expect(look(1)).rejects.toMatchObject({ name: 'ProgressUnusable' })
})
