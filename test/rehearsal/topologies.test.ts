/** Whole rotations of every topology, in order, on the simulated Region: what is sent, to whom, and what is refused on the way. */
import { ApplyPendingMaintenanceActionCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Decisions } from '../../src/rules/decisions.ts'
import { DEFAULT_ACCOUNT, GOVCLOUD_ACCOUNT, REGION, STAGING_ACCOUNT } from '../../src/rehearsal/world.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { joinRegion } from '../../src/rehearsal/join.ts'
import { windowFrom } from '../../src/rehearsal/lifecycle/maintenance-window.ts'
import { accountsOn, endOf, type Accounts } from '../support/rehearsed-accounts.ts'
import { describeDatabase, requestLog, startRegion, until, type TestRegion } from './control-plane/support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'
/** The Region lives in this process already. */
const NO_ENTRY = { command: 'none', args: [] }
const CLIENTS: Decisions['clients'] = [
  ['orders_api', 'orders_api'],
  ['reports', 'reports'],
  ['dbadmin', 'psql'],
].map(([user, application]) => ({ user: user!, application: application!, as: 'not-ours', why: 'a test' }))

const decidedFor = (environment: Decisions['environment'], twin: Decisions['twin']): Partial<Decisions> => ({
  environment,
  target: { ca: TARGET },
  applications: [],
  clients: CLIENTS,
  twin,
})

/** Every change that AWS took, in order. */
const taken = async ({ directory }: Pick<TestRegion, 'directory'>): Promise<string[]> =>
  (await requestLog(directory))
    .filter(({ action, status }) => /^(Modify|Apply)/.test(String(action)) && status === 200)
    .map(({ action, parameters }) => {
      const given = parameters as Record<string, string>
      return `${String(action)} ${given['DBInstanceIdentifier'] ?? given['DBClusterIdentifier'] ?? given['ResourceIdentifier']}`
    })

interface Full extends TestRegion {
  readonly accounts: Accounts
  open(account: string, kind: 'database' | 'cluster', name: string, decided: Partial<Decisions>): Promise<Desk>
}

async function fullWorld(options: Parameters<typeof startRegion>[0] = {}): Promise<Full> {
  const region = await startRegion({ world: 'full', ...options })
  const accounts = accountsOn(region.region.info().endpoint, region.plane, region.directory)
  return {
    ...region,
    accounts,
    async open(account, kind, name, decided) {
      accounts.decisions.set(name, decided)
      return accounts.desk(account, REGION, await accounts.record(account, REGION, kind, name))
    },
  }
}

const asTwin = ({ about }: Desk): Exclude<Decisions['twin'], 'none'> => ({ subject: about.subject, name: about.name })

beforeAll(() => {
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
})

describe('an Aurora cluster', () => {
  it('member by member, readers before the writer, after the whole of its twin', async () => {
    const full = await fullWorld()
    const { accounts } = full
    const staging = await Promise.all(
      ['shop-staging-2', 'shop-staging-1'].map((name) =>
        full.open(DEFAULT_ACCOUNT, 'database', name, decidedFor('staging', 'none')),
      ),
    )
    const cluster = await accounts.record(DEFAULT_ACCOUNT, REGION, 'cluster', 'shop-staging')
    const twin: Decisions['twin'] = {
      subject: { ...staging[0]!.about.subject, kind: 'cluster', id: cluster.resourceId },
      name: 'shop-staging',
      members: staging.map(asTwin),
    }
    const [writer, ...readers] = await Promise.all(
      ['shop-production-1', 'shop-production-2', 'shop-production-3'].map((name) =>
        full.open(DEFAULT_ACCOUNT, 'database', name, decidedFor('production', twin)),
      ),
    )
    // Half a twin stands surety for nothing.
    expect(endOf(await accounts.drive(staging[0]!))).toBe('done')
    expect(await accounts.drive(readers[0]!)).toMatchObject({ kind: 'closed', position: { step: 'staging' } })
    expect(endOf(await accounts.drive(staging[1]!))).toBe('done')

    const early = await accounts.drive(writer!)
    expect(early).toMatchObject({ kind: 'short', position: { step: 'preflight' } })
    expect(early.kind === 'short' && early.position.shortfalls.map(({ shortfall }) => shortfall.code)).toContain(
      'readers-first',
    )
    for (const reader of readers) expect(endOf(await accounts.drive(reader))).toBe('done')
    expect(endOf(await accounts.drive(writer!))).toBe('done')
    expect(await taken(full)).toEqual(
      ['shop-staging-2', 'shop-staging-1', 'shop-production-2', 'shop-production-3', 'shop-production-1'].map(
        (name) => `ModifyDBInstance ${name}`,
      ),
    )
    // Clients may land on a member under the cluster's names and its own custom one.
    const { names } = readers[0]!.assess().steps.get('verify')!.facts!.basis as {
      names: { as: string; strict: boolean }[]
    }
    expect(
      names.map(({ as, strict }) => `${as.split('.').slice(0, 2).join('.').replace(/-c0.*/, '')} ${strict}`),
    ).toEqual([
      expect.stringContaining('shop-production.cluster'),
      expect.stringContaining('shop-production.cluster-ro'),
      expect.stringContaining('shop-analytics.cluster-custom'),
    ])
  })
})

