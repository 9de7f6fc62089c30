/** How many handshakes a real server sees: by its own counters, never by ours. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { politely } from '../../src/commands/polite.ts'
import { HANDSHAKE_LIMITS } from '../../src/manners/limits.ts'
import { CannotLogIn } from '../../src/ports/sql.ts'
import { HandshakesWait, type WireQuestion } from '../../src/ports/wire.ts'
import { amazonLike, issue } from '../support/certificates.ts'
import { HAS_MARIADB, startMariadb, type DatabaseServer } from '../support/database-servers.ts'
import { mysqlSession } from '../support/probe-clients.ts'

const HOST = 'orders.abc123.eu-test-1.rds.amazonaws.com'
const { root, inter, leaf } = await amazonLike(HOST, { dns: [HOST], ip: ['127.0.0.1'] })
const stranger = await issue({ subject: 'CN=Stranger', ca: true })
const run = promisify(execFile)

describe.skipIf(!HAS_MARIADB)('a MariaDB', () => {
  let server: DatabaseServer
  let top: string
  let folders = 0
  beforeAll(async () => {
    server = await startMariadb({ certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
    top = mkdtempSync(join(tmpdir(), 'manners-'))
    writeFileSync(join(top, 'root.pem'), root.pem)
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(top, { recursive: true, force: true })
  })
  beforeEach(() => {
    folders += 1
  })

  const folder = (): string => join(top, `counts-${folders}`)
  const polite = () =>
    politely({
      connect: new Map([[`${HOST}:3306`, `127.0.0.1:${server.port}`]]),
      directory: folder(),
      limits: HANDSHAKE_LIMITS,
    })
  const question = (more: Partial<WireQuestion> = {}): WireQuestion => ({
    engine: 'mysql',
    host: HOST,
    port: 3306,
    roots: [root.pem],
    ...more,
  })
  const credentials = () => ({ user: server.user, password: server.password })

  /** How many connections of whatever kind the server has seen during something. */
  async function connections(work: () => Promise<unknown>): Promise<number> {
    const session = await mysqlSession(server)
    const count = async (): Promise<number> => {
      const [[row]] = (await session.query("SHOW GLOBAL STATUS LIKE 'Connections'")) as [[{ Value: string }]]
      return Number(row.Value)
    }
    try {
      const before = await count()
      await work()
      return (await count()) - before
    } finally {
      await session.end()
    }
  }

  test('sees two anonymous handshakes an hour, and none for what is judged on the captured chain', async () => {
    const since = Date.now()
    const seen = await connections(async () => {
      expect(await polite().wire.verify(question())).toMatchObject({ strict: true, handshakes: { spent: 1 } })
      const second = await polite().wire.verify(question())
      expect(second.handshakes).toMatchObject({ spent: 2, allowed: 2 })
      expect(second.handshakes?.nextAt).toBeGreaterThan(since + HANDSHAKE_LIMITS.window)

      const waits = await polite()
        .wire.verify(question())
        .catch((error: unknown) => error)
      expect(waits).toBeInstanceOf(HandshakesWait)
      expect(waits).toMatchObject({ why: 'spent', until: second.handshakes?.nextAt })

      const kept = await polite().wire.verify(question({ since }))
      expect(kept).toMatchObject({
        strict: true,
        at: second.at,
        controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
      })
      // Too old, or judged by OpenSSL with other roots: no proof.
      await expect(polite().wire.verify(question({ since: second.at + 1 }))).rejects.toThrow(HandshakesWait)
      await expect(polite().wire.verify(question({ since, roots: [stranger.pem] }))).rejects.toThrow(HandshakesWait)
    })
    expect(seen).toBe(2)
  })

  test('sees one more when a person asks for it, and then no other', async () => {
    const { wire, handshakes } = polite()
    const seen = await connections(async () => {
      await wire.verify(question())
      await wire.verify(question())
      expect(await handshakes.onceMore(`${HOST}:3306`)).toBe(true)
      expect(await wire.verify(question())).toMatchObject({ handshakes: { spent: 3 } })
      expect(await handshakes.onceMore(`${HOST}:3306`)).toBe(false)
      await expect(wire.verify(question())).rejects.toThrow(HandshakesWait)
    })
    expect(seen).toBe(3)
  })

  test('sees two from six programs at once', async () => {
    const program = new URL('take-one.ts', import.meta.url).pathname
    const args = [program, folder(), String(server.port), join(top, 'root.pem')]
    const seen = await connections(async () => {
      const ends = await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, args)))
      expect(ends.map(({ stdout }) => stdout).toSorted()).toEqual([
        ...Array.from({ length: 4 }, () => 'HandshakesWait'),
        'made',
        'made',
      ])
    })
    expect(seen).toBe(2)
  })

  test('is asked by a log-in where there is one, as often as is wanted', async () => {
    const { wire } = polite()
    for (let look = 0; look < 4; look += 1) {
      const proof = await wire.verify(question({ credentials: credentials() }))
      expect(proof).toMatchObject({ strict: true, by: 'log-in', handshakes: { spent: 0 } })
    }
  })

  test('a log-in goes past a spent hour where the captured chain passes', async () => {
    const { wire, sql } = polite()
    await wire.verify(question())
    await wire.verify(question())
    const session = await sql.logIn({ ...question(), credentials: credentials() })
    await session.close()
    expect(await wire.verify(question({ credentials: credentials() }))).toMatchObject({ by: 'log-in' })
  })

  test('log-ins that the certificate stops count: nothing is sent, and a third is not tried', async () => {
    const { wire, sql } = polite()
    const wrong = question({ roots: [stranger.pem], credentials: credentials() })
    const seen = await connections(async () => {
      expect(await wire.verify(wrong)).toMatchObject({ strict: false, by: 'log-in', handshakes: { spent: 1 } })
      await expect(sql.logIn({ ...wrong, credentials: credentials() })).rejects.toMatchObject({ code: 'CERTIFICATE' })
      await expect(wire.verify(wrong)).rejects.toThrow(HandshakesWait)
      await expect(sql.logIn({ ...wrong, credentials: credentials() })).rejects.toThrow(HandshakesWait)
    })
    expect(seen).toBe(2)
  })

  test('a wrong password does not count, and the proof of the wire stands', async () => {
    const { wire, sql } = polite()
    const wrong = { user: server.user, password: 'not it' }
    for (let look = 0; look < 3; look += 1)
      expect(await wire.verify(question({ credentials: wrong }))).toMatchObject({
        strict: true,
        handshakes: { spent: 0 },
      })
    await expect(sql.logIn({ ...question(), credentials: wrong })).rejects.toThrow(CannotLogIn)
  })
})
