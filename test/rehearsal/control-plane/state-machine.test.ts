import {
  ApplyPendingMaintenanceActionCommand,
  DescribePendingMaintenanceActionsCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  type DBInstance,
} from '@aws-sdk/client-rds'
import { describe, expect, it } from 'vitest'
import {
  describeDatabase,
  eventually,
  requestLog,
  settledOn,
  startRegion,
  type TestRegion,
  until,
} from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'
const OLD = 'rds-ca-2019'

const modify = async ({ rds }: TestRegion, id: string, input: object = {}): Promise<DBInstance> => {
  const asked = { DBInstanceIdentifier: id, CACertificateIdentifier: TARGET, ApplyImmediately: true, ...input }
  return (await rds.send(new ModifyDBInstanceCommand(asked))).DBInstance!
}

/**
 * Watches a change to its end: what the API shows must come in the expected order. A busy machine may miss some of it,
 * never the last; that each comes is tested without a clock in `lifecycle.test.ts`.
 */
async function expectCourse({ rds }: TestRegion, id: string, ca: string, course: readonly string[]): Promise<void> {
  const seen: string[] = []
  const look = (database: DBInstance): boolean => {
    const { DBInstanceStatus: status, CACertificateIdentifier: now, PendingModifiedValues: pending } = database
    const state = `${status} ${now} pending ${pending?.CACertificateIdentifier ?? 'nothing'}`
    if (seen.at(-1) !== state) seen.push(state)
    return settledOn(ca)(database)
  }
  // As closely as can be: a state may last for milliseconds.
  await until(rds, id, look, 1)
  expect(seen).toEqual(course.filter((state) => seen.includes(state)))
  expect(seen.at(-1)).toBe(course.at(-1))
}

describe('modifying the CA', () => {
  it('reloads the server of an engine that needs no restart, and the API follows it', async () => {
    const test = await startRegion({ speed: 600 })
    const before = await describeDatabase(test.rds, 'orders-staging')
    const answer = await modify(test, 'orders-staging')
    expect(answer).toMatchObject({
      DBInstanceStatus: 'available',
      CACertificateIdentifier: OLD,
      PendingModifiedValues: { CACertificateIdentifier: TARGET },
    })
    await expectCourse(test, 'orders-staging', TARGET, [
      `available ${OLD} pending ${TARGET}`,
      `modifying ${OLD} pending ${TARGET}`,
      `modifying ${TARGET} pending nothing`,
      `available ${TARGET} pending nothing`,
    ])
    const server = test.plane.memory.get('orders-staging')!
    expect(server.deeds).toEqual([`reload ${TARGET}`])
    const after = await describeDatabase(test.rds, 'orders-staging')
    expect(after.CertificateDetails).toEqual({ CAIdentifier: TARGET, ValidTill: server.presents.validTill })
    expect(after.DbiResourceId).toBe(before.DbiResourceId)
  })

  it('restarts the server of an engine that must', async () => {
    const test = await startRegion({ speed: 600 })
    await modify(test, 'billing-staging')
    await expectCourse(test, 'billing-staging', TARGET, [
      `available ${OLD} pending ${TARGET}`,
      `modifying ${OLD} pending ${TARGET}`,
      `rebooting ${OLD} pending ${TARGET}`,
      `rebooting ${TARGET} pending nothing`,
      `available ${TARGET} pending nothing`,
    ])
    expect(test.plane.memory.get('billing-staging')!.deeds).toEqual([`restart ${TARGET}`])
  })

  it('refuses a second change while one is under way, and carries out the first alone', async () => {
    const test = await startRegion({ speed: 600 })
    await modify(test, 'orders-staging')
    await expect(modify(test, 'orders-staging', { CACertificateIdentifier: 'rds-ca-ecc384-g1' })).rejects.toMatchObject(
      {
        name: 'InvalidDBInstanceStateFault',
      },
    )
    await until(test.rds, 'orders-staging', settledOn(TARGET))
    expect(test.plane.memory.get('orders-staging')!.deeds).toEqual([`reload ${TARGET}`])
  })

  it('waits for the window otherwise, is cancelled by the current CA, and begins when the window is there', async () => {
    const test = await startRegion()
    const inTheWindow = { ApplyImmediately: false }
    expect(await modify(test, 'orders-staging', inTheWindow)).toMatchObject({
      DBInstanceStatus: 'available',
      PendingModifiedValues: { CACertificateIdentifier: TARGET },
    })
    const cancelled = await modify(test, 'orders-staging', { ...inTheWindow, CACertificateIdentifier: OLD })
    expect(cancelled.PendingModifiedValues).toEqual({})
    await modify(test, 'orders-staging', inTheWindow)
    await modify(test, 'orders-staging', { ...inTheWindow, PreferredMaintenanceWindow: windowAround(Date.now()) })
    await until(test.rds, 'orders-staging', settledOn(TARGET))
  })

  it('stages without a restart, and goes live with a reboot', async () => {
    const test = await startRegion()
    await modify(test, 'billing-staging', { CertificateRotationRestart: false })
    const server = test.plane.memory.get('billing-staging')!
    await eventually(() => server.deeds).toEqual([`stage ${TARGET}`])
    const armed = await until(test.rds, 'billing-staging', (database) => database.DBInstanceStatus === 'available')
    expect(armed).toMatchObject({
      CACertificateIdentifier: OLD,
      PendingModifiedValues: { CACertificateIdentifier: TARGET },
    })
    expect(server.presents.ca).toBe(OLD)
    await eventually(() =>
      test.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'billing-staging' })).then(
        () => 1,
        () => 0,
      ),
    ).toBe(1)
    await until(test.rds, 'billing-staging', settledOn(TARGET))
    expect(server.deeds).toEqual([`stage ${TARGET}`, `restart ${TARGET}`])
  })

  it('takes a staged certificate back', async () => {
    const test = await startRegion()
    await modify(test, 'billing-staging', { CertificateRotationRestart: false })
    const server = test.plane.memory.get('billing-staging')!
    await eventually(() => server.deeds).toEqual([`stage ${TARGET}`])
    await eventually(() =>
      modify(test, 'billing-staging', { CACertificateIdentifier: OLD }).then(
        () => 1,
        () => 0,
      ),
    ).toBe(1)
    await until(test.rds, 'billing-staging', settledOn(OLD))
    await eventually(() => server.deeds).toEqual([`stage ${TARGET}`, `stage ${OLD}`])
  })

  it('tries again when the server does not do as it is told', async () => {
    const test = await startRegion()
    test.plane.breakOnce()
    await modify(test, 'orders-staging')
    await until(test.rds, 'orders-staging', settledOn(TARGET))
  })

  it('can go back for as long as AWS lists the old CA', async () => {
    const test = await startRegion()
    await modify(test, 'orders-staging')
    await until(test.rds, 'orders-staging', settledOn(TARGET))
    await modify(test, 'orders-staging', { CACertificateIdentifier: OLD })
    await until(test.rds, 'orders-staging', settledOn(OLD))
    const log = await requestLog(test.directory)
    expect(log.filter(({ action, status }) => action === 'ModifyDBInstance' && status === 200)).toHaveLength(2)
  })
})