it('a Multi-AZ DB cluster by one call, proven at every member', async () => {
  const full = await fullWorld()
  const staging = await full.open(DEFAULT_ACCOUNT, 'cluster', 'bookings-staging', decidedFor('staging', 'none'))
  const production = await full.open(
    DEFAULT_ACCOUNT,
    'cluster',
    'bookings-production',
    decidedFor('production', asTwin(staging)),
  )
  expect(endOf(await full.accounts.drive(staging))).toBe('done')
  expect(endOf(await full.accounts.drive(production))).toBe('done')
  expect(await taken(full)).toEqual(['ModifyDBCluster bookings-staging', 'ModifyDBCluster bookings-production'])
  const { names } = production.assess().steps.get('verify')!.facts!.basis as { names: { member: string }[] }
  expect(new Set(names.map(({ member }) => member)).size).toBe(3)
})

it('a replica before its source, with a twin in another account', async () => {
  const full = await fullWorld()
  const { accounts } = full
  const twins: Desk[] = []
  for (const name of ['stock-staging-replica', 'stock-staging'])
    twins.push(await full.open(STAGING_ACCOUNT, 'database', name, decidedFor('staging', 'none')))
  const replica = await full.open(
    DEFAULT_ACCOUNT,
    'database',
    'stock-replica',
    decidedFor('production', asTwin(twins[0]!)),
  )
  const source = await full.open(
    DEFAULT_ACCOUNT,
    'database',
    'stock-production',
    decidedFor('production', asTwin(twins[1]!)),
  )
  expect(twins[0]!.about.subject.world).not.toBe(replica.about.subject.world)
  for (const twin of twins) expect(endOf(await accounts.drive(twin))).toBe('done')
  expect(await accounts.drive(source)).toMatchObject({ kind: 'short', position: { step: 'preflight' } })
  expect(endOf(await accounts.drive(replica))).toBe('done')
  expect(endOf(await accounts.drive(source))).toBe('done')
  expect(await taken(full)).toEqual(
    ['stock-staging-replica', 'stock-staging', 'stock-replica', 'stock-production'].map(
      (name) => `ModifyDBInstance ${name}`,
    ),
  )
})

