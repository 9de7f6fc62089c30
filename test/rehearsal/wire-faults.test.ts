/** Whatever a server can do to a client on the wire: the real servers of the rehearsal do it, and `check` and the steps 05 and 09 refuse it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModifyDBInstanceCommand } from '@aws-sdk/client-rds'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { diagnose, diagnoseUnreached } from '../../src/check/diagnose.ts'
import { look as check } from '../../src/check/look.ts'
import { modeTable, basisOf } from '../../src/check/mode-table.ts'
import { openSession } from '../../src/commands/open-session.ts'
import { regionCredentials, trustStoreRemedies } from '../../src/commands/rehearsal-operator.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { CannotReach } from '../../src/ports/wire.ts'
import { WIRE_FAULTS } from '../../src/rehearsal/faults/wire-faults.ts'
import { joinRegion, type JoinedRegion } from '../../src/rehearsal/join.ts'
import { REVOCATION_LISTS } from '../../src/rehearsal/pki/flawed-certificates.ts'
import { serveRegion, type RunningRegion } from '../../src/rehearsal/serve.ts'
import { discardServers } from '../../src/rehearsal/servers/discard-servers.ts'
import { advance } from '../../src/runner/advance.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { bundled, readBundle } from '../../src/tls/bundled.ts'
import { splitCrls } from '../../src/tls/crl.ts'
import { download } from '../../src/tls/download.ts'
import type { Session } from '../../src/ui/session.ts'
import { rdsClient, settledOn, until } from './control-plane/support/region.ts'

/** What `check` calls each fault, in the order of its findings. */
const DIAGNOSES: Readonly<Record<string, readonly string[]>> = {
  'spoofed-name': ['other-database'],
  'wrong-name': ['wrong-name'],
  'unknown-root': ['unknown-root'],
  'missing-intermediate': ['missing-intermediate'],
  'self-signed': ['self-signed'],
  'expired-leaf': ['expired-leaf'],
  'expired-intermediate': ['expired-intermediate'],
  'expired-root': ['expired-root'],
  'not-yet-valid': ['not-yet-valid'],
  'wrong-purpose': ['wrong-purpose'],
  'weak-key': ['weak-key'],
  'name-constraint': ['name-constraint'],
  'revoked-leaf': ['revoked'],
  'proxy-certificate': ['rds-proxy', 'wrong-name'],
  'no-tls': ['no-tls'],
  'old-tls': ['tls-too-old'],
  'not-a-database': ['not-a-database'],
  'silent-server': ['timeout-greeting'],
  'silent-handshake': ['timeout-tls'],
  'hangs-up': ['closed-greeting'],
  'host-blocked': ['host-blocked'],
}
const names = WIRE_FAULTS.map(({ name }) => name)
const never = new AbortController().signal
const entry = { command: process.execPath, args: ['-e', 'process.exit(1)'] }

let directory: string
let region: RunningRegion
let session: Session
const joined: JoinedRegion[] = []

/** Switches these faults on, and all others off. */
async function faults(...wanted: readonly string[]): Promise<void> {
  joined.push(await joinRegion({ directory, entry, faults: wanted }))
}

const database = (id: string) => region.info().databases.find((one) => one.id === id)!
const desk = (name: string): Desk => session.databases.find((one) => one.desk.about.name === name)!.desk

/** The bundle as the Region serves it now. */
async function bundle() {
  const { bundleUrl, bundleCa } = region.info()
  const ca = await readFile(bundleCa, 'utf8')
  const { body } = await download(bundleUrl, { ca, timeout: 10_000, maxBytes: 1_000_000 })
  return readBundle(body.toString('latin1')).certificates.map((certificate) => bundled(certificate))
}

/** Milliseconds after which nothing more is waited for: few where nothing comes, enough for a busy machine where something does. */
const SHORT = 400
const LONG = 20_000

