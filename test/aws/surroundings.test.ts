/** Clusters, and what stands around databases: proxies, global databases, Blue/Green deployments, who changed what. */
import { afterEach, expect, test } from 'vitest'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import { CannotAsk, type ControlPlane } from '../../src/ports/control-plane.ts'
import {
  failure,
  json,
  jsonFailure,
  queryServer,
  result,
  type Call,
  type QueryServer,
  type Reaction,
} from './query-server.ts'

const servers: QueryServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function against(react: (call: Call) => Reaction): Promise<{ server: QueryServer; control: ControlPlane }> {
  const server = await queryServer(react)
  servers.push(server)
  const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }
  return { server, control: openControlPlane({ region: 'eu-west-1', endpoint: server.endpoint, keys }) }
}

const cluster = (id: string, more = ''): string =>
  `<DBCluster><DBClusterIdentifier>${id}</DBClusterIdentifier><DBClusterArn>arn:aws:rds:eu-west-1:000000000000:cluster:${id}</DBClusterArn><DbClusterResourceId>cluster-${id.toUpperCase()}</DbClusterResourceId><Engine>postgres</Engine><EngineVersion>17.2</EngineVersion><Status>available</Status>${more}</DBCluster>`

test('a Multi-AZ DB cluster, with everything that a runbook needs of it', async () => {
  const member = (id: string, writer: boolean, status: string): string =>
    `<DBClusterMember><DBInstanceIdentifier>${id}</DBInstanceIdentifier><IsClusterWriter>${writer}</IsClusterWriter><PromotionTier>1</PromotionTier><DBClusterParameterGroupStatus>${status}</DBClusterParameterGroupStatus></DBClusterMember>`
  const full = `<CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-02-21T10:00:00Z</ValidTill></CertificateDetails>
    <PendingModifiedValues><CertificateDetails><CAIdentifier>rds-ca-ecc384-g1</CAIdentifier></CertificateDetails><EngineVersion>17.3</EngineVersion></PendingModifiedValues>
    <Endpoint>c.cluster-x.example</Endpoint><ReaderEndpoint>c.cluster-ro-x.example</ReaderEndpoint><Port>5432</Port>
    <CustomEndpoints><member>c.cluster-custom-x.example</member></CustomEndpoints><DBClusterInstanceClass>db.m6gd.large</DBClusterInstanceClass>
    <DBClusterMembers>${member('c-1', true, 'in-sync')}${member('c-2', false, 'pending-reboot')}</DBClusterMembers>
    <DBClusterParameterGroup>group</DBClusterParameterGroup><ReplicationSourceIdentifier>arn:source</ReplicationSourceIdentifier>
    <ReadReplicaIdentifiers><ReadReplicaIdentifier>arn:replica</ReadReplicaIdentifier></ReadReplicaIdentifiers>
    <GlobalClusterIdentifier>world</GlobalClusterIdentifier><IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled>
    <PreferredMaintenanceWindow>sun:04:00-sun:04:30</PreferredMaintenanceWindow><TagList><Tag><Key>env</Key><Value>staging</Value></Tag></TagList>`
  const { server, control } = await against(({ action, parameters: { DBClusterIdentifier: id } }) =>
    id === 'gone'
      ? failure('DBClusterNotFoundFault', 404)
      : result(action, `<DBClusters>${cluster('c', full)}${cluster('aurora')}</DBClusters>`),
  )
  expect(await control.cluster('C')).toEqual({
    kind: 'cluster',
    id: 'c',
    arn: 'arn:aws:rds:eu-west-1:000000000000:cluster:c',
    resourceId: 'cluster-C',
    engine: 'postgres',
    engineVersion: '17.2',
    engineMode: 'provisioned',
    status: 'available',
    ca: 'rds-ca-rsa2048-g1',
    leafValidTill: Date.parse('2027-02-21T10:00:00Z'),
    pendingCa: 'rds-ca-ecc384-g1',
    pendingOther: { EngineVersion: '17.3' },
    endpoint: { host: 'c.cluster-x.example', port: 5432 },
    readerEndpoint: 'c.cluster-ro-x.example',
    customEndpoints: ['c.cluster-custom-x.example'],
    instanceClass: 'db.m6gd.large',
    members: [
      { id: 'c-1', writer: true, promotionTier: 1, parameterGroupStatus: 'in-sync' },
      { id: 'c-2', writer: false, promotionTier: 1, parameterGroupStatus: 'pending-reboot' },
    ],
    clusterParameterGroup: 'group',
    parameterGroups: [{ name: 'group', applyStatus: 'pending-reboot' }],
    replicationSource: 'arn:source',
    replicas: ['arn:replica'],
    globalClusterId: 'world',
    iamAuth: true,
    maintenanceWindow: 'sun:04:00-sun:04:30',
    tags: { env: 'staging' },
  })
  expect(await control.cluster('aurora')).toMatchObject({ ca: '', members: [], parameterGroups: [], iamAuth: false })
  expect(await control.cluster('gone')).toBeUndefined()
  expect(server.calls[0]?.parameters).toEqual({ DBClusterIdentifier: 'C' })
})