it('in GovCloud, where the same CA is another root: a pair by its own Region’s roots alone', async () => {
  const { accounts, plane, directory } = await fullWorld()
  const open = async (name: string, environment: Decisions['environment'], twin: Decisions['twin']) => {
    accounts.decisions.set(name, decidedFor(environment, twin))
    const record = await accounts.record(GOVCLOUD_ACCOUNT, 'us-gov-west-1', 'database', name)
    return accounts.desk(GOVCLOUD_ACCOUNT, 'us-gov-west-1', record)
  }
  const staging = await open('permits-staging', 'staging', 'none')
  const production = await open('permits', 'production', asTwin(staging))
  for (const desk of [staging, production]) expect(endOf(await accounts.drive(desk))).toBe('done')
  const basis = (step: string) => production.assess().steps.get(step)!.facts!.basis as Record<string, unknown>
  expect(basis('identify')['arn']).toMatch(/^arn:aws-us-gov:rds:us-gov-west-1:/)
  const rootIn = async (region: string) => (await plane.pkiOf(region)).cas.find(({ id }) => id === TARGET)!.thumbprint
  expect(basis('verify')['root']).toBe(await rootIn('us-gov-west-1'))
  expect(basis('verify')['root']).not.toBe(await rootIn(REGION))
  expect(await taken({ directory })).toEqual(['ModifyDBInstance permits-staging', 'ModifyDBInstance permits'])
})

it('an outage: an expired certificate on the wire opens 02, 04 and 05, and nothing else does', async () => {
  const full = await fullWorld()
  const { accounts } = full
  const desk = await full.open(DEFAULT_ACCOUNT, 'database', 'orders-production', decidedFor('production', 'none'))
  await desk.begin('outage')
  expect(await accounts.drive(desk, ['too-late-to-prove'])).toMatchObject({
    kind: 'short',
    position: { step: 'expired', shortfalls: [{ shortfall: { code: 'nothing-expired', allows: 'proof' } }] },
  })
  const record = await accounts.record(DEFAULT_ACCOUNT, REGION, 'database', 'orders-production')
  accounts.expired.set(record.endpoint!.host, 'rds-ca-2019')
  expect(endOf(await accounts.drive(desk, ['too-late-to-prove']))).toBe('done')
  expect(desk.rotation?.waivers.map(({ step, why }) => `${step}: ${why}`)).toEqual(['staging: accepted for the test'])
  expect(await taken(full)).toEqual(['ModifyDBInstance orders-production'])
})

it('a change that AWS or the console began is followed from 08 to the wire, and nothing is sent', async () => {
  const full = await fullWorld()
  const desk = await full.open(DEFAULT_ACCOUNT, 'database', 'stock-replica', decidedFor('production', 'none'))
  const input = { DBInstanceIdentifier: 'stock-replica', CACertificateIdentifier: TARGET, ApplyImmediately: true }
  await full.rds.send(new ModifyDBInstanceCommand(input))
  expect(endOf(await full.accounts.drive(desk))).toBe('done')
  expect(desk.assess().steps.get('modify')?.standing).toBe('not-applicable')
  expect(desk.assess().steps.get('verify')?.standing).toBe('proven')
  expect((await describeDatabase(full.rds, 'stock-replica')).CACertificateIdentifier).toBe(TARGET)
  expect(await taken(full)).toEqual(['ModifyDBInstance stock-replica'])
})

it('a change that AWS’s own maintenance window began is met by 01, followed by 08 with what is urgent, and proven on the wire', async () => {
  const id = 'stock-replica'
  const full = await fullWorld({ faults: [`ca-rotation-in-window:${id}`, `stuck-modifying:${id}`] })
  const { accounts, rds } = full
  const desk = await full.open(DEFAULT_ACCOUNT, 'database', id, decidedFor('production', 'none'))
  const standing = (step: string) => desk.assess().steps.get(step)
  // Before the window it is gated like any other, and 06 names what AWS offers.
  expect(await accounts.drive(desk)).toMatchObject({ kind: 'short', position: { step: 'staging' } })
  await look(desk, 'preflight', AbortSignal.timeout(30_000))
  expect(standing('preflight')?.notes.map(({ code }) => code)).toContain('certificate-offered')
  expect(standing('modify')?.standing).toBe('missing')

  // The window comes: the one request is for the window, and AWS does the rest.
  const hour = 60 * 60_000
  const window = { PreferredMaintenanceWindow: windowFrom(Date.now() - hour, 120) }
  await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ...window }))
  await until(rds, id, ({ DBInstanceStatus }) => DBInstanceStatus === 'modifying')
  await look(desk, 'identify', AbortSignal.timeout(30_000))
  expect(standing('modify')).toMatchObject({
    standing: 'not-applicable',
    reason: { code: 'changed-by-aws', args: { action: 'ca-certificate-rotation', optIn: 'immediate' } },
  })
  expect(desk.assess().urgent).toContain('staging')
  await look(desk, 'settle', AbortSignal.timeout(30_000))
  expect(standing('settle')).toMatchObject({ standing: 'waiting', reason: { code: 'changing' } })

  const joined = await joinRegion({ directory: full.directory, entry: NO_ENTRY, faults: [] })
  onTestFinished(() => joined.leave())
  expect(endOf(await accounts.drive(desk))).toBe('done')
  expect(standing('verify')?.standing).toBe('proven')
  expect((await describeDatabase(rds, id)).CACertificateIdentifier).toBe(TARGET)
  expect(desk.rotation?.sendings).toEqual([])
  expect(await taken(full)).toEqual([`ModifyDBInstance ${id}`])
})

