import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  ApplyPendingMaintenanceActionCommand,
  DescribeCertificatesCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribePendingMaintenanceActionsCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstances,
  type DBInstance,
  type RDSClient,
} from '@aws-sdk/client-rds'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ACTIONS } from '../../../src/rehearsal/api/actions/index.ts'
import { FAULTS } from '../../../src/rehearsal/faults/fault-list.ts'
import { collect, describeDatabase, eventually, rdsClient, settledOn, startRegion, until } from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'

const modify = (rds: RDSClient, id: string, ca = TARGET): Promise<unknown> =>
  rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, CACertificateIdentifier: ca, ApplyImmediately: true }),
  )

/** A Region where this fault is on for one database, which has been looked at once. */
async function afterALook(fault: string, id = 'orders-staging') {
  const test = await startRegion({ faults: [`${fault}:${id}`] })
  return { ...test, before: await describeDatabase(test.rds, id) }
}

describe('what is so from the start', () => {
  it.each<[string, string, Partial<DBInstance>]>([
    ['stopped', 'orders-staging', { DBInstanceStatus: 'stopped', AutomaticRestartTime: expect.any(Date) as Date }],
    ['storage-optimization', 'orders-staging', { DBInstanceStatus: 'storage-optimization' }],
    ['upgrade-in-progress', 'orders-staging', { DBInstanceStatus: 'upgrading' }],
    ['pending-upgrade', 'orders-staging', { PendingModifiedValues: { EngineVersion: '17.5' } }],
  ])('%s', async (fault, id, shown) => {
    const { before, rds } = await afterALook(fault, id)
    expect(before).toMatchObject(shown)
    if (shown.DBInstanceStatus)
      await expect(modify(rds, id)).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' })
  })

  it('pending-upgrade: "now" drags it along', async () => {
    const { rds } = await afterALook('pending-upgrade')
    await modify(rds, 'orders-staging')
    const after = await until(rds, 'orders-staging', settledOn(TARGET))
    expect(after.EngineVersion).toBe('17.5')
  })

  it('replication-broken: a replica’s status says so', async () => {
    const { rds } = await startRegion({ world: 'full', faults: ['replication-broken'] })
    const { StatusInfos: infos } = await describeDatabase(rds, 'stock-replica')
    expect(infos).toMatchObject([{ Normal: false, Status: 'error' }])
  })

  it('ca-rotation-due and maintenance-lags: what was opted in is shown as open still', async () => {
    const { rds } = await startRegion({ faults: ['ca-rotation-due:billing-staging', 'maintenance-lags'], speed: 1 })
    const shown = async () => {
      const { PendingMaintenanceActions: all } = await rds.send(new DescribePendingMaintenanceActionsCommand({}))
      return { arn: all![0]!.ResourceIdentifier!, offer: all![0]!.PendingMaintenanceActionDetails![0]! }
    }
    const { arn, offer } = await shown()
    expect(offer).toMatchObject({ Action: 'ca-certificate-rotation', Description: expect.stringContaining(TARGET) })
    expect(offer.ForcedApplyDate!.getTime()).toBeGreaterThan(offer.AutoAppliedAfterDate!.getTime())
    const taken = await rds.send(
      new ApplyPendingMaintenanceActionCommand({
        ResourceIdentifier: arn,
        ApplyAction: 'ca-certificate-rotation',
        OptInType: 'immediate',
      }),
    )
    const [details] = taken.ResourcePendingMaintenanceActions!.PendingMaintenanceActionDetails!
    expect(details!.OptInStatus).toBe('immediate')
    expect((await shown()).offer.OptInStatus).toBeUndefined()
  })
})