/** What `check` says of a database: the codes of its failures, none for a strict proof. */
async function checked(id: string, crls: readonly string[] = [], timeout = LONG) {
  const { engine, host, address, port } = database(id)
  const target = {
    engine: engine === 'postgres' ? ('postgres' as const) : ('mysql' as const),
    host,
    port,
    name: host,
    address: `${address}:${port}`,
  }
  const store = { kind: 'bundle' as const, location: 'the bundle', certificates: await bundle(), notes: [], crls }
  try {
    const seen = await check(target, store, { now: Date.now, timeout })
    const { root, strict } = seen.proof
    return { failures: diagnose(seen), strict, modes: modeTable(basisOf(seen)), root: root?.subject }
  } catch (error) {
    if (!(error instanceof CannotReach)) throw error
    return { failures: [diagnoseUnreached(target, error)], strict: false, modes: [], root: undefined }
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wire-faults-'))
  region = await serveRegion({ directory: join(directory, 'region'), checkProgram: '/nothing', speed: 3_000 })
  directory = join(directory, 'region')
  const info = region.info()
  const config = parseConfig(await readFile(info.config, 'utf8'), info.config)
  session = await openSession({
    stateDir: join(directory, 'state'),
    // Their own checks are other programs, which judge by themselves.
    config: {
      ...config,
      applications: Object.fromEntries(
        Object.entries(config.applications).map(([name, { check: _check, ...application }]) => [name, application]),
      ),
    },
    connect: new Map(),
    bundleUrl: info.bundleUrl,
    bundleCa: await readFile(info.bundleCa, 'utf8'),
    region: info.region,
    endpoint: info.endpoint,
    keys: { accessKeyId: 'TEST', secretAccessKey: 'test' },
    execute: true,
    credentials: regionCredentials(info),
    patience: { observe: 1_000, settle: 60_000, every: 50 },
    remedies: trustStoreRemedies(),
    notices: [],
    worldName: (account) => account,
    signal: never,
  })
})
afterAll(async () => {
  for (const one of joined) one.leave()
  await region.stop()
  await discardServers(directory)
  await rm(join(directory, '..'), { recursive: true, force: true })
})

it('each fault of the wire has its diagnosis here', () => {
  expect(names).toEqual(Object.keys(DIAGNOSES))
})

/** A certificate is judged alike whatever the protocol; here, what MySQL's differs in. `npm run soak` has everything. */
const OF_MYSQL = ['spoofed-name', 'weak-key', 'no-tls', 'old-tls', 'not-a-database', 'hangs-up', 'host-blocked']

describe.each([
  ['orders-staging', names],
  ['billing-staging', process.env['SOAK'] ? names : OF_MYSQL],
] as const)('check against %s', (id, all) => {
  it.each(all)('%s', async (fault) => {
    await faults(`${fault}:${id}`)
    const crls =
      fault === 'revoked-leaf' ? splitCrls(await readFile(join(directory, 'pki', REVOCATION_LISTS), 'latin1')) : []
    const { failures, strict } = await checked(id, crls, fault.startsWith('silent-') ? SHORT : LONG)
    const concerned = fault !== 'host-blocked' || database(id).engine !== 'postgres'
    expect(failures.map(({ code }) => code)).toEqual(concerned ? DIAGNOSES[fault] : [])
    expect(strict).toBe(!concerned)
  })

  it('and none, once all are switched off', async () => {
    await faults()
    expect(await checked(id)).toMatchObject({ failures: [], strict: true })
  })
})

describe('a database that is changed behind a fault', () => {
  it.each([
    ['self-signed', 'rds-ca-rsa2048-g1', 'Root CA RSA2048 G1'],
    ['hangs-up', 'rds-ca-2019', 'Root 2019 CA'],
  ])('%s: serves what was put in place, once the fault is off', async (fault, ca, root) => {
    await faults(`${fault}:billing-production`)
    const rds = rdsClient(region.info().endpoint)
    const change = { CACertificateIdentifier: ca, ApplyImmediately: true }
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'billing-production', ...change }))
    await until(rds, 'billing-production', settledOn(ca))
    expect((await checked('billing-production')).failures.map(({ code }) => code)).toEqual(DIAGNOSES[fault])
    await faults()
    expect(await checked('billing-production')).toMatchObject({ strict: true, root: expect.stringContaining(root) })
  })
})

