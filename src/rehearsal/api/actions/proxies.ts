import type { ProxyState } from '../../state/surroundings.ts'
import { arnOf, partitionOf } from '../../world.ts'
import { membersOf, type Action, type Sight } from '../action.ts'
import { required } from '../call.ts'
import { filtersOf } from '../filters.ts'
import { page } from '../paging.ts'
import { WireError } from '../wire-error.ts'
import { XmlList, type Xml } from '../xml.ts'

const VPC = { VpcId: 'vpc-0rehearsal', VpcSecurityGroupIds: new XmlList('member', ['sg-0rehearsal']) }
const SUBNETS = { VpcSubnetIds: new XmlList('member', ['subnet-0rehearsal']) }

/** DescribeDBProxies. A proxy carries a certificate of Amazon's public CAs, which AWS renews: there is nothing to rotate. */
export const describeDbProxies: Action = (call, sight) => {
  filtersOf(call, [])
  const name = call.parameters['DBProxyName']
  const { items, marker } = page(call, name === undefined ? all(sight) : [find(sight, name)], (proxy) => proxy.name)
  return {
    result: {
      DBProxies: new XmlList(
        'member',
        items.map((proxy) => proxyRecord(proxy)),
      ),
      Marker: marker,
    },
  }
}

/** DescribeDBProxyTargetGroups: each proxy has one. */
export const describeDbProxyTargetGroups: Action = (call, sight) => {
  filtersOf(call, [])
  const proxy = find(sight, required(call, 'DBProxyName'))
  const group = {
    DBProxyName: proxy.name,
    TargetGroupName: 'default',
    TargetGroupArn: arnOf('target-group', proxy, `prx-tg-${proxy.resourceId}`),
    IsDefault: true,
    Status: 'available',
    ConnectionPoolConfig: { MaxConnectionsPercent: 100, MaxIdleConnectionsPercent: 50, ConnectionBorrowTimeout: 120 },
    CreatedDate: new Date(proxy.createdAt),
    UpdatedDate: new Date(proxy.createdAt),
  }
  return { result: { TargetGroups: new XmlList('member', [group]) } }
}

/** DescribeDBProxyTargets: the database, or the cluster and each of its members, as AWS lists them. */
export const describeDbProxyTargets: Action = (call, sight) => {
  filtersOf(call, [])
  const targets = targetsOf(find(sight, required(call, 'DBProxyName')), sight)
  const { items, marker } = page(call, targets, (target) => target.RdsResourceId)
  return { result: { Targets: new XmlList('member', items), Marker: marker } }
}

/** DescribeDBProxyEndpoints: the default one is not among them, as in AWS; it is the proxy's own `Endpoint`. */
export const describeDbProxyEndpoints: Action = (call, sight) => {
  filtersOf(call, [])
  const { DBProxyName: name, DBProxyEndpointName: endpoint } = call.parameters
  const proxies = name === undefined ? all(sight) : [find(sight, name)]
  const found = proxies.flatMap((proxy) => {
    const { readOnly } = proxy
    if (!readOnly || (endpoint !== undefined && readOnly.name !== endpoint)) return []
    return [endpointRecord(proxy, readOnly)]
  })
  const { items, marker } = page(call, found, (one) => one.DBProxyEndpointName)
  return { result: { DBProxyEndpoints: new XmlList('member', items), Marker: marker } }
}

const all = ({ place, world }: Sight): readonly ProxyState[] =>
  world.surroundings.proxies.filter(({ account, region }) => account === place.account && region === place.region)

function find(sight: Sight, name: string): ProxyState {
  const found = all(sight).find((proxy) => proxy.name === name)
  if (!found) throw new WireError('DBProxyNotFoundFault', 404, `DBProxy ${name} not found.`)
  return found
}

const proxyRecord = (proxy: ProxyState): Record<string, Xml> => ({
  DBProxyName: proxy.name,
  DBProxyArn: arnOf('db-proxy', proxy, `prx-${proxy.resourceId}`),
  Status: 'available',
  EngineFamily: proxy.engineFamily,
  ...VPC,
  ...SUBNETS,
  Auth: new XmlList('member', [{ AuthScheme: 'SECRETS', IAMAuth: 'DISABLED' }]),
  RoleArn: `arn:${partitionOf(proxy.region)}:iam::${proxy.account}:role/rehearsal-proxy`,
  Endpoint: proxy.hostName,
  RequireTLS: proxy.requireTls,
  IdleClientTimeout: 1800,
  DebugLogging: false,
  CreatedDate: new Date(proxy.createdAt),
  UpdatedDate: new Date(proxy.createdAt),
})

const endpointRecord = (proxy: ProxyState, { name, hostName }: NonNullable<ProxyState['readOnly']>) => ({
  DBProxyEndpointName: name,
  DBProxyEndpointArn: arnOf('db-proxy-endpoint', proxy, `prx-endpoint-${proxy.resourceId}`),
  DBProxyName: proxy.name,
  Status: 'available',
  ...VPC,
  ...SUBNETS,
  Endpoint: hostName,
  CreatedDate: new Date(proxy.createdAt),
  TargetRole: 'READ_ONLY',
  IsDefault: false,
})

type Target = Record<string, Xml> & { readonly RdsResourceId: string }

function targetsOf({ target }: ProxyState, sight: Sight): readonly Target[] {
  if (target.kind === 'instance') {
    const database = sight.databases.find(({ id }) => id === target.id)
    return database ? [targetRecord(database.id, 'RDS_INSTANCE', 'READ_WRITE', database)] : []
  }
  const cluster = sight.clusters.find(({ id }) => id === target.id)
  if (!cluster) return []
  return [
    { RdsResourceId: cluster.id, Port: cluster.writer.route, Type: 'TRACKED_CLUSTER' },
    ...membersOf(sight.databases, cluster).map((database) => ({
      ...targetRecord(database.id, 'RDS_INSTANCE', database.member?.writer ? 'READ_WRITE' : 'READ_ONLY', database),
      TrackedClusterId: cluster.id,
    })),
  ]
}

const targetRecord = (
  id: string,
  type: string,
  role: string,
  { hostName, port }: { readonly hostName: string; readonly port: number },
): Target => ({
  Endpoint: hostName,
  RdsResourceId: id,
  Port: port,
  Type: type,
  Role: role,
  TargetHealth: { State: 'AVAILABLE' },
})