test('custom endpoints, without the cluster’s own two', async () => {
  const endpoint = (type: string, more: string): string =>
    `<DBClusterEndpointList><EndpointType>${type}</EndpointType><Endpoint>${type.toLowerCase()}.example</Endpoint><DBClusterIdentifier>c</DBClusterIdentifier><Status>available</Status>${more}</DBClusterEndpointList>`
  const custom =
    '<DBClusterEndpointIdentifier>reports</DBClusterEndpointIdentifier><CustomEndpointType>READER</CustomEndpointType><StaticMembers><member>c-2</member></StaticMembers><ExcludedMembers/>'
  const { control } = await against(({ action }) =>
    result(action, `<DBClusterEndpoints>${endpoint('WRITER', '')}${endpoint('CUSTOM', custom)}</DBClusterEndpoints>`),
  )
  expect(await control.customEndpoints('c')).toEqual([
    {
      id: 'reports',
      clusterId: 'c',
      host: 'custom.example',
      type: 'READER',
      status: 'available',
      staticMembers: ['c-2'],
      excludedMembers: [],
    },
  ])
})

const PROXIES =
  '<DBProxies><member><DBProxyName>p</DBProxyName><DBProxyArn>arn:p</DBProxyArn><Status>available</Status><EngineFamily>MYSQL</EngineFamily><Endpoint>p.proxy.example</Endpoint><RequireTLS>true</RequireTLS></member></DBProxies>'
const PROXY_ENDPOINTS =
  '<DBProxyEndpoints><member><DBProxyName>p</DBProxyName><Endpoint>ro.proxy.example</Endpoint><TargetRole>READ_ONLY</TargetRole><IsDefault>false</IsDefault></member><member><DBProxyName>p</DBProxyName><Endpoint>p.proxy.example</Endpoint><IsDefault>true</IsDefault></member></DBProxyEndpoints>'

test('proxies with their endpoints, and a target or why it is not known', async () => {
  const { control } = await against(({ action }) => {
    if (action === 'DescribeDBProxies') return result(action, PROXIES)
    if (action === 'DescribeDBProxyEndpoints') return result(action, PROXY_ENDPOINTS)
    return failure('AccessDenied', 403)
  })
  const [proxy] = await control.proxies()
  expect(proxy).toMatchObject({
    name: 'p',
    arn: 'arn:p',
    engineFamily: 'MYSQL',
    requireTls: true,
    endpoints: [
      { host: 'p.proxy.example', role: 'READ_WRITE' },
      { host: 'ro.proxy.example', role: 'READ_ONLY' },
    ],
  })
  expect(proxy?.targets).toBeInstanceOf(CannotAsk)
  expect(proxy?.targets).toMatchObject({ permission: 'rds:DescribeDBProxyTargets' })
})

test('a proxy’s targets, when they may be read', async () => {
  const { control } = await against(({ action }) => {
    if (action === 'DescribeDBProxies') return result(action, PROXIES)
    if (action === 'DescribeDBProxyEndpoints') return result(action, '<DBProxyEndpoints/>')
    return result(
      action,
      '<Targets><member><RdsResourceId>c-1</RdsResourceId><Type>RDS_INSTANCE</Type><TrackedClusterId>c</TrackedClusterId><Role>READ_WRITE</Role></member></Targets>',
    )
  })
  expect((await control.proxies())[0]?.targets).toEqual([
    { kind: 'RDS_INSTANCE', id: 'c-1', trackedClusterId: 'c', role: 'READ_WRITE' },
  ])
})

