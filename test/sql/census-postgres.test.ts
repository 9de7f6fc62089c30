import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CensusSample } from '../../src/rules/census.ts'
import { openSql } from '../../src/sql/open-sql.ts'
import { refusesPlain } from '../../src/sql/pg-hba.ts'
import { amazonLike } from '../support/certificates.ts'
import {
  DEBIAN_POSTGRES,
  POSTGRES_BIN,
  startPostgres,
  type DatabaseServer,
  type PostgresServer,
} from '../support/database-servers.ts'
import { postgresSession, type OtherSession, type Wanted } from '../support/probe-clients.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const { root, inter, leaf } = await amazonLike(HOST)
const serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }
const HBA = 'local all all trust\nhost all all all scram-sha-256\nhost replication all all scram-sha-256'

describe.each([
  ['PostgreSQL from npm', POSTGRES_BIN],
  ['PostgreSQL from Debian', DEBIAN_POSTGRES],
])('%s', (_, bin) => {
  describe.skipIf(bin === undefined)('census', () => {
    let server: DatabaseServer
    let admin: OtherSession
    const sessions: OtherSession[] = []

    beforeAll(async () => {
      if (bin === undefined) return
      server = await startPostgres(serves, { bin, hba: HBA })
      admin = await postgresSession(server, { application: 'setup' })
      await admin.query(
        `create role watcher login password 'watcher'; create role clerk login password 'clerk'; create role rdsadmin login password 'rdsadmin' superuser`,
      )
      await admin.query('grant pg_monitor to watcher')
      await admin.end()
    })
    afterEach(async () => {
      for (const session of sessions.splice(0)) await session.end()
    })
    afterAll(() => server?.stop())

    const enter = async (wanted: Wanted): Promise<void> => {
      sessions.push(await postgresSession(server, wanted))
    }
    async function census(credentials = { user: 'watcher', password: 'watcher' }): Promise<CensusSample> {
      const sql = openSql({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${server.port}`]]), now: Date.now })
      const session = await sql.logIn({ engine: 'postgres', host: HOST, port: 5432, roots: [root.pem], credentials })
      try {
        return await session.census()
      } finally {
        await session.close()
      }
    }

    test('shows who is there and how, with what they call themselves and since when', async () => {
      const before = Date.now()
      await enter({ application: 'orders', user: 'clerk', password: 'clerk' })
      await enter({ application: 'orders', user: 'clerk', password: 'clerk' })
      await enter({ application: 'report', user: 'clerk', password: 'clerk', tls: false })
      await enter({ application: 'cron', user: 'admin', socket: server.socket })
      await enter({ application: 'aws', user: 'rdsadmin', password: 'rdsadmin' })
      const sample = await census()
      expect(sample.view).toEqual({ complete: true })
      expect(sample.clients.map(({ oldest: _o, newest: _n, ...client }) => client)).toEqual([
        { user: 'admin', application: 'cron', address: '', transport: 'local', sessions: 1 },
        {
          user: 'clerk',
          application: 'orders',
          address: '127.0.0.1',
          transport: 'tls',
          protocol: 'TLSv1.3',
          cipher: 'TLS_AES_256_GCM_SHA384',
          sessions: 2,
        },
        { user: 'clerk', application: 'report', address: '127.0.0.1', transport: 'plain', sessions: 1 },
      ])
      const orders = sample.clients[1]
      expect(orders?.oldest).toBeGreaterThanOrEqual(before)
      expect(orders?.newest).toBeGreaterThanOrEqual(orders?.oldest ?? Infinity)
      expect(orders?.newest).toBeLessThanOrEqual(sample.at)
      expect(sample.serverStarted).toBeLessThan(before)
      expect(sample.tlsEnforced).toBe('unknown')
    })

    test('says when this role does not see everybody', async () => {
      await enter({ application: 'orders' })
      const sample = await census({ user: 'clerk', password: 'clerk' })
      expect(sample.view).toEqual({ complete: false, code: 'privilege', lacks: ['GRANT pg_read_all_stats TO "clerk"'] })
      // It is there, and how it connects cannot be seen: that is not "nobody".
      expect(sample.clients).toEqual([
        { user: 'admin', application: 'orders', address: '', transport: 'unknown', sessions: 1 },
      ])
    })

    test('is not fooled by a search path', async () => {
      const own = await postgresSession(server, {})
      await own.query(`create schema if not exists evil; create or replace view evil.pg_stat_activity as select * from pg_catalog.pg_stat_activity where false;
        grant usage on schema evil to public; grant select on evil.pg_stat_activity to public; alter role watcher set search_path = evil, pg_catalog`)
      await own.end()
      await enter({ application: 'orders' })
      expect((await census()).clients).toEqual([expect.objectContaining({ application: 'orders' })])
    })

    test('writes nothing, and leaves no transaction', async () => {
      const sql = openSql({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${server.port}`]]), now: Date.now })
      const session = await sql.logIn({
        engine: 'postgres',
        host: HOST,
        port: 5432,
        roots: [root.pem],
        credentials: { user: 'watcher', password: 'watcher' },
      })
      await session.census()
      await session.census()
      const looker = await postgresSession(server, {})
      const states = (await looker.query(
        `select state from pg_stat_activity where application_name = 'rds-ca-runbook'`,
      )) as { rows: { state: string }[] }
      expect(states.rows).toEqual([{ state: 'idle' }])
      await looker.end()
      await session.close()
    })
  })
})