describe('the spoofed name, which tells verify-ca from verify-full', () => {
  const logIn = async (verifiesName: boolean): Promise<string> => {
    const { host, address, port, user, password, database: name } = database('orders-staging')
    const ca = (await bundle()).map(({ pem }) => pem)
    const client = new Client({
      host: address,
      port,
      user,
      password,
      database: name,
      ssl: { ca, servername: host, ...(!verifiesName && { checkServerIdentity: () => undefined }) },
    })
    try {
      await client.connect()
      const { rows } = await client.query<{ answer: number }>('select 42 as answer')
      return String(rows[0]?.answer)
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error)
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  it('lets a client in that checks the chain alone, with its password; and refuses one that checks the name', async () => {
    await faults('spoofed-name:orders-staging')
    expect(await logIn(false)).toBe('42')
    expect(await logIn(true)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    await faults()
    expect(await logIn(true)).toBe('42')
  })

  it('check says what verify-ca would have accepted, and what an attacker could have done', async () => {
    await faults('spoofed-name:orders-staging')
    const { failures, modes } = await checked('orders-staging')
    expect(failures[0]?.happened).toContain('a certificate for orders-production.')
    expect(failures[0]?.means).toMatch(/verify-ca .* connect .* take the password/)
    const libpq = modes.filter(({ client }) => client === 'libpq').map(({ mode, outcome }) => [mode, outcome])
    expect(libpq).toContainEqual(['verify-ca', 'chain-only'])
    expect(libpq).toContainEqual(['verify-full', 'refuses-name'])
  })
})

describe('the steps', () => {
  const PROVEN = 'proven'
  const standing = async (name: string, step: string) => {
    const { standing: stands, shortfalls, changed } = await look(desk(name), step, never)
    return {
      stands,
      ...(changed && { changed }),
      codes: shortfalls.map(({ shortfall }) => [shortfall.code, shortfall.args['check']].filter(Boolean)),
    }
  }

  beforeAll(async () => {
    await faults()
    for (const name of ['orders-staging', 'orders-production']) {
      await desk(name).decide('target', { ca: 'rds-ca-rsa2048-g1' }, 'test')
      const stop = await advance(desk(name), never)
      if (stop.kind === 'short')
        for (const one of stop.position.shortfalls) await trustStoreRemedies()[0]!.run(desk(name), one)
      if (name.endsWith('production')) continue
      expect(await advance(desk(name), never)).toMatchObject({ kind: 'confirm' })
      await session.applier.apply(desk(name), 'modify', async () => name, never)
    }
    // Not to the end of 10: whether its clients are back by then is theirs, and what has ended is looked at no more.
    await vi.waitFor(async () => expect(await standing('orders-staging', 'settle')).toMatchObject({ stands: PROVEN }), {
      timeout: 60_000,
    })
    expect(await standing('orders-staging', 'verify')).toEqual({ stands: PROVEN, codes: [] })
    await advance(desk('orders-production'), never)
  })

  /** What each fault on the staging database is to 05 of its production one, and to its own 09. No list of revoked ones is theirs to read. */
  const seen = names.filter(
    (name) => !['silent-server', 'silent-handshake', 'host-blocked', 'revoked-leaf'].includes(name),
  )

  it.each([
    ['orders-production', 'staging'],
    ['orders-staging', 'verify'],
  ] as const)('%s: %s refuses every one of them', async (name, step) => {
    expect(await standing(name, step)).toEqual({ stands: PROVEN, codes: [] })
    for (const fault of seen) {
      await faults(`${fault}:orders-staging`)
      const { stands, codes } = await standing(name, step)
      expect([fault, stands]).not.toEqual([fault, PROVEN])
      if (fault === 'spoofed-name') expect(codes).toEqual([['only-name-fails']])
    }
    await faults()
    expect(await standing(name, step)).toEqual({ stands: PROVEN, codes: [] })
  })
})