it('a renewal that AWS has begun is followed from 08 to the wire, and nothing is sent from here', async () => {
  const id = 'billing-production'
  const full = await fullWorld({ faults: [`leaf-renewal-due:${id}`, `stuck-modifying:${id}`] })
  const desk = await full.open(DEFAULT_ACCOUNT, 'database', id, decidedFor('production', 'none'))
  await desk.begin('leaf-renewal')
  await desk.decide('target', { ca: 'rds-ca-2019' }, 'test')
  const { DBInstanceArn: arn, CertificateDetails: before } = await describeDatabase(full.rds, id)
  const begun = { ResourceIdentifier: arn, ApplyAction: 'server-certificate-rotation', OptInType: 'immediate' }
  await full.rds.send(new ApplyPendingMaintenanceActionCommand(begun))
  await look(desk, 'identify', AbortSignal.timeout(30_000))
  const { steps, urgent } = desk.assess()
  expect(steps.get('renew')).toMatchObject({ standing: 'not-applicable', reason: { code: 'renewed-by-aws' } })
  expect(urgent).toContain('own-endpoint')
  await look(desk, 'renewed', AbortSignal.timeout(30_000))
  expect(desk.assess().steps.get('renewed')).toMatchObject({ standing: 'waiting', reason: { code: 'renewing' } })

  const joined = await joinRegion({ directory: full.directory, entry: NO_ENTRY, faults: [] })
  onTestFinished(() => joined.leave())
  expect(endOf(await full.accounts.drive(desk))).toBe('done')
  expect(desk.assess().steps.get('verify-leaf')?.standing).toBe('proven')
  const after = await describeDatabase(full.rds, id)
  // To the second: the old one may have been issued in the same. That the leaf is another one is what verify-leaf has seen.
  expect(after.CertificateDetails!.ValidTill!.getTime()).toBeGreaterThanOrEqual(before!.ValidTill!.getTime())
  expect(desk.rotation?.sendings).toEqual([])
})

it('what new databases get is changed as a change like any other: once, and only where it is not so already', async () => {
  const full = await fullWorld()
  const { accounts } = full
  const asked = async () =>
    (await requestLog(full.directory))
      .filter(({ action }) => action === 'ModifyCertificates')
      .map(({ parameters }) => (parameters as Record<string, string>)['CertificateIdentifier'])
  const desk = await accounts.defaultDesk(DEFAULT_ACCOUNT, REGION)
  for (const times of [1, 1]) {
    await desk.begin('account-default')
    await desk.decide('target', { ca: 'rds-ca-rsa4096-g1' }, 'test')
    expect(endOf(await accounts.drive(desk))).toBe('done')
    expect(await asked()).toEqual(Array.from({ length: times }, () => 'rds-ca-rsa4096-g1'))
  }
  expect(desk.rotation?.sendings).toEqual([])
  await desk.begin('account-default')
  await desk.decide('target', { ca: 'rds-ca-none' }, 'test')
  expect(endOf(await accounts.drive(desk))).toContain('target-not-listed')
})
