/** The wire decides: what psql and the applications meet, before and after; and that the safe order cannot be left. */
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/read-config.ts'
import { openSession } from '../../src/commands/open-session.ts'
import { regionCredentials, trustStoreRemedies } from '../../src/commands/rehearsal-operator.ts'
import { joinRegion, type JoinedRegion } from '../../src/rehearsal/join.ts'
import { advance } from '../../src/runner/advance.ts'
import { look } from '../../src/runner/look.ts'
import type { Session } from '../../src/ui/session.ts'
import { ROOT } from '../support/import-graph.ts'
import { StateDir, run, start, until } from '../support/program.ts'

const exec = promisify(execFile)
const noOpenssl = spawnSync('openssl', ['version']).error !== undefined
const noPsql = spawnSync('psql', ['--version']).error !== undefined
const state = new StateDir()
const watcher = new StateDir()
let region: JoinedRegion
let session: Session
const never = new AbortController().signal

beforeAll(async () => {
  const args = [join(ROOT, 'bin', 'rds-ca-runbook.js'), 'rehearse', '--serve', ...state.flags]
  region = await joinRegion({
    directory: join(state.path, 'rehearsal'),
    speed: 600,
    entry: { command: process.execPath, args },
  })
  const { info } = region
  session = await openSession({
    stateDir: state.path,
    config: parseConfig(readFileSync(info.config, 'utf8'), info.config),
    connect: new Map(),
    bundleUrl: info.bundleUrl,
    bundleCa: readFileSync(info.bundleCa, 'utf8'),
    region: info.region,
    endpoint: info.endpoint,
    keys: { accessKeyId: 'TEST', secretAccessKey: 'test' },
    execute: true,
    credentials: regionCredentials(info),
    patience: { observe: 1_000, settle: 60_000, every: 200 },
    remedies: trustStoreRemedies(),
    notices: [],
    worldName: (account) => account,
    signal: never,
  })
})
afterAll(async () => {
  region.leave()
  await watcher.remove()
  await state.remove()
})

