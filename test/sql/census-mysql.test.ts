import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CensusSample } from '../../src/rules/census.ts'
import { openSql } from '../../src/sql/open-sql.ts'
import { SessionMarks } from '../../src/sql/session-marks.ts'
import { amazonLike } from '../support/certificates.ts'
import { HAS_MARIADB, startMariadb, type DatabaseServer } from '../support/database-servers.ts'
import { mysqlSession, type OtherSession, type Wanted } from '../support/probe-clients.ts'

const HOST = 'db.example.test'
const { root, inter, leaf } = await amazonLike(HOST)
const serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }

const openFor = (server: DatabaseServer) =>
  openSql({ connect: new Map([[`${HOST}:3306`, `127.0.0.1:${server.port}`]]), now: Date.now })

async function censusOf(
  server: DatabaseServer,
  credentials: { user: string; password: string },
  sql = openFor(server),
): Promise<CensusSample> {
  const session = await sql.logIn({ engine: 'mysql', host: HOST, port: 3306, roots: [root.pem], credentials })
  try {
    return await session.census()
  } finally {
    await session.close()
  }
}

describe.skipIf(!HAS_MARIADB)('MariaDB with performance_schema', () => {
  let server: DatabaseServer
  const sessions: OtherSession[] = []

  beforeAll(async () => {
    server = await startMariadb(serves)
    const admin = await mysqlSession(server)
    for (const user of ['clerk', 'watcher', 'halfwatcher', 'rdsadmin'])
      await admin.query(`create user ${user} identified by '${user}'`)
    await admin.query('grant select on performance_schema.* to watcher')
    await admin.query('grant select on performance_schema.threads to halfwatcher')
    await admin.query('grant select on performance_schema.status_by_thread to halfwatcher')
    await admin.end()
  })
  afterEach(async () => {
    for (const session of sessions.splice(0)) await session.end()
  })
  afterAll(() => server?.stop())

  const enter = async (wanted: Wanted): Promise<void> => {
    sessions.push(await mysqlSession(server, wanted))
  }
  const census = (user = 'watcher', sql = openFor(server)): Promise<CensusSample> =>
    censusOf(server, { user, password: user }, sql)

  test('shows who is there and how, and what they call themselves', async () => {
    await enter({ application: 'orders', user: 'clerk', password: 'clerk' })
    await enter({ application: 'orders', user: 'clerk', password: 'clerk' })
    await enter({ application: 'report', user: 'clerk', password: 'clerk', tls: false })
    await enter({ user: 'admin', socket: server.socket })
    await enter({ application: 'aws', user: 'rdsadmin', password: 'rdsadmin' })
    const sample = await census()
    expect(sample.view).toEqual({ complete: true })
    expect(sample.clients).toEqual([
      { user: 'admin', application: '', address: '', transport: 'local', sessions: 1 },
      {
        user: 'clerk',
        application: 'orders',
        address: '127.0.0.1',
        transport: 'tls',
        protocol: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        met: Date.parse(new X509Certificate(leaf.pem).validTo),
        sessions: 2,
      },
      { user: 'clerk', application: 'report', address: '127.0.0.1', transport: 'plain', sessions: 1 },
    ])
    expect(sample.tlsEnforced).toBe(false)
    expect(sample.serverStarted).toBeLessThan(sample.at)
    expect(sample.serverStarted).toBeGreaterThan(sample.at - 600_000)
  })

  test('says when the newest came, as far as our own log-ins tell, and never too late', async () => {
    const sql = openFor(server)
    await enter({ application: 'before', user: 'clerk', password: 'clerk' })
    const first = await census('watcher', sql)
    expect(first.clients).toEqual([expect.not.objectContaining({ newest: expect.anything() as number })])
    const between = Date.now()
    await enter({ application: 'after', user: 'clerk', password: 'clerk' })
    const second = await census('watcher', sql)
    const [after, before] = second.clients
    expect(before).toMatchObject({ application: 'before' })
    expect(before).not.toHaveProperty('newest')
    expect(after).toMatchObject({ application: 'after' })
    expect(after).not.toHaveProperty('oldest')
    // The mark is our first log-in, to the second below: no later than the session itself.
    expect(after?.newest).toBeLessThanOrEqual(between + 1_000)
    expect(after?.newest).toBeGreaterThan(between - 60_000)
  })

  test('says what this account does not see', async () => {
    await enter({ application: 'orders', user: 'clerk', password: 'clerk' })
    expect(await census('clerk')).toMatchObject({
      view: {
        complete: false,
        code: 'privilege',
        lacks: [
          `GRANT SELECT ON performance_schema.threads TO 'clerk'@'%'`,
          `GRANT SELECT ON performance_schema.status_by_thread TO 'clerk'@'%'`,
          `GRANT SELECT ON performance_schema.session_connect_attrs TO 'clerk'@'%'`,
        ],
      },
      clients: [],
    })
    const half = await census('halfwatcher')
    expect(half.view).toEqual({
      complete: false,
      code: 'privilege',
      lacks: [`GRANT SELECT ON performance_schema.session_connect_attrs TO 'halfwatcher'@'%'`],
    })
    expect(half.clients).toEqual([expect.objectContaining({ user: 'clerk', application: '', transport: 'tls' })])
  })

  test('says whether TLS is enforced', async () => {
    const admin = await mysqlSession(server)
    await admin.query('set global require_secure_transport = on')
    try {
      expect(await census()).toMatchObject({ tlsEnforced: true })
    } finally {
      await admin.query('set global require_secure_transport = off')
      await admin.end()
    }
  })

  test('asks, and does nothing else', async () => {
    const admin = await mysqlSession(server)
    await admin.query(`set global log_output = 'TABLE'`)
    await admin.query('set global general_log = on')
    try {
      await census('watcher')
    } finally {
      await admin.query('set global general_log = off')
    }
    const [rows] = (await admin.query(
      `select convert(argument using utf8mb4) as said from mysql.general_log where command_type = 'Query' and user_host like 'watcher%'`,
    )) as [{ said: string }[]]
    await admin.end()
    expect(rows.length).toBeGreaterThan(3)
    for (const { said } of rows) expect(said.trim()).toMatch(/^(?:SELECT|SHOW|SET SESSION TRANSACTION READ ONLY$)/)
  })
})

