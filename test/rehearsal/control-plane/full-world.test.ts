import { createServer, type Server } from 'node:net'
import {
  DescribeBlueGreenDeploymentsCommand,
  DescribeCertificatesCommand,
  DescribeDBClusterEndpointsCommand,
  DescribeDBClusterParametersCommand,
  DescribeDBClustersCommand,
  DescribeDBProxyTargetsCommand,
  DescribeGlobalClustersCommand,
  FailoverDBClusterCommand,
  ModifyCertificatesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  paginateDescribeDBProxies,
  type DBCluster,
  type RDSClient,
} from '@aws-sdk/client-rds'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ACCOUNTS, GOVCLOUD_ACCOUNT, STAGING_ACCOUNT } from '../../../src/rehearsal/world.ts'
import { collect, describeDatabase, eventually, rdsClient, settledOn, startRegion, until } from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'
const keyOf = (account: string): string => ACCOUNTS.find(({ id }) => id === account)!.accessKey

const ids = async (rds: RDSClient): Promise<readonly string[]> =>
  (await collect(paginateDescribeDBInstances({ client: rds }, {}))).flatMap((page) =>
    page.DBInstances!.map((database) => database.DBInstanceIdentifier!),
  )

const clusterOf = async (rds: RDSClient, id: string): Promise<DBCluster> =>
  (await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: id }))).DBClusters![0]!