describe.skipIf(POSTGRES_BIN === undefined)('whether TLS is enforced', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres(serves)
    const admin = await postgresSession(server)
    await admin.query(`create role plain login password 'plain'; create role on_rds login password 'on_rds'`)
    await admin.end()
  })
  afterAll(() => server?.stop())

  async function enforced(user: string, password: string): Promise<boolean | 'unknown'> {
    const sql = openSql({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${server.port}`]]), now: Date.now })
    const credentials = { user, password }
    const session = await sql.logIn({ engine: 'postgres', host: HOST, port: 5432, roots: [root.pem], credentials })
    const { tlsEnforced } = await session.census()
    await session.close()
    return tlsEnforced
  }

  test.each([
    ['1', true],
    ['on', true],
    ['0', false],
    ['off', false],
    ['sometimes', 'unknown'],
  ])('is what rds.force_ssl says, where there is one: %s', async (value, expected) => {
    const admin = await postgresSession(server)
    await admin.query(`alter role on_rds set rds.force_ssl = '${value}'`)
    await admin.end()
    expect(await enforced('on_rds', 'on_rds')).toBe(expected)
  })

  test('is what pg_hba.conf says, for who may read it', async () => {
    expect(await enforced('plain', 'plain')).toBe('unknown')
    expect(await enforced('admin', server.password)).toBe(false)
    server.rewriteHba('hostssl all all all scram-sha-256')
    await expect.poll(() => enforced('admin', server.password), PATIENTLY).toBe(true)
  })
})

describe('pg_hba.conf', () => {
  const rule = (type: string, method: string, more = {}) => ({
    type,
    database: ['all'],
    users: ['all'],
    address: 'all',
    method,
    error: null,
    loaded: true,
    ...more,
  })

  test.each<[string, Record<string, unknown>[], boolean | 'unknown']>([
    ['nothing', [], true],
    ['TLS only', [rule('local', 'peer'), rule('hostssl', 'scram-sha-256')], true],
    [
      'plain for some',
      [rule('hostssl', 'scram-sha-256'), rule('host', 'scram-sha-256', { address: '10.0.0.0' })],
      false,
    ],
    ['plain refused for all, then allowed', [rule('hostnossl', 'reject'), rule('host', 'scram-sha-256')], true],
    [
      'plain refused for some, then allowed',
      [rule('hostnossl', 'reject', { users: ['bob'] }), rule('host', 'scram-sha-256')],
      false,
    ],
    ['all refused', [rule('host', 'reject')], true],
    ['plain allowed by name', [rule('hostnossl', 'trust', { database: ['one'] })], false],
    ['an error', [rule('hostssl', 'md5'), rule('', '', { error: 'invalid' })], 'unknown'],
    ['changed since it was read', [rule('hostssl', 'md5', { loaded: false })], 'unknown'],
  ])('%s', (_, rules, refuses) => expect(refusesPlain(rules)).toBe(refuses))
})
