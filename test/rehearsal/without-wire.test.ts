/** Engines whose wire protocol the runbook does not speak: whole rotations by the applications' checks, and what stays closed without one. */
import { beforeAll, expect, it } from 'vitest'
import type { DeclaredApplication } from '../../src/ports/world.ts'
import { DEFAULT_ACCOUNT, REGION } from '../../src/rehearsal/world.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import { attest } from '../../src/runner/answer.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { accountsOn, endOf, type Accounts } from '../support/rehearsed-accounts.ts'
import { requestLog, startRegion, type TestRegion } from './control-plane/support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'
/** No census can be taken of these engines. */
const NO_CENSUS = ['engine-has-no-view'] as const

const modified = async ({ directory }: TestRegion): Promise<unknown[]> =>
  (await requestLog(directory))
    .filter(({ action }) => action === 'ModifyDBInstance')
    .map(({ parameters }) => (parameters as Record<string, string>)['DBInstanceIdentifier'])

interface Without extends TestRegion {
  readonly accounts: Accounts
  open(name: string, twin: Decisions['twin'], applications?: readonly string[]): Promise<Desk>
  declare(name: string, check?: DeclaredApplication['check']): void
}

async function withoutWire(...faults: readonly string[]): Promise<Without> {
  const region = await startRegion({ world: 'full', faults })
  const accounts = accountsOn(region.region.info().endpoint, region.plane, region.directory)
  return {
    ...region,
    accounts,
    declare(name, check) {
      accounts.applications.set(name, {
        name,
        databases: [],
        verification: 'verify-full',
        users: [],
        sessionNames: [],
        addresses: [],
        route: 'direct',
        hosts: {},
        trustStores: [{ kind: 'pem', path: '/ca.pem' }],
        ...(check && { check }),
      })
    },
    async open(name, twin, applications = ['books']) {
      accounts.decisions.set(name, {
        environment: twin === 'none' ? 'staging' : 'production',
        target: { ca: TARGET },
        applications: applications.map((one) => ({ name: one, verification: 'verify-full', users: [] })),
        clients: [],
        twin,
      })
      return accounts.desk(DEFAULT_ACCOUNT, REGION, await accounts.record(DEFAULT_ACCOUNT, REGION, 'database', name))
    },
  }
}

const HONEST = { argv: ['verifies'], honours: 'bundle' } as const
const asTwin = ({ about }: Desk): Exclude<Decisions['twin'], 'none'> => ({ subject: about.subject, name: about.name })
const verified = (desk: Desk) => desk.assess().steps.get('verify')!

beforeAll(() => {
  process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
})

it('SQL Server, Oracle and Db2 are rotated by checks that show the root, after their twins, each by one request', async () => {
  const world = await withoutWire()
  world.declare('books', HONEST)
  let other: Desk | undefined
  for (const [name, engine] of [
    ['payroll', 'sqlserver-se'],
    ['ledger', 'oracle-se2'],
    ['warehouse', 'db2-se'],
  ] as const) {
    const staging = await world.open(`${name}-staging`, 'none')
    const production = await world.open(name, asTwin(staging))
    // A twin that has not been rotated stands surety for nothing.
    expect(endOf(await world.accounts.drive(production, NO_CENSUS))).toContain('closed staging')
    expect(endOf(await world.accounts.drive(staging, NO_CENSUS))).toBe('done')
    // Nor does one of another engine, whose wire is not spoken either.
    if (other) {
      production.release()
      const mistaken = await world.open(name, asTwin(other))
      expect(endOf(await world.accounts.drive(mistaken, NO_CENSUS))).toContain('short staging: twin-differs')
      mistaken.release()
      await world.open(name, asTwin(staging))
    }
    other = staging
    expect(endOf(await world.accounts.drive(production, NO_CENSUS))).toBe('done')
    const { standing, facts } = verified(production)
    const root = (await world.plane.pkiOf(REGION)).cas.find(({ id }) => id === TARGET)!.thumbprint
    expect(standing).toBe('proven')
    expect(facts!.basis).toMatchObject({ noWire: engine, root, checks: { books: true }, leaf: '' })
    expect(production.rotation?.waivers.map(({ step }) => step)).toEqual(['census'])
  }
  expect(await modified(world)).toEqual(['payroll', 'ledger', 'warehouse'].flatMap((name) => [`${name}-staging`, name]))
})

it('without a check or a word the gate stays closed; with the owner’s word it opens, and 09 says that the wire was not seen', async () => {
  const world = await withoutWire()
  world.declare('books')
  const staging = await world.open('payroll-staging', 'none')
  const short = 'short staging: root-not-shown'
  expect(endOf(await world.accounts.drive(staging, NO_CENSUS))).toContain(short)
  expect(endOf(await world.accounts.drive(staging, NO_CENSUS))).toContain('no-check-instead')

  // A check that proves nothing takes no one's place.
  world.declare('books', { argv: ['accepts-anything'], honours: 'bundle' })
  const lies = await advanceAnew(world, staging)
  expect(lies).toContain('check-passes-without-root')
  expect(lies).toContain('root-not-shown')
  // One that uses what the application uses shows that it connects, and not by which root.
  world.declare('books', { argv: ['verifies'] })
  const connects = await advanceAnew(world, staging)
  expect(connects).toContain(short)
  expect(connects).not.toContain('no-check-instead')
  expect(await modified(world)).toEqual([])

  await attestAll(staging)
  expect(endOf(await world.accounts.drive(staging, NO_CENSUS))).toContain('short verify: root-not-shown')
  expect(await modified(world)).toEqual(['payroll-staging'])
  expect(endOf(await world.accounts.drive(staging, [...NO_CENSUS, 'root-not-shown']))).toBe('done')
  expect(verified(staging).standing).toBe('waived')
})

it('a renewal by the present root: what AWS says is new, the checks say is trusted, before and after', async () => {
  const world = await withoutWire('leaf-renewal-due:payroll')
  world.declare('books', HONEST)
  const desk = await world.open('payroll', 'none')
  await desk.begin('leaf-renewal')
  await desk.decide('target', { ca: 'rds-ca-2019' }, 'test')
  expect(endOf(await world.accounts.drive(desk, NO_CENSUS))).toBe('done')
  const root = (await world.plane.pkiOf(REGION)).cas.find(({ id }) => id === 'rds-ca-2019')!.thumbprint
  for (const step of ['own-endpoint', 'verify-leaf'])
    expect(desk.assess().steps.get(step)).toMatchObject({ standing: 'proven', facts: { basis: { root } } })
  const actions = (await requestLog(world.directory)).map(({ action }) => action)
  expect(actions.filter((one) => one === 'ApplyPendingMaintenanceAction')).toHaveLength(1)
  expect(await modified(world)).toEqual([])
})

/** Looks at 05 again, as an operator would after mending the check, and goes on. */
async function advanceAnew({ accounts }: Without, desk: Desk): Promise<string> {
  await look(desk, 'staging', new AbortController().signal)
  return endOf(await accounts.drive(desk, NO_CENSUS))
}

async function attestAll(desk: Desk): Promise<void> {
  const word = { name: 'Akiko', ticket: 'DB-1', until: Date.now() + 86_400_000 }
  for (const open of desk.assess().steps.get('staging')!.shortfalls) await attest(desk, 'staging', open, word)
}
