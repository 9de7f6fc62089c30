import {
  ApplyPendingMaintenanceActionCommand,
  DescribeCertificatesCommand,
  DescribeDBClustersCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeEventsCommand,
  DescribePendingMaintenanceActionsCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  paginateDescribeCertificates,
  paginateDescribeDBEngineVersions,
  paginateDescribeDBInstances,
} from '@aws-sdk/client-rds'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, it } from 'vitest'
import { collect, describeDatabase, rdsClient, requestLog, startRegion } from './support/region.ts'

const IDS = ['billing-production', 'billing-staging', 'orders-production', 'orders-staging']

/** What a failed call looks like to the SDK. */
const failure = (name: string, status: number, text?: RegExp): object =>
  expect.objectContaining({
    name,
    $metadata: expect.objectContaining({ httpStatusCode: status }),
    ...(text && { message: expect.stringMatching(text) }),
  })

describe('the API, through the AWS SDK', () => {
  it('pages databases two by two, and each is on the old CA with its own leaf date', async () => {
    const { rds } = await startRegion()
    const pages = await collect(paginateDescribeDBInstances({ client: rds }, {}))
    expect(pages.map((page) => page.DBInstances!.map((database) => database.DBInstanceIdentifier))).toEqual([
      IDS.slice(0, 2),
      IDS.slice(2),
    ])
    const databases = pages.flatMap((page) => page.DBInstances!)
    expect(new Set(databases.map((database) => database.DbiResourceId)).size).toBe(4)
    for (const database of databases) {
      expect(database.DbiResourceId).toMatch(/^db-[A-Z2-7]{26}$/)
      expect(database).toMatchObject({
        DBInstanceStatus: 'available',
        CACertificateIdentifier: 'rds-ca-2019',
        DBInstanceArn: `arn:aws:rds:ap-northeast-1:000000000000:db:${database.DBInstanceIdentifier}`,
        CertificateDetails: { CAIdentifier: 'rds-ca-2019', ValidTill: expect.any(Date) },
        Endpoint: {
          Address: `${database.DBInstanceIdentifier}.c0rehearsal1.ap-northeast-1.rds.example`,
          Port: expect.any(Number),
        },
        PreferredMaintenanceWindow: expect.stringMatching(/^\w{3}:\d\d:\d\d-\w{3}:\d\d:\d\d$/),
      })
      expect(database.PendingModifiedValues).toEqual({})
    }
  })

  it('honours MaxRecords below a page, and refuses a marker that it did not give', async () => {
    const { rds } = await startRegion()
    const pages = await collect(paginateDescribeDBInstances({ client: rds, pageSize: 1 }, {}))
    expect(pages.map((page) => page.DBInstances!.length)).toEqual([1, 1, 1, 1])
    await expect(rds.send(new DescribeDBInstancesCommand({ Marker: 'nonsense' }))).rejects.toEqual(
      failure('InvalidParameterValue', 400, /marker/),
    )
  })

  it('finds a database by name in any case, by ARN and by each filter', async () => {
    const { rds } = await startRegion()
    const { DBInstanceArn: arn, DbiResourceId: resource } = await describeDatabase(rds, 'Orders-Staging')
    expect((await describeDatabase(rds, arn!)).DBInstanceIdentifier).toBe('orders-staging')
    const by = async (name: string, ...values: string[]): Promise<(string | undefined)[]> => {
      const pages = paginateDescribeDBInstances({ client: rds }, { Filters: [{ Name: name, Values: values }] })
      const found = await collect(pages)
      return found.flatMap((page) => page.DBInstances!.map((database) => database.DBInstanceIdentifier))
    }
    expect(await by('dbi-resource-id', resource!)).toEqual(['orders-staging'])
    expect(await by('db-instance-id', arn!, 'billing-staging')).toEqual(['billing-staging', 'orders-staging'])
    expect(await by('engine', 'mariadb')).toEqual(['billing-production', 'billing-staging'])
    expect(await by('db-cluster-id', 'none')).toEqual([])
    await expect(by('colour', 'blue')).rejects.toEqual(failure('InvalidParameterValue', 400, /colour/))
  })

  it('names what is not there with the codes of the wire', async () => {
    const { rds } = await startRegion()
    await expect(describeDatabase(rds, 'nobody')).rejects.toEqual(failure('DBInstanceNotFoundFault', 404))
    await expect(rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'nobody' }))).rejects.toEqual(
      failure('DBClusterNotFoundFault', 404),
    )
    await expect(rds.send(new ModifyDBClusterCommand({ DBClusterIdentifier: 'nobody' }))).rejects.toEqual(
      failure('DBClusterNotFoundFault', 404),
    )
    expect((await rds.send(new DescribeDBClustersCommand({}))).DBClusters).toEqual([])
    await expect(
      rds.send(new DescribePendingMaintenanceActionsCommand({ ResourceIdentifier: 'arn:aws:rds:x:y:db:nobody' })),
    ).rejects.toEqual(failure('ResourceNotFoundFault', 404))
    await expect(rds.send(new DescribeDBParametersCommand({ DBParameterGroupName: 'nobody' }))).rejects.toEqual(
      failure('DBParameterGroupNotFoundFault', 404),
    )
    for (const ca of ['rds-ca-2015', 'rds-ca-x'])
      await expect(rds.send(new DescribeCertificatesCommand({ CertificateIdentifier: ca }))).rejects.toEqual(
        failure('CertificateNotFoundFault', 404, new RegExp(ca)),
      )
  })

  it('lists certificates, the default for new databases and the thumbprints of the roots', async () => {
    const { rds, plane } = await startRegion()
    const pages = await collect(paginateDescribeCertificates({ client: rds }, {}))
    expect(pages.map((page) => page.Certificates!.length)).toEqual([2, 2])
    expect(pages[0]!.DefaultCertificateForNewLaunches).toBe('rds-ca-rsa2048-g1')
    const listed = pages.flatMap((page) => page.Certificates!)
    for (const { id, thumbprint, validTill } of plane.pki.cas)
      expect(listed).toContainEqual({
        CertificateIdentifier: id,
        CertificateType: 'CA',
        Thumbprint: thumbprint,
        ValidFrom: expect.any(Date),
        ValidTill: validTill,
        CertificateArn: `arn:aws:rds:ap-northeast-1::cert:${id}`,
        CustomerOverride: false,
      })
  })

  it('lists deprecated engine versions only when asked for all', async () => {
    const { rds } = await startRegion()
    const { EngineVersion: version } = await describeDatabase(rds, 'billing-staging')
    const ask = { Engine: 'mariadb', EngineVersion: version }
    expect((await rds.send(new DescribeDBEngineVersionsCommand(ask))).DBEngineVersions).toEqual([])
    const all = await rds.send(new DescribeDBEngineVersionsCommand({ ...ask, IncludeAll: true }))
    expect(all.DBEngineVersions).toMatchObject([
      {
        SupportsCertificateRotationWithoutRestart: false,
        SupportedCACertificateIdentifiers: ['rds-ca-2019', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1'],
        Status: 'deprecated',
      },
    ])
    const pages = await collect(
      paginateDescribeDBEngineVersions({ client: rds }, { Engine: 'postgres', EngineVersion: '16.9' }),
    )
    expect(pages.flatMap((page) => page.DBEngineVersions!)).toMatchObject([
      { SupportsCertificateRotationWithoutRestart: true, DBParameterGroupFamily: 'postgres16' },
    ])
  })

  it('says that TLS is not enforced, by the parameter of each engine', async () => {
    const { rds } = await startRegion()
    for (const [id, parameter] of [
      ['orders-staging', 'rds.force_ssl'],
      ['billing-staging', 'require_secure_transport'],
    ] as const) {
      const group = (await describeDatabase(rds, id)).DBParameterGroups![0]!
      expect(group.ParameterApplyStatus).toBe('in-sync')
      const { Parameters } = await rds.send(
        new DescribeDBParametersCommand({
          DBParameterGroupName: group.DBParameterGroupName,
          Filters: [{ Name: 'parameter-name', Values: [parameter] }],
        }),
      )
      expect(Parameters).toMatchObject([{ ParameterName: parameter, ParameterValue: '0', Source: 'user' }])
    }
  })

  it('gives tags, and events with their window of time', async () => {
    const { rds } = await startRegion()
    const { DBInstanceArn: arn } = await describeDatabase(rds, 'orders-production')
    const tags = await rds.send(new ListTagsForResourceCommand({ ResourceName: arn }))
    expect(tags.TagList).toContainEqual({ Key: 'environment', Value: 'production' })
    const asked = { SourceType: 'db-instance', SourceIdentifier: 'orders-production' } as const
    const { Events } = await rds.send(new DescribeEventsCommand(asked))
    expect(Events).toMatchObject([{ Message: 'DB instance created', SourceArn: arn, EventCategories: ['creation'] }])
    const later = await rds.send(new DescribeEventsCommand({ ...asked, StartTime: new Date(Date.now() + 60_000) }))
    expect(later.Events).toEqual([])
    await expect(rds.send(new DescribeEventsCommand({ SourceIdentifier: 'orders-production' }))).rejects.toEqual(
      failure('InvalidParameterCombination', 400),
    )
  })

  it('refuses what AWS refuses of ModifyDBInstance, and logs it without an effect', async () => {
    const { rds, directory } = await startRegion()
    const modify = (input: object): Promise<unknown> =>
      rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'billing-staging', ...input }))
    await expect(modify({ CertificateRotationRestart: false })).rejects.toEqual(
      failure(
        'InvalidParameterCombination',
        400,
        /^CACertificateIdentifier is required to use the NoCertificateRotationRestart option\.$/,
      ),
    )
    await expect(modify({ CACertificateIdentifier: 'rds-ca-2015' })).rejects.toEqual(
      failure('CertificateNotFoundFault', 404),
    )
    await expect(modify({ CACertificateIdentifier: 'rds-ca-ecc384-g1' })).rejects.toEqual(
      failure('InvalidParameterCombination', 400, /isn't supported by mariadb/),
    )
    await expect(modify({ AllocatedStorage: 100 })).rejects.toEqual(
      failure('InvalidParameterValue', 400, /does not simulate changing AllocatedStorage/),
    )
    await expect(modify({ PreferredMaintenanceWindow: 'mon:00:00-mon:00:20' })).rejects.toEqual(
      failure('InvalidParameterValue', 400, /30 minutes/),
    )
    await expect(modify({ DBInstanceIdentifier: 'nobody' })).rejects.toEqual(failure('DBInstanceNotFoundFault', 404))
    const log = await requestLog(directory)
    expect(log.map(({ action, status, code, effect }) => [action, status, code, effect])).toEqual([
      ['ModifyDBInstance', 400, 'InvalidParameterCombination', undefined],
      ['ModifyDBInstance', 404, 'CertificateNotFound', undefined],
      ['ModifyDBInstance', 400, 'InvalidParameterCombination', undefined],
      ['ModifyDBInstance', 400, 'InvalidParameterValue', undefined],
      ['ModifyDBInstance', 400, 'InvalidParameterValue', undefined],
      ['ModifyDBInstance', 404, 'DBInstanceNotFound', undefined],
    ])
  })

  it('offers no maintenance, and refuses to apply what it does not offer', async () => {
    const { rds } = await startRegion()
    const { DBInstanceArn: arn } = await describeDatabase(rds, 'billing-staging')
    const { PendingMaintenanceActions } = await rds.send(new DescribePendingMaintenanceActionsCommand({}))
    expect(PendingMaintenanceActions).toEqual([])
    const apply = { ResourceIdentifier: arn, ApplyAction: 'system-update', OptInType: 'immediate' }
    await expect(rds.send(new ApplyPendingMaintenanceActionCommand(apply))).rejects.toEqual(
      failure('ResourceNotFoundFault', 404),
    )
  })

  it('takes the Region from the signature and the account from the access key', async () => {
    const { region } = await startRegion()
    const { endpoint } = region.info()
    const elsewhere = rdsClient(endpoint, 'eu-west-1')
    expect((await elsewhere.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([])
    expect((await elsewhere.send(new DescribeCertificatesCommand({}))).Certificates).toEqual([])
    const empty = rdsClient(endpoint, 'ap-northeast-1', 'AKIAREHEARSALEMPTY00')
    expect((await empty.send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([])
    expect((await empty.send(new DescribeCertificatesCommand({}))).Certificates).toHaveLength(2)
    for (const [accessKeyId, account] of [
      ['whatever', '000000000000'],
      ['AKIAREHEARSALEMPTY00', '000000000001'],
    ] as const) {
      const credentials = { accessKeyId, secretAccessKey: 'x' }
      const sts = new STSClient({ endpoint, region: 'ap-northeast-1', credentials })
      expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(account)
      sts.destroy()
    }
  })

  it('answers in the wire format, and refuses what is unsigned, unknown or too large', async () => {
    const { region, directory } = await startRegion()
    const scope =
      'AWS4-HMAC-SHA256 Credential=KEY/20261122/ap-northeast-1/rds/aws4_request, SignedHeaders=host, Signature=0'
    const ask = async (body: string, authorization = scope): Promise<[number, string]> => {
      const answer = await fetch(region.info().endpoint, { method: 'POST', body, headers: { authorization } })
      return [answer.status, await answer.text()]
    }
    const [status, text] = await ask('Action=DescribeCertificates&Version=2014-10-31&CertificateIdentifier=a%26b%3C')
    expect(status).toBe(404)
    expect(text).toMatch(
      /^<ErrorResponse xmlns="http:\/\/rds\.amazonaws\.com\/doc\/2014-10-31\/">\n<Error><Type>Sender<\/Type><Code>CertificateNotFound<\/Code><Message>Certificate not found: a&amp;b&lt;<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId>\n<\/ErrorResponse>\n$/,
    )
    expect(await ask('Action=DescribeDBInstances&Version=2014-10-31', 'Bearer x')).toEqual([
      403,
      expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    ])
    expect(await ask('Action=DeleteDBInstance&Version=2014-10-31&MasterUserPassword=geheim')).toEqual([
      400,
      expect.stringContaining('<Code>InvalidAction</Code>'),
    ])
    expect(await ask('Action=DescribeDBInstances&Version=1999-01-01')).toEqual([
      400,
      expect.stringContaining('<Code>NoSuchVersion</Code>'),
    ])
    expect(await ask('x'.repeat(100_000))).toEqual([413, expect.stringContaining('<Code>RequestEntityTooLarge</Code>')])
    const log = await requestLog(directory)
    expect(log.map((line) => line['action'])).toEqual([
      'DescribeCertificates',
      'DescribeDBInstances',
      'DeleteDBInstance',
      'DescribeDBInstances',
    ])
    expect(JSON.stringify(log)).not.toContain('geheim')
  })
})
