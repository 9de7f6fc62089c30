/** The other two sequences, on a real Region: a renewal under the same CA, and the way back. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openSession } from '../../src/commands/open-session.ts'
import { regionCredentials, trustStoreRemedies } from '../../src/commands/rehearsal-operator.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { joinRegion, type JoinedRegion } from '../../src/rehearsal/join.ts'
import { advance, type Stop } from '../../src/runner/advance.ts'
import { look } from '../../src/runner/look.ts'
import type { Session } from '../../src/ui/session.ts'
import { ROOT } from '../support/import-graph.ts'
import { StateDir } from '../support/program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const state = new StateDir()
let region: JoinedRegion
let session: Session
const never = new AbortController().signal

beforeAll(async () => {
  const args = [join(ROOT, 'bin', 'rds-ca-runbook.js'), 'rehearse', '--serve', ...state.flags]
  const entry = { command: process.execPath, args }
  region = await joinRegion({
    directory: join(state.path, 'rehearsal'),
    speed: 600,
    faults: ['leaf-renewal-due'],
    entry,
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
  await state.remove()
})

const desk = (name: string) => session.databases.find((one) => one.desk.about.name === name)!.desk

/** Advances until it stops for good; puts the bundle into stale trust stores, and waits for clients to come back, as an operator would. */
async function drive(name: string): Promise<Stop> {
  for (;;) {
    const stop = await advance(desk(name), never)
    if (stop.kind !== 'short') return stop
    const remedies = stop.position.shortfalls.filter((one) => trustStoreRemedies()[0]!.cures(stop.position.step, one))
    if (remedies.length === 0 && stop.position.step !== 'close-out') return stop
    for (const one of remedies) await trustStoreRemedies()[0]!.run(desk(name), one)
    // Clients come back in their own time, and a census of each moment before costs as much as any.
    if (remedies.length === 0) await pause(200)
    await look(desk(name), stop.position.step, never)
  }
}
const changes = (name: string) =>
  state
    .requests()
    .filter(
      ({ action, parameters, status }) =>
        /^(Modify|Apply)/.test(action) && status === 200 && JSON.stringify(parameters).includes(name),
    )

describe('a leaf renewal', () => {
  it('takes up the offer once, keeps the root, and is proven by a new leaf on the wire', async () => {
    const staging = desk('billing-staging')
    await staging.begin('leaf-renewal')
    await staging.decide('target', { ca: 'rds-ca-2019' }, 'test')
    const stop = await drive('billing-staging')
    expect(stop).toMatchObject({ kind: 'confirm', position: { step: 'renew' } })
    const before = staging.assess().steps.get('own-endpoint')?.facts?.basis as { leaf: string; root: string }
    const applied = await session.applier.apply(staging, 'renew', async () => 'billing-staging', never)
    expect(applied).toMatchObject({ kind: 'answered', outcome: { kind: 'accepted' } })
    expect(await drive('billing-staging')).toEqual({ kind: 'done' })
    const after = staging.assess().steps.get('verify-leaf')?.facts?.basis as { leaf: string; root: string }
    expect(after.root).toBe(before.root)
    expect(after.leaf).not.toBe(before.leaf)
    expect(changes('billing-staging').map(({ action }) => action)).toEqual(['ApplyPendingMaintenanceAction'])
  })

  it('has nothing to send where AWS renews silently, and says so', async () => {
    const staging = desk('orders-staging')
    await staging.begin('leaf-renewal')
    await staging.decide('target', { ca: 'rds-ca-2019' }, 'test')
    expect(await drive('orders-staging')).toEqual({ kind: 'done' })
    expect(staging.assess().steps.get('renew')?.standing).toBe('not-applicable')
    expect(changes('orders-staging')).toEqual([])
  })
})

it('a rollback goes back to the CA that was served before, and ends as rolled back', async () => {
  const staging = desk('orders-staging')
  const rotate = async (ca: string) => {
    await staging.decide('target', { ca }, 'test')
    const stop = await drive('orders-staging')
    expect(stop).toMatchObject({ kind: 'confirm', position: { step: 'modify' } })
    expect(await session.applier.apply(staging, 'modify', async () => 'orders-staging', never)).toMatchObject({
      outcome: { kind: 'accepted' },
    })
    expect(await drive('orders-staging')).toEqual({ kind: 'done' })
  }
  await staging.begin('ca-change')
  await rotate('rds-ca-rsa2048-g1')
  // A way back to where it is already is no way back, and is not recorded as one.
  await staging.begin('rollback')
  await staging.decide('target', { ca: 'rds-ca-rsa2048-g1' }, 'test')
  expect(await drive('orders-staging')).toEqual({ kind: 'done' })
  expect(staging.rotation?.end?.how).toBe('done')
  await staging.begin('rollback')
  await rotate('rds-ca-2019')
  expect(staging.rotation?.end?.how).toBe('rolled-back')
  expect(changes('orders-staging').map(({ parameters }) => parameters['CACertificateIdentifier'])).toEqual([
    'rds-ca-rsa2048-g1',
    'rds-ca-2019',
  ])
})

it('a change that waits for its window can be taken back, and nothing goes live', async () => {
  const production = desk('billing-production')
  // Its windows come soon at this speed: one that lies ahead is asked for, as an operator can.
  const rds = new RDSClient({
    region: region.info.region,
    endpoint: region.info.endpoint,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  })
  const ahead = new Date(Date.now() + 3 * 86_400_000).toUTCString().slice(0, 3).toLowerCase()
  const window = {
    DBInstanceIdentifier: 'billing-production',
    PreferredMaintenanceWindow: `${ahead}:03:00-${ahead}:03:30`,
  }
  await rds.send(new ModifyDBInstanceCommand(window))
  await rds.send(
    new ModifyDBInstanceCommand({
      DBInstanceIdentifier: 'billing-production',
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    }),
  )
  rds.destroy()
  await production.begin('cancellation')
  await production.decide('target', { ca: 'rds-ca-2019' }, 'test')
  expect(await drive('billing-production')).toMatchObject({ kind: 'confirm', position: { step: 'cancel' } })
  const applied = await session.applier.apply(production, 'cancel', async () => 'billing-production', never)
  expect(applied).toMatchObject({ outcome: { kind: 'accepted' } })
  expect(await drive('billing-production')).toEqual({ kind: 'done' })
  const [, pending, taken] = changes('billing-production')
  expect([pending, taken].map((one) => one?.parameters['CACertificateIdentifier'])).toEqual([
    'rds-ca-rsa2048-g1',
    'rds-ca-2019',
  ])
})