describe('what happens in mid-run, after a look', () => {
  it('deleted-mid-run: it is no more, and its server has ended', async () => {
    const { rds, plane } = await afterALook('deleted-mid-run')
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' })
    await eventually(() => plane.memory.get('orders-staging')!.deeds).toEqual(['stop'])
  })

  it('renamed-mid-run: the resource is there under another name and endpoint', async () => {
    const { rds, before } = await afterALook('renamed-mid-run')
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ name: 'DBInstanceNotFoundFault' })
    const after = await describeDatabase(rds, 'orders-staging-renamed')
    expect(after.DbiResourceId).toBe(before.DbiResourceId)
    expect(after.Endpoint!.Address).not.toBe(before.Endpoint!.Address)
  })

  it('restored-mid-run: the name is another resource’s', async () => {
    const { rds, before } = await afterALook('restored-mid-run')
    const after = await describeDatabase(rds, 'orders-staging')
    expect(after.DbiResourceId).not.toBe(before.DbiResourceId)
    expect((await describeDatabase(rds, 'orders-staging')).DbiResourceId).toBe(after.DbiResourceId)
  })

  it('changed-by-iac: it is changed, ours is refused, and CloudTrail says who', async () => {
    const { rds, region } = await afterALook('changed-by-iac')
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' })
    await until(rds, 'orders-staging', settledOn(TARGET))
    const { endpoint } = region.info()
    const credentials = { accessKeyId: 'anything', secretAccessKey: 'anything' }
    const trail = new CloudTrailClient({ endpoint, region: 'ap-northeast-1', credentials, maxAttempts: 1 })
    onTestFinished(() => trail.destroy())
    const asked = { LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: 'orders-staging' }] }
    await eventually(async () =>
      (await trail.send(new LookupEventsCommand(asked))).Events!.map((event) => [event.EventName, event.Username]),
    ).toEqual([
      ['ModifyDBInstance', 'rehearsal'],
      ['ModifyDBInstance', 'terraform'],
    ])
  })

  it('scheduled-in-console: it waits for the window', async () => {
    const { rds } = await afterALook('scheduled-in-console')
    const after = await describeDatabase(rds, 'orders-staging')
    expect(after).toMatchObject({
      DBInstanceStatus: 'available',
      PendingModifiedValues: { CACertificateIdentifier: TARGET },
    })
  })

  it('rotated-by-aws: it arrives without anybody’s request', async () => {
    const { rds } = await afterALook('rotated-by-aws', 'billing-staging')
    await until(rds, 'billing-staging', settledOn(TARGET))
  })

  it('staged-elsewhere: armed for the next restart', async () => {
    const { rds, plane } = await afterALook('staged-elsewhere', 'billing-staging')
    await describeDatabase(rds, 'billing-staging')
    await eventually(() => plane.memory.get('billing-staging')!.deeds).toEqual([`stage ${TARGET}`])
  })

  it('parameter-changed-mid-run: a parameter waits for a reboot that did not', async () => {
    const { rds, before } = await afterALook('parameter-changed-mid-run')
    expect(before.DBParameterGroups![0]!.ParameterApplyStatus).toBe('in-sync')
    const after = await describeDatabase(rds, 'orders-staging')
    expect(after.DBParameterGroups![0]!.ParameterApplyStatus).toBe('pending-reboot')
  })
})