describe.skipIf(!HAS_MARIADB)('MariaDB without performance_schema', () => {
  let server: DatabaseServer
  let admin: OtherSession
  const query = (sql: string): Promise<unknown> => admin.query(sql)

  beforeAll(async () => {
    server = await startMariadb(serves, { performanceSchema: false })
    admin = await mysqlSession(server)
    for (const user of ['clerk', 'batch', 'plain', 'low', 'old'])
      await query(`create user ${user} identified by '${user}'`)
    await query(`create user must identified by 'must' require ssl`)
  })
  afterAll(async () => {
    await admin?.end()
    await server?.stop()
  })
  const census = (user = server.user, password = server.password) => censusOf(server, { user, password })
  const enter = (user: string, tls = true) => mysqlSession(server, { user, password: user, tls })

  test('is not a server without clients: who is there, by what it demands of them and has counted', async () => {
    const old = await enter('old')
    expect(await census()).toMatchObject({
      view: { complete: false, code: 'performance-schema-off', lacks: ['performance_schema = 1', 'userstat = 1'] },
      clients: [
        { user: 'admin', address: '127.0.0.1', transport: 'unknown', sessions: 1 },
        { user: 'old', address: '127.0.0.1', transport: 'unknown', sessions: 1 },
      ],
      // The administrator, the old one, and our own log-in.
      counted: { tls: 3 },
    })
    await query('set global userstat = on')
    const sessions = [await enter('clerk'), await enter('plain', false), await enter('must')]
    await (await enter('batch')).end()
    await (await enter('plain', false)).end()
    const seen = (await census()).clients
    expect(seen.map(({ user, transport, sessions: count }) => [user, transport, count])).toEqual([
      // Our own log-in is counted under this user too.
      ['admin', 'tls', 1],
      ['clerk', 'tls', 1],
      ['must', 'tls', 1],
      // Connected before the server began to count: nothing tells.
      ['old', 'unknown', 1],
      // Its count is of no TLS, which does not prove that no older session uses it.
      ['plain', 'unknown', 1],
      // Seen by the count alone.
      ['batch', 'tls', 0],
    ])
    for (const one of [old, ...sessions]) await one.end()
  })

  test('with an account that may see nothing, names what it lacks', async () => {
    const sample = await census('low', 'low')
    expect(sample.clients).toEqual([])
    expect(sample.view).toEqual({
      complete: false,
      code: 'performance-schema-off',
      lacks: ['performance_schema = 1', `GRANT PROCESS ON *.* TO 'low'@'%'`, `GRANT SELECT ON mysql.user TO 'low'@'%'`],
    })
  })
})

describe('marks in the order of sessions', () => {
  const run = { host: 'db', started: 1_000_000 }

  test('bound a session from below', () => {
    const marks = new SessionMarks()
    expect(marks.beganAfter(run, 99)).toBeUndefined()
    marks.add(run, { id: 10, at: 1_500_000 })
    marks.add(run, { id: 20, at: 1_600_000 })
    expect([9, 10, 11, 20, 21].map((id) => marks.beganAfter(run, id))).toEqual([
      undefined,
      undefined,
      1_500_000,
      1_500_000,
      1_600_000,
    ])
  })

  test('are those of one run of one server', () => {
    const marks = new SessionMarks()
    marks.add(run, { id: 10, at: 1_500_000 })
    expect(marks.beganAfter({ ...run, host: 'other' }, 99)).toBeUndefined()
    expect(marks.beganAfter({ ...run, started: 2_000_000 }, 99)).toBeUndefined()
    expect(marks.beganAfter({ ...run, started: run.started + 1_000 }, 99)).toBe(1_500_000)
  })

  test('do not grow without end, and keep the first and the last', () => {
    const marks = new SessionMarks()
    for (let i = 1; i <= 1_000; i++) marks.add(run, { id: i * 10, at: i })
    expect(marks.beganAfter(run, 11)).toBe(1)
    expect(marks.beganAfter(run, 10_001)).toBe(1_000)
    expect(marks.beganAfter(run, 5_005)).toBeLessThanOrEqual(500)
  })
})
