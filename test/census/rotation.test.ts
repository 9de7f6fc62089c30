/** Watching real servers through lost sessions, a rotation and a restart, with a pool whose old sessions live on. */
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { watch, type WatchEvent } from '../../src/census/watch.ts'
import { openTallyFiles } from '../../src/progress/tally-files.ts'
import { changeBy, compare, seenBefore, type Returned } from '../../src/rules/returned.ts'
import type { Tally } from '../../src/rules/tally.ts'
import { openSql } from '../../src/sql/open-sql.ts'
import { amazonLike, days } from '../support/certificates.ts'
import {
  DEBIAN_POSTGRES,
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { mysqlSession, postgresSession, type OtherSession } from '../support/probe-clients.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const before = await amazonLike(HOST)
const after = await amazonLike(HOST, { dns: [HOST], notAfter: days(60) })
const serves = ({ leaf, inter }: typeof before) => ({ certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
const ENDS = Date.parse(new X509Certificate(after.leaf.pem).validTo)
const roots = [before.root.pem, after.root.pem]
const DATABASE = { kind: 'database', world: 'aws|123456789012', region: 'ap-northeast-1', id: 'db-1' } as const

const ENGINES = [
  { name: 'PostgreSQL from npm', is: POSTGRES_BIN !== undefined, engine: 'postgres', bin: POSTGRES_BIN },
  { name: 'PostgreSQL from Debian', is: DEBIAN_POSTGRES !== undefined, engine: 'postgres', bin: DEBIAN_POSTGRES },
  { name: 'MariaDB', is: HAS_MARIADB, engine: 'mysql', bin: undefined },
] as const

describe.each(ENGINES.filter(({ is }) => is))('$name', ({ engine, bin }) => {
  const enter = engine === 'postgres' ? postgresSession : mysqlSession
  let server: DatabaseServer
  let started = 0
  const directory = mkdtempSync(join(tmpdir(), 'sightings-'))
  const open: OtherSession[] = []

  beforeAll(async () => {
    server =
      engine === 'postgres'
        ? await startPostgres(serves(before), { ...(bin !== undefined && { bin }) })
        : await startMariadb(serves(before))
    started = Date.now()
  })
  afterAll(async () => {
    for (const session of open) await session.end().catch(() => undefined)
    await server?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const come = async (application: string, tls = true): Promise<OtherSession> => {
    const session = await enter(server, { application, tls })
    open.push(session)
    return session
  }
  const sql = (port = server.port) =>
    openSql({ connect: new Map([[`${HOST}:1234`, `127.0.0.1:${port}`]]), now: Date.now })
  /** Nobody listens at port 1. */
  let reachable = true
  const nowhere = sql.bind(undefined, 1)
  const logInWith = (adapter: ReturnType<typeof sql>) => () =>
    (reachable ? adapter : nowhere()).logIn({
      engine,
      host: HOST,
      port: 1234,
      roots,
      credentials: { user: server.user, password: server.password },
    })

  /** Watches, with a deed in place of each pause, as many samples as there are deeds and one. */
  async function watched(every: number, deeds: readonly (() => Promise<unknown>)[]) {
    const writer = openTallyFiles(directory).take(DATABASE)
    if (!writer) throw new Error('somebody watches already')
    const events: WatchEvent[] = []
    const left = [...deeds]
    try {
      const tally = await watch({
        logIn: logInWith(sql()),
        tally: writer.tally,
        save: (one) => writer.save(one),
        every,
        until: Infinity,
        now: Date.now,
        sleep: async () => void (await left.shift()?.()),
        notify: (event) => void events.push(event),
        signal: new AbortController().signal,
        enough: () => left.length === 0,
      })
      return { tally, events }
    } finally {
      writer.release()
    }
  }
  /** Each sample by a session of its own. */
  const RARELY = 61_000

  function returned(tally: Tally): Record<keyof Returned, string[]> {
    const leaf = tally.leaves.at(-1)!
    const change = changeBy({
      served: { leaf: leaf.sha256, ends: leaf.ends, since: leaf.first },
      started: tally.starts.at(-1),
      tally,
    })!
    const found = compare(seenBefore(tally, change.since), tally.sightings, change, { applications: [], accounted: [] })
    const names = (clients: Returned['back']) => clients.map(({ application }) => application).sort()
    return {
      back: names(found.back),
      missing: names(found.missing),
      withoutTls: names(found.withoutTls),
      fresh: names(found.fresh),
    }
  }

  const reload = async (): Promise<void> => {
    server.reload(serves(after))
    if (engine === 'mysql') {
      const admin = await enter(server, { application: 'flush' })
      await admin.query('flush ssl')
      await admin.end()
    }
    const served = async () => {
      const session = await logInWith(sql())()
      await session.close()
      return session.tls.leafEnds
    }
    await expect.poll(served, PATIENTLY).toBe(ENDS)
  }

  test('a lost session is replaced, and nobody is forgotten across a kill', async () => {
    const batch = await come('batch')
    const killUs = async (): Promise<void> => {
      const admin = await enter(server, { application: 'killer' })
      if (engine === 'postgres')
        await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rds-ca-runbook'`,
        )
      else {
        const [rows] = (await admin.query(
          `select processlist_id as id from performance_schema.session_connect_attrs where attr_name = 'program_name' and attr_value = 'rds-ca-runbook'`,
        )) as [{ id: number }[]]
        for (const { id } of rows) await admin.query(`kill ${id}`)
      }
      await admin.end()
    }
    const { tally, events } = await watched(1, [killUs, async () => undefined])
    expect(tally).toMatchObject({ samples: 3, failures: 0, whole: true })
    expect(events.map(({ kind }) => kind)).toEqual(['sampled', 'sampled', 'sampled'])
    await batch.end()
    // Another run, as after a kill: what the first one saw is there.
    const again = await watched(RARELY, [])
    expect(again.tally).toMatchObject({ samples: 4, first: tally.first })
    expect(again.tally.sightings.map(({ application }) => application)).toContain('batch')
    expect(again.tally.sightings.find(({ application }) => application === 'batch')?.last).toBeLessThan(
      again.tally.last,
    )
  })

  test('after a rotation survivors of a pool are not back; the stale one stays missing', async () => {
    await come('pool')
    const api = await come('api')
    const stale = await come('stale')
    const downgraded = await come('downgraded')
    const rotate = async (): Promise<void> => {
      await reload()
      for (const session of [api, stale, downgraded]) await session.end()
    }
    const comeBack = async (): Promise<void> => {
      await come('api')
      await come('downgraded', false)
      await come('newcomer')
    }
    // MySQL and MariaDB number sessions: one of ours after the change is what the plain one is told to be younger than.
    const another = async () => undefined
    const { tally, events } = await watched(RARELY, [rotate, another, comeBack])
    expect(events.map((event) => event.kind === 'sampled' && event.newLeaf)).toEqual([false, true, false, false])
    expect(returned(tally)).toEqual({
      back: ['api'],
      missing: ['batch', 'pool', 'stale'],
      withoutTls: ['downgraded'],
      fresh: ['newcomer'],
    })
  })

  test('through a restart: what was missed is said, who was back stays so, and who is there has come anew', async () => {
    const { tally, events } = await watched(RARELY, [
      async () => {
        // Servers tell their start to the second: two of them within one look like the same.
        await expect.poll(() => Date.now() - started, PATIENTLY).toBeGreaterThan(3_000)
        await server.restart()
        reachable = false
      },
      async () => {
        reachable = true
        await come('pool')
      },
    ])
    expect(events.map((event) => (event.kind === 'sampled' ? event.restarted : event.why))).toEqual([
      false,
      expect.stringContaining('ECONNREFUSED'),
      true,
    ])
    expect(tally.failures).toBe(1)
    expect(returned(tally)).toMatchObject({ back: ['api', 'pool'], missing: ['batch', 'stale'] })
  })
})