const desk = (name: string) => {
  const found = session.databases.find((one) => one.desk.about.name === name)
  if (!found) throw new Error(`no ${name}`)
  return found.desk
}
const database = (id: string) => {
  const found = region.info.databases.find((one) => one.id === id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

/** One root of the bundle, as a file for psql: the old one or the new one alone. */
function rootFile(thumbprint: string): string {
  const pems =
    readFileSync(region.info.bundleFile, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ??
    []
  const pem = pems.find((one) => new X509Certificate(one).fingerprint.replaceAll(':', '').toLowerCase() === thumbprint)
  const file = join(state.path, `${thumbprint}.pem`)
  writeFileSync(file, `${pem ?? ''}\n`)
  return file
}

async function psql(id: string, rootcert: string): Promise<string> {
  const { host, address, port, user, password, database: name } = database(id)
  const connection = `host=${host} hostaddr=${address} port=${port} user=${user} dbname=${name} sslmode=verify-full sslrootcert=${rootcert}`
  const result = await exec('psql', ['-Atc', 'select 42', connection], {
    env: { PATH: process.env['PATH'] ?? '', PGPASSWORD: password },
  }).catch((error: { stderr?: string }) => ({ stdout: '', stderr: error.stderr ?? '' }))
  return result.stdout.trim() || result.stderr.trim()
}

/** What a stock OpenSSL client makes of an endpoint: verified with this root alone and under its name, or why not. */
function openssl(id: string, rootcert: string): string {
  const { host, address, port, engine } = database(id)
  const protocol = engine === 'postgres' ? 'postgres' : 'mysql'
  const args = ['s_client', '-starttls', protocol, '-connect', `${address}:${port}`, '-servername', host]
  const verify = ['-CAfile', rootcert, '-no-CApath', '-no-CAstore', '-verify_hostname', host, '-verify_return_error']
  const { stdout, stderr } = spawnSync('openssl', [...args, ...verify], { input: '', encoding: 'utf8' })
  return /Verify return code: 0 \(ok\)/.test(stdout) ? 'verified' : stderr
}

const thumbprints = () => {
  const identified = desk('orders-staging').assess().steps.get('identify')?.facts?.basis as
    | { candidates: { ca: string; thumbprint: string }[] }
    | undefined
  return new Map(identified?.candidates.map(({ ca, thumbprint }) => [ca, thumbprint]))
}

const type = (name: string) => async () => name
/** The census as an operator with a state directory of their own takes it, of the database that is rotated without the runbook. */
function censusArguments(...more: readonly string[]) {
  const { info } = region
  const { host, address, port, user, password } = database('billing-staging')
  const args = ['census', 'billing-staging', ...watcher.flags, '--connect', `${host}:${port}=${address}:${port}`]
  const bundle = ['--bundle-url', info.bundleUrl, '--bundle-ca', info.bundleCa]
  const env = {
    AWS_ENDPOINT_URL: info.endpoint,
    AWS_REGION: info.region,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    PGUSER: user,
    PGPASSWORD: password,
    MYSQL_USER: user,
    MYSQL_PWD: password,
  }
  return [[...args, ...bundle, ...more], { env }] as const
}

/** Moving a window, which these tests do themselves, is left out. */
const modifications = () =>
  state
    .requests()
    .filter(({ action, parameters }) => action === 'ModifyDBInstance' && !('PreferredMaintenanceWindow' in parameters))

describe('production', () => {
  it('cannot be modified before anything is proven, nor with every own proof while staging is on the old CA', async () => {
    const production = desk('orders-production')
    const first = await session.applier.apply(production, 'modify', type('orders-production'), never)
    expect(first.kind).toBe('closed')
    await production.decide('target', { ca: 'rds-ca-rsa2048-g1' }, 'test')
    const stop = await advance(production, never)
    expect(stop).toMatchObject({ kind: 'short', position: { step: 'trust-stores' } })
    const ledger = stop.kind === 'short' ? stop.position.shortfalls : []
    expect(ledger.map(({ shortfall }) => shortfall.code)).toEqual(['target-root-missing'])
    for (const one of ledger) await trustStoreRemedies()[0]!.run(production, one)
    // Staging has not rotated: 05 has nothing to look at, and 07 says so.
    expect(await advance(production, never)).toMatchObject({ kind: 'closed', position: { step: 'staging' } })
    await look(production, 'preflight', never)
    const second = await session.applier.apply(production, 'modify', type('orders-production'), never)
    expect(second).toMatchObject({ kind: 'closed' })
    expect(second.kind === 'closed' && second.gate.blockers.map(({ args }) => args['step'])).toEqual(['staging'])
    expect(modifications()).toEqual([])
    production.release()
  })

  it('the wrong name sends nothing, and neither does a database that somebody changed since', async () => {
    const staging = desk('orders-staging')
    await staging.decide('target', { ca: 'rds-ca-rsa2048-g1' }, 'test')
    expect(await advance(staging, never)).toMatchObject({ kind: 'confirm' })
    expect(await session.applier.apply(staging, 'modify', type('orders-production'), never)).toMatchObject({
      kind: 'declined',
    })
    expect(await session.applier.apply(staging, 'modify', async () => undefined, never)).toMatchObject({
      kind: 'declined',
    })
    expect(modifications()).toEqual([])
    const rds = new RDSClient({
      region: region.info.region,
      endpoint: region.info.endpoint,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    })
    // At this speed its maintenance window comes within seconds, and would apply what is to stay pending here.
    const day = new Date(Date.now() + 3 * 86_400_000).toUTCString().slice(0, 3).toLowerCase()
    const ahead = `${day}:03:00-${day}:03:30`
    await rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'orders-staging', PreferredMaintenanceWindow: ahead }),
    )
    const other = { DBInstanceIdentifier: 'orders-staging', BackupRetentionPeriod: 3 }
    // Between the typing and the sending: the database is read once more.
    const meanwhile = async () => {
      await rds.send(new ModifyDBInstanceCommand(other))
      return 'orders-staging'
    }
    const stopped = await session.applier.apply(staging, 'modify', meanwhile, never)
    expect(stopped).toMatchObject({ kind: 'stopped', reasons: [{ code: 'pending-appeared' }] })
    // And what was found is on record: the gate says it from now on.
    const closed = await session.applier.apply(staging, 'modify', type('orders-staging'), never)
    expect(closed.kind === 'closed' && closed.gate.blockers.map(({ args }) => args['step'])).toEqual(['preflight'])
    expect(modifications().length).toBe(1)
    await rds.send(new ModifyDBInstanceCommand({ ...other, ApplyImmediately: true }))
    await until('nothing is pending any more', async () => {
      const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-staging' }))
      return (
        DBInstances?.[0]?.DBInstanceStatus === 'available' &&
        Object.keys(DBInstances[0].PendingModifiedValues ?? {}).length === 0
      )
    })
    rds.destroy()
  })
})