describe('the full world', () => {
  beforeAll(() => {
    // Nothing of this machine's configuration.
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
  })

  it('holds every kind in three accounts and three Regions, each seen by its own keys in its own Region', async () => {
    const { rds, region } = await startRegion({ world: 'full' })
    const { endpoint } = region.info()
    const home = await ids(rds)
    expect(home).toContain('stock-replica')
    expect(home).toContain('payroll')
    expect(home).not.toContain('stock-staging')
    const staging = rdsClient(endpoint, 'ap-northeast-1', keyOf(STAGING_ACCOUNT))
    expect(await ids(staging)).toEqual(['orders-production', 'stock-staging', 'stock-staging-replica'])
    const far = rdsClient(endpoint, 'eu-central-1')
    expect(await ids(far)).toEqual(['catalog-far-1', 'stock-far-replica'])
    const government = rdsClient(endpoint, 'us-gov-west-1', keyOf(GOVCLOUD_ACCOUNT))
    expect(await ids(government)).toEqual(['permits', 'permits-staging'])
    expect((await describeDatabase(government, 'permits')).DBInstanceArn).toBe(
      `arn:aws-us-gov:rds:us-gov-west-1:${GOVCLOUD_ACCOUNT}:db:permits`,
    )
    await expect(ids(rdsClient(endpoint, 'us-gov-west-1'))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
    // The same name twice: another resource, another endpoint.
    const [one, other] = await Promise.all(
      [rds, staging].map((client) => describeDatabase(client, 'orders-production')),
    )
    expect(other!.DbiResourceId).not.toBe(one!.DbiResourceId)
    expect(other!.Endpoint!.Address).not.toBe(one!.Endpoint!.Address)
    // The old CA is retired everywhere but at home.
    const listed = await far
      .send(new DescribeCertificatesCommand({ CertificateIdentifier: 'rds-ca-2019' }))
      .catch((e: Error) => e.name)
    expect(listed).toBe('CertificateNotFoundFault')
  })

  it('lists clusters, their members and endpoints, proxies, global databases and deployments as AWS does', async () => {
    const { rds } = await startRegion({ world: 'full' })
    const clusters = (await collect(paginateDescribeDBClusters({ client: rds }, {}))).flatMap(
      (page) => page.DBClusters!,
    )
    const table = Object.fromEntries(
      clusters.map(({ DBClusterIdentifier, Engine, EngineMode, CertificateDetails, DBClusterMembers }) => [
        DBClusterIdentifier,
        [Engine, EngineMode, CertificateDetails?.CAIdentifier, DBClusterMembers?.length],
      ]),
    )
    expect(table).toEqual({
      'bookings-production': ['postgres', 'provisioned', 'rds-ca-2019', 3],
      'bookings-staging': ['postgres', 'provisioned', 'rds-ca-2019', 3],
      'catalog-home': ['aurora-mysql', 'provisioned', undefined, 2],
      documents: ['docdb', 'provisioned', undefined, 1],
      'events-v1': ['aurora-mysql', 'serverless', undefined, 0],
      graph: ['neptune', 'provisioned', undefined, 1],
      'shop-production': ['aurora-postgresql', 'provisioned', undefined, 3],
      'shop-staging': ['aurora-postgresql', 'provisioned', undefined, 2],
      'tsql-production': ['aurora-postgresql', 'provisioned', undefined, 1],
    })
    const shop = await clusterOf(rds, 'shop-production')
    expect(shop.DBClusterMembers!.map((member) => member.IsClusterWriter)).toEqual([true, false, false])
    const { DBClusterEndpoints: endpoints } = await rds.send(
      new DescribeDBClusterEndpointsCommand({
        DBClusterIdentifier: 'shop-production',
        Filters: [{ Name: 'db-cluster-endpoint-type', Values: ['CUSTOM'] }],
      }),
    )
    expect(endpoints).toMatchObject([{ StaticMembers: ['shop-production-2'], Endpoint: shop.CustomEndpoints![0] }])
    const proxies = (await collect(paginateDescribeDBProxies({ client: rds }, {}))).flatMap((page) => page.DBProxies!)
    expect(proxies.map((proxy) => [proxy.DBProxyName, proxy.RequireTLS])).toEqual([
      ['shop-proxy', true],
      ['wiki-proxy', false],
    ])
    const { Targets: targets } = await rds.send(new DescribeDBProxyTargetsCommand({ DBProxyName: 'shop-proxy' }))
    expect(targets![0]).toMatchObject({ Type: 'TRACKED_CLUSTER', RdsResourceId: 'shop-production' })
    expect(targets![1]).toMatchObject({ Type: 'RDS_INSTANCE', TrackedClusterId: 'shop-production', Role: 'READ_WRITE' })
    const { GlobalClusters: globals } = await rds.send(new DescribeGlobalClustersCommand({}))
    expect(globals![0]!.GlobalClusterMembers!.map((member) => member.DBClusterArn!.split(':')[3])).toEqual([
      'ap-northeast-1',
      'eu-central-1',
    ])
    const { BlueGreenDeployments: deployments } = await rds.send(new DescribeBlueGreenDeploymentsCommand({}))
    expect(deployments![0]!.Source).toMatch(/:db:wiki$/)
    const babelfish = await rds.send(
      new DescribeDBClusterParametersCommand({
        DBClusterParameterGroupName: (await clusterOf(rds, 'tsql-production')).DBClusterParameterGroup,
        Filters: [{ Name: 'parameter-name', Values: ['rds.babelfish_status'] }],
      }),
    )
    expect(babelfish.Parameters).toMatchObject([{ ParameterValue: 'on' }])
  })

  it('tells replicas from their sources, and another Region’s by ARN', async () => {
    const { rds, region } = await startRegion({ world: 'full' })
    const source = await describeDatabase(rds, 'stock-production')
    expect(source.ReadReplicaDBInstanceIdentifiers).toEqual([
      'stock-replica',
      'arn:aws:rds:eu-central-1:000000000000:db:stock-far-replica',
    ])
    const far = await describeDatabase(rdsClient(region.info().endpoint, 'eu-central-1'), 'stock-far-replica')
    expect(far.ReadReplicaSourceDBInstanceIdentifier).toBe(source.DBInstanceArn)
    expect(far.StatusInfos).toMatchObject([{ StatusType: 'read replication', Normal: true }])
  })

  it('changes a Multi-AZ DB cluster as a whole, and an Aurora cluster member by member', async () => {
    const { rds, plane } = await startRegion({ world: 'full' })
    const asked = { CACertificateIdentifier: TARGET, ApplyImmediately: true }
    const whole = new ModifyDBClusterCommand({ DBClusterIdentifier: 'bookings-production', ...asked })
    expect((await rds.send(whole)).DBCluster).toMatchObject({
      PendingModifiedValues: { CertificateDetails: { CAIdentifier: TARGET } },
    })
    await eventually(async () => {
      const { CertificateDetails: now, Status: status } = await clusterOf(rds, 'bookings-production')
      return [now?.CAIdentifier, status]
    }).toEqual([TARGET, 'available'])
    for (const n of [1, 2, 3])
      expect(plane.memory.get(`bookings-production-instance-${n}`)!.deeds).toEqual([`reload ${TARGET}`])
    const refused = { name: 'InvalidParameterCombination' }
    const aurora = new ModifyDBClusterCommand({ DBClusterIdentifier: 'shop-production', ...asked })
    await expect(rds.send(aurora)).rejects.toMatchObject(refused)
    const member = new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'bookings-production-instance-1', ...asked })
    await expect(rds.send(member)).rejects.toMatchObject(refused)
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'shop-production-2', ...asked }))
    await until(rds, 'shop-production-2', settledOn(TARGET))
    expect((await describeDatabase(rds, 'shop-production-1')).CACertificateIdentifier).toBe('rds-ca-2019')
  })

  it('serves Babelfish the new certificate with a reboot only', async () => {
    const { rds, plane } = await startRegion({ world: 'full' })
    const asked = { CACertificateIdentifier: TARGET, ApplyImmediately: true }
    const first = plane.memory.get('tsql-production-1')!.presents
    await rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: 'tsql-production-1', ...asked }))
    await until(rds, 'tsql-production-1', settledOn(TARGET))
    expect(plane.memory.get('tsql-production-1')!.presents.chainPem).toBe(first.chainPem)
  })

  it('fails over: another member writes, and the cluster endpoint leads to it', async () => {
    const { rds, region, plane } = await startRegion({ world: 'full' })
    await rds.send(new FailoverDBClusterCommand({ DBClusterIdentifier: 'shop-production' }))
    const { DBClusterMembers: members } = await clusterOf(rds, 'shop-production')
    expect(members!.map((member) => member.IsClusterWriter)).toEqual([false, true, false])
    const writer = region.info().world!.endpoints.find(({ host }) => host.startsWith('shop-production.cluster-c0'))!
    expect(writer.port).toBe((await clusterOf(rds, 'shop-production')).Port)
    await eventually(() => plane.memory.get('shop-production-2')!.deeds).toEqual(['restart rds-ca-2019'])
  })

  it('has a default CA of its own for each account and Region', async () => {
    const { rds, region } = await startRegion({ world: 'full' })
    const far = rdsClient(region.info().endpoint, 'eu-central-1')
    const defaultOf = async (client: RDSClient): Promise<string | undefined> =>
      (await client.send(new DescribeCertificatesCommand({}))).DefaultCertificateForNewLaunches
    const changed = await rds.send(new ModifyCertificatesCommand({ CertificateIdentifier: 'rds-ca-rsa4096-g1' }))
    expect(changed.Certificate).toMatchObject({ CustomerOverride: true })
    expect([await defaultOf(rds), await defaultOf(far)]).toEqual(['rds-ca-rsa4096-g1', TARGET])
    await rds.send(new ModifyCertificatesCommand({ RemoveCustomerOverride: true }))
    expect(await defaultOf(rds)).toBe(TARGET)
    const unknown = new ModifyCertificatesCommand({ CertificateIdentifier: 'rds-ca-2015' })
    await expect(rds.send(unknown)).rejects.toMatchObject({ name: 'CertificateNotFoundFault' })
  })

  it('gives keys of another account to whoever assumes a role there', async () => {
    const { region } = await startRegion({ world: 'full' })
    const { endpoint } = region.info()
    const sts = (accessKeyId: string): STSClient => {
      const credentials = { accessKeyId, secretAccessKey: 'anything' }
      const client = new STSClient({ endpoint, region: 'ap-northeast-1', maxAttempts: 1, credentials })
      onTestFinished(() => client.destroy())
      return client
    }
    const role = (account: string, partition = 'aws'): AssumeRoleCommand =>
      new AssumeRoleCommand({ RoleArn: `arn:${partition}:iam::${account}:role/dba`, RoleSessionName: 'runbook' })
    const { Credentials: given } = await sts('anything').send(role(STAGING_ACCOUNT))
    const me = await sts(given!.AccessKeyId!).send(new GetCallerIdentityCommand({}))
    expect(me.Account).toBe(STAGING_ACCOUNT)
    await expect(sts('anything').send(role(GOVCLOUD_ACCOUNT, 'aws-us-gov'))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    expect(await ids(rdsClient(endpoint, 'ap-northeast-1', given!.AccessKeyId))).toContain('stock-staging')
  })

  it('is refused where the folder has another world, and is found again as it was', async () => {
    const { region, directory } = await startRegion({ world: 'full' })
    await region.stop()
    await expect(startRegion({ directory, world: 'pairs' })).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/world "full", not "pairs".*--reset/),
    })
    const again = await startRegion({ directory })
    expect(again.region.info().world?.name).toBe('full')
  })

  it('ends cleanly where an endpoint’s port is taken, and names it', async () => {
    const { region, directory } = await startRegion({ world: 'full' })
    const { address } = region.info().world!.endpoints[0]!
    await region.stop()
    const squatter = await new Promise<Server>((resolve) => {
      const server = createServer().listen(Number(address.split(':')[1]), '127.0.0.1', () => resolve(server))
    })
    onTestFinished(() => void squatter.close())
    await expect(startRegion({ directory })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  })
})