describe('what happens in mid-run, when a change is asked for', () => {
  it('ca-retired-mid-run: CertificateNotFound, and it is listed no more', async () => {
    const { rds } = await startRegion({ faults: ['ca-retired-mid-run'] })
    await rds.send(new DescribeCertificatesCommand({ CertificateIdentifier: TARGET }))
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ name: 'CertificateNotFoundFault' })
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ name: 'CertificateNotFoundFault' })
    const listed = rds.send(new DescribeCertificatesCommand({ CertificateIdentifier: TARGET }))
    await expect(listed).rejects.toMatchObject({ name: 'CertificateNotFoundFault' })
  })

  it('failover-mid-run and member-added-mid-run: roles and members are not those that were read', async () => {
    const faults = ['failover-mid-run:shop-production-2', 'member-added-mid-run:shop-production-3']
    const { rds, plane } = await startRegion({ world: 'full', faults })
    const members = async () => {
      const asked = new DescribeDBClustersCommand({ DBClusterIdentifier: 'shop-production' })
      return (await rds.send(asked)).DBClusters![0]!.DBClusterMembers!
    }
    const writerOf = (all: Awaited<ReturnType<typeof members>>): string | undefined =>
      all.find((member) => member.IsClusterWriter)?.DBInstanceIdentifier
    expect(writerOf(await members())).toBe('shop-production-1')
    // The member fails over before the change arrives, and is busy with it.
    await expect(modify(rds, 'shop-production-2')).rejects.toMatchObject({ name: 'InvalidDBInstanceStateFault' })
    expect(writerOf(await members())).toBe('shop-production-2')
    await modify(rds, 'shop-production-3')
    const added = 'shop-production-autoscaled-1'
    expect((await members()).map((member) => member.DBInstanceIdentifier)).toContain(added)
    const up = await until(rds, added, (database) => database.DBInstanceStatus === 'available')
    expect(up.CACertificateIdentifier).toBe('rds-ca-2019')
    expect(plane.memory.get(added)!.presents.ca).toBe('rds-ca-2019')
  })

  it('lost-response: a cluster’s change too takes effect unanswered, and strikes no second time', async () => {
    const { rds } = await startRegion({ faults: ['lost-response'] })
    await expect(modify(rds, 'orders-staging')).rejects.toMatchObject({ code: 'ECONNRESET' })
    await until(rds, 'orders-staging', settledOn(TARGET))
  })

  it('expires-while-waiting: reads work until a change was asked for', async () => {
    const { rds, before } = await afterALookAtAll('expires-while-waiting')
    expect(before).toBe('available')
    await modify(rds, 'orders-staging')
    await expect(describeDatabase(rds, 'orders-staging')).rejects.toMatchObject({ name: 'ExpiredToken' })
  })
})

async function afterALookAtAll(fault: string) {
  const { rds } = await startRegion({ faults: [fault] })
  return { rds, before: (await describeDatabase(rds, 'orders-staging')).DBInstanceStatus }
}

describe('what AWS answers instead', () => {
  it('throttling-storm: two of three calls, as long as it lasts', async () => {
    const { rds } = await startRegion({ faults: ['throttling-storm'] })
    const ends: string[] = []
    for (let n = 0; n < 6; n++)
      ends.push(
        await describeDatabase(rds, 'orders-staging').then(
          () => 'answered',
          (error: Error) => error.name,
        ),
      )
    expect(ends).toEqual(['Throttling', 'Throttling', 'answered', 'Throttling', 'Throttling', 'answered'])
  })

  it('region-not-enabled: the home Region answers, the others do not', async () => {
    const { rds, region } = await startRegion({ world: 'full', faults: ['region-not-enabled'] })
    expect(await collect(paginateDescribeDBInstances({ client: rds }, {}))).not.toEqual([])
    const far = rdsClient(region.info().endpoint, 'eu-central-1')
    await expect(far.send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({ name: 'OptInRequired' })
  })

  it('clock-skew: no signature is accepted', async () => {
    const { rds } = await startRegion({ faults: ['clock-skew'] })
    await expect(describeDatabase(rds, 'orders-staging')).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  })

  it('denied-…: there is one for each action that needs a permission, and it names it', async () => {
    const names = new Set(FAULTS.map(({ name }) => name))
    const actions = Object.values(ACTIONS).flatMap((of) => [...of.keys()])
    const plain = (text: string): string => text.replaceAll('-', '').toLowerCase()
    for (const action of actions.filter((one) => !['GetCallerIdentity', 'AssumeRole'].includes(one)))
      expect([...names].some((name) => plain(name) === `denied${action.toLowerCase()}`)).toBe(true)
    const { rds } = await startRegion({ faults: ['denied-describe-db-clusters'] })
    await expect(rds.send(new DescribeDBClustersCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('not authorized to perform: rds:DescribeDBClusters'),
    })
    expect((await describeDatabase(rds, 'orders-staging')).DBInstanceStatus).toBe('available')
  })
})