describe('the wire', () => {
  it.skipIf(noPsql)('a stock psql with verify-full agrees: the old root before, the target root after', async () => {
    const staging = desk('orders-staging')
    const roots = thumbprints()
    const oldRoot = rootFile(roots.get('rds-ca-2019') ?? '')
    const newRoot = rootFile(roots.get('rds-ca-rsa2048-g1') ?? '')
    expect(await psql('orders-staging', oldRoot)).toBe('42')
    expect(await psql('orders-staging', newRoot)).toContain('certificate verify failed')
    expect(await advance(staging, never)).toMatchObject({ kind: 'confirm' })
    const applied = await session.applier.apply(staging, 'modify', type('orders-staging'), never)
    expect(applied).toMatchObject({ kind: 'answered', outcome: { kind: 'accepted' } })
    for (let stop = await advance(staging, never); stop.kind !== 'done'; stop = await advance(staging, never))
      expect(stop).toMatchObject({ position: { step: 'close-out' } })
    expect(await psql('orders-staging', oldRoot)).toContain('certificate verify failed')
    expect(await psql('orders-staging', newRoot)).toBe('42')
    const proof = staging.assess().steps.get('verify')?.facts?.basis as { root: string } | undefined
    expect(proof?.root).toBe(roots.get('rds-ca-rsa2048-g1'))
  })

  it('a watch that is killed goes on, by the same command', async () => {
    const watching = () => start(...censusArguments('--for', '1h', '--every', '1s', '--ui', 'plain'))
    const killed = watching()
    await killed.saw('billing-ledger')
    killed.child.kill('SIGKILL')
    await killed.ended
    const again = watching()
    await again.saw('Goes on with the watch of')
    again.child.kill('SIGINT')
    expect(await again.ended).toMatchObject({ code: 130 })
  })

  it('rotating without the runbook breaks the stale application, and nobody else', async () => {
    const before = [...thumbprints()].map(([ca, thumbprint]) => [ca, openssl('billing-staging', rootFile(thumbprint))])
    if (!noOpenssl) expect(before.filter(([, said]) => said === 'verified')).toEqual([['rds-ca-2019', 'verified']])
    const rds = new RDSClient({
      region: region.info.region,
      endpoint: region.info.endpoint,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    })
    await rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: 'billing-staging',
        CACertificateIdentifier: 'rds-ca-rsa2048-g1',
        ApplyImmediately: true,
      }),
    )
    rds.destroy()
    const reportsOf = async () => (await region.reports()).filter((one) => one.database === 'billing-staging')
    await until('billing-ledger refuses the certificate', async () =>
      (await reportsOf()).some(
        (one) => one.name === 'billing-ledger' && !one.connected && /certificate/i.test(one.lastError ?? ''),
      ),
    )
    if (!noOpenssl) {
      const after = [...thumbprints()].map(([ca, thumbprint]) => [ca, openssl('billing-staging', rootFile(thumbprint))])
      expect(after.filter(([, said]) => said === 'verified')).toEqual([['rds-ca-rsa2048-g1', 'verified']])
    }
    await until('the others are connected', async () => (await reportsOf()).filter((one) => one.connected).length === 3)
    expect((await reportsOf()).filter((one) => !one.connected).map(({ name }) => name)).toEqual(['billing-ledger'])
  })

  it('and the census shows who has not come back, by what was seen before the watch was killed', async () => {
    const { code, stdout } = await run(...censusArguments('--since-rotation', '--json'))
    const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as unknown
    const named = (name: string) => ({ user: `billing_${name}`, application: `billing-${name}` })
    expect([code, told]).toMatchObject([
      4,
      {
        sinceRotation: {
          back: [named('api'), named('reports')],
          missing: [named('ledger')],
          withoutTls: [],
          fresh: [],
        },
      },
    ])
  })

  it('a database that was rotated outside goes straight to 09, which finds the application that is broken now', async () => {
    const staging = desk('billing-staging')
    await staging.decide('target', { ca: 'rds-ca-rsa2048-g1' }, 'test')
    const sent = modifications().length
    const stop = await advance(staging, never)
    expect(stop).toMatchObject({ kind: 'short', position: { step: 'verify' } })
    const short =
      stop.kind === 'short'
        ? stop.position.shortfalls.map(({ shortfall }) => [shortfall.code, shortfall.args['application']])
        : []
    expect(short).toEqual([['check-failed', 'billing-ledger']])
    expect(modifications().length).toBe(sent)
  })
})