describe('renewing a leaf', () => {
  it('issues a new certificate under the same CA, and the offer is gone', async () => {
    const test = await startRegion({ faults: ['leaf-renewal-due:billing-staging'] })
    const { rds, plane } = test
    const { DBInstanceArn: arn } = await describeDatabase(rds, 'billing-staging')
    const { PendingMaintenanceActions: offers } = await rds.send(new DescribePendingMaintenanceActionsCommand({}))
    expect(offers).toMatchObject([
      { ResourceIdentifier: arn, PendingMaintenanceActionDetails: [{ Action: 'server-certificate-rotation' }] },
    ])
    const first = plane.memory.get('billing-staging')!.presents
    const asked = { ResourceIdentifier: arn, ApplyAction: 'server-certificate-rotation', OptInType: 'immediate' }
    const answer = await rds.send(new ApplyPendingMaintenanceActionCommand(asked))
    expect(answer.ResourcePendingMaintenanceActions).toMatchObject({
      PendingMaintenanceActionDetails: [{ OptInStatus: 'immediate' }],
    })
    await eventually(
      async () => (await rds.send(new DescribePendingMaintenanceActionsCommand({}))).PendingMaintenanceActions,
    ).toEqual([])
    const { deeds, presents } = plane.memory.get('billing-staging')!
    expect(deeds).toEqual([`restart ${OLD}`])
    expect(presents.chainPem).not.toBe(first.chainPem)
  })
})

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** From an hour before to an hour after. */
function windowAround(instant: number): string {
  const at = (milliseconds: number): string => {
    const date = new Date(milliseconds)
    return `${DAYS[date.getUTCDay()]}:${date.toISOString().slice(11, 16)}`
  }
  return `${at(instant - 3_600_000)}-${at(instant + 3_600_000)}`
}