test('global databases and Blue/Green deployments', async () => {
  const { control } = await against(({ action }) =>
    action === 'DescribeGlobalClusters'
      ? result(
          action,
          '<GlobalClusters><GlobalClusterMember><GlobalClusterIdentifier>world</GlobalClusterIdentifier><GlobalClusterArn>arn:g</GlobalClusterArn><Engine>aurora-postgresql</Engine><Status>available</Status><GlobalClusterMembers><GlobalClusterMember><DBClusterArn>arn:a</DBClusterArn><IsWriter>true</IsWriter><Readers><member>arn:b</member></Readers></GlobalClusterMember></GlobalClusterMembers></GlobalClusterMember></GlobalClusters>',
        )
      : result(
          action,
          '<BlueGreenDeployments><member><BlueGreenDeploymentIdentifier>bgd-1</BlueGreenDeploymentIdentifier><BlueGreenDeploymentName>upgrade</BlueGreenDeploymentName><Source>arn:blue</Source><Target>arn:green</Target><Status>AVAILABLE</Status><SwitchoverDetails><member><SourceMember>arn:blue</SourceMember><TargetMember>arn:green</TargetMember><Status>AVAILABLE</Status></member></SwitchoverDetails></member></BlueGreenDeployments>',
        ),
  )
  expect(await control.globalClusters()).toEqual([
    {
      id: 'world',
      arn: 'arn:g',
      engine: 'aurora-postgresql',
      status: 'available',
      members: [{ clusterArn: 'arn:a', writer: true, readers: ['arn:b'] }],
    },
  ])
  expect(await control.blueGreens()).toEqual([
    {
      id: 'bgd-1',
      name: 'upgrade',
      source: 'arn:blue',
      target: 'arn:green',
      status: 'AVAILABLE',
      switchover: [{ source: 'arn:blue', target: 'arn:green', status: 'AVAILABLE' }],
    },
  ])
})

const AT = 1_795_000_000

test('who changed what, by CloudTrail: the calls that change, on all pages, with the CA that they named', async () => {
  const trail = JSON.stringify({
    requestID: 'r-1',
    userIdentity: { arn: 'arn:aws:sts::000000000000:assumed-role/terraform/ci' },
    requestParameters: { dBInstanceIdentifier: 'a', cACertificateIdentifier: 'rds-ca-rsa4096-g1' },
  })
  const { server, control } = await against(({ parameters }) =>
    parameters['json']?.includes('next')
      ? json({
          Events: [{ EventName: 'RebootDBInstance', EventTime: AT - 60, Username: 'anna', CloudTrailEvent: '{' }],
        })
      : json({
          Events: [
            { EventName: 'ModifyDBInstance', EventTime: AT, Username: 'ci', CloudTrailEvent: trail },
            { EventName: 'AddTagsToResource', EventTime: AT },
          ],
          NextToken: 'next',
        }),
  )
  expect(await control.changeEvents('a', (AT - 3600) * 1000)).toEqual([
    {
      at: AT * 1000,
      api: 'ModifyDBInstance',
      by: 'arn:aws:sts::000000000000:assumed-role/terraform/ci',
      requestId: 'r-1',
      ca: 'rds-ca-rsa4096-g1',
    },
    { at: (AT - 60) * 1000, api: 'RebootDBInstance', by: 'anna' },
  ])
  expect(JSON.parse(server.calls[0]?.parameters['json'] ?? '')).toEqual({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'a' }],
    StartTime: AT - 3600,
  })
  expect(server.calls[0]?.credential).toMatch(/\/cloudtrail\/aws4_request$/)
})

test('where CloudTrail must not be read there is no answer, and nothing else is hidden', async () => {
  const denied = await against(() =>
    jsonFailure('AccessDeniedException', 'User: x is not authorized to perform: cloudtrail:LookupEvents'),
  )
  expect(await denied.control.changeEvents('a', 0)).toBeUndefined()
  const unknown = await against(() => jsonFailure('InvalidLookupAttributesException', 'no'))
  await expect(unknown.control.changeEvents('a', 0)).rejects.toBeInstanceOf(CannotAsk)
})
