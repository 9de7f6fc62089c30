/** The ports of the control plane and of the wire over a simulated world, in process: AWS's own records, made by the adapter's code. */
import type { Certificate, DBCluster, DBClusterEndpoint, DBEngineVersion, DBInstance, Event } from '@aws-sdk/client-rds'
import type { Event as TrailEvent } from '@aws-sdk/client-cloudtrail'
import type {
  BlueGreenDeployment,
  DBProxy,
  DBProxyEndpoint,
  DBProxyTarget,
  GlobalCluster,
  Parameter,
  ResourcePendingMaintenanceActions,
} from '@aws-sdk/client-rds'
import { changeEvent } from '../../src/aws/change-events.ts'
import { clusterRecord } from '../../src/aws/cluster-record.ts'
import { databaseRecord } from '../../src/aws/database-record.ts'
import { caRecord, engineRecord, eventRecord } from '../../src/aws/records.ts'
import {
  blueGreenRecord,
  customEndpointRecord,
  globalClusterRecord,
  maintenanceRecords,
  proxyTarget,
} from '../../src/aws/surrounding-records.ts'
import { CannotAsk, type ControlPlane, type ControlPlaneWriter } from '../../src/ports/control-plane.ts'
import { CannotReach, type Check, type Wire } from '../../src/ports/wire.ts'
import { endpointsOf } from '../../src/rehearsal/state/cluster-state.ts'
import type { DatabaseState } from '../../src/rehearsal/state/database-state.ts'
import { partitionOf, type Place } from '../../src/rehearsal/world.ts'
import { leafSeen, paperRoot, rootSeen } from './paper-pki.ts'
import { Lost, Refused, type Parameters, type SimulatedWorld } from './simulated-world.ts'

/** What AWS's lists hold, by their names. */
interface Lists {
  readonly DBInstances: DBInstance
  readonly DBClusters: DBCluster
  readonly DBClusterEndpoints: DBClusterEndpoint
  readonly DBProxies: DBProxy
  readonly DBProxyEndpoints: DBProxyEndpoint
  readonly Targets: DBProxyTarget
  readonly GlobalClusters: GlobalCluster
  readonly BlueGreenDeployments: BlueGreenDeployment
  readonly Certificates: Certificate
  readonly DBEngineVersions: DBEngineVersion
  readonly PendingMaintenanceActions: ResourcePendingMaintenanceActions
  readonly Events: Event
  readonly Parameters: Parameter
}

const DENIED = /^AccessDenied/
const NOT_FOUND = /NotFound/

/** Reads of one account in one Region. Throws CannotAsk with AWS's code, as the adapter does; nothing is retried. */
export function simulatedControlPlane(world: SimulatedWorld, place: Place): ControlPlane {
  const ask = (action: string, parameters: Parameters = {}): Record<string, unknown> => {
    try {
      return world.ask(place, action, parameters)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const permission = DENIED.test(error.code) ? { permission: `rds:${action}` } : {}
      throw new CannotAsk(error.code, action, error.message, { cause: error, ...permission })
    }
  }
  /** Every page of a list. */
  const all = <Name extends keyof Lists>(
    action: string,
    list: Name,
    parameters: Parameters = {},
  ): readonly Lists[Name][] => {
    const items: Lists[Name][] = []
    for (let marker: unknown; ;) {
      const page = ask(action, { ...parameters, ...(typeof marker === 'string' && { Marker: marker }) })
      items.push(...(page[list] as Lists[Name][]))
      marker = page['Marker']
      if (marker === undefined) return items
    }
  }
  const unlessUnknown = <Found>(find: () => Found): Found | undefined => {
    try {
      return find()
    } catch (error) {
      if (error instanceof CannotAsk && NOT_FOUND.test(error.code)) return undefined
      throw error
    }
  }
  const parameter = (action: string, group: object, name: string): string | undefined =>
    all(action, 'Parameters', { ...group }).find((one) => one.ParameterName === name)?.ParameterValue
  const maintenance = (parameters: Parameters = {}) =>
    all('DescribePendingMaintenanceActions', 'PendingMaintenanceActions', parameters).flatMap((pending) =>
      maintenanceRecords(pending),
    )
  return {
    region: place.region,
    identity: async () => ({
      account: place.account,
      arn: `arn:${partitionOf(place.region)}:iam::${place.account}:user/rehearsal`,
    }),
    async *databases() {
      yield all('DescribeDBInstances', 'DBInstances').map((one) => databaseRecord(one))
    },
    database: async (id) =>
      unlessUnknown(() => all('DescribeDBInstances', 'DBInstances', { DBInstanceIdentifier: id }))?.map((one) =>
        databaseRecord(one),
      )[0],
    async *clusters() {
      yield all('DescribeDBClusters', 'DBClusters').map((one) => clusterRecord(one))
    },
    cluster: async (id) =>
      unlessUnknown(() => all('DescribeDBClusters', 'DBClusters', { DBClusterIdentifier: id }))?.map((one) =>
        clusterRecord(one),
      )[0],
    customEndpoints: async (id) =>
      all('DescribeDBClusterEndpoints', 'DBClusterEndpoints', { DBClusterIdentifier: id })
        .map((one) => customEndpointRecord(one))
        .filter((one) => one !== undefined),
    proxies: async () => {
      const others = all('DescribeDBProxyEndpoints', 'DBProxyEndpoints')
      return all('DescribeDBProxies', 'DBProxies').map((proxy) => ({
        name: proxy.DBProxyName!,
        arn: proxy.DBProxyArn!,
        engineFamily: proxy.EngineFamily!,
        status: proxy.Status!,
        requireTls: proxy.RequireTLS!,
        endpoints: [
          { host: proxy.Endpoint!, role: 'READ_WRITE' },
          ...others
            .filter(({ DBProxyName }) => DBProxyName === proxy.DBProxyName)
            .map(({ Endpoint, TargetRole }) => ({ host: Endpoint!, role: TargetRole! })),
        ],
        targets: all('DescribeDBProxyTargets', 'Targets', { DBProxyName: proxy.DBProxyName! }).map((one) =>
          proxyTarget(one),
        ),
      }))
    },
    globalClusters: async () => all('DescribeGlobalClusters', 'GlobalClusters').map((one) => globalClusterRecord(one)),
    blueGreens: async () =>
      all('DescribeBlueGreenDeployments', 'BlueGreenDeployments').map((one) => blueGreenRecord(one)),
    cas: async () => {
      const { DefaultCertificateForNewLaunches: byDefault } = ask('DescribeCertificates')
      return all('DescribeCertificates', 'Certificates').map((one) => caRecord(one, String(byDefault)))
    },
    engine: async (engine, version) => {
      const asked = { Engine: engine, EngineVersion: version, IncludeAll: true }
      const [found] = all('DescribeDBEngineVersions', 'DBEngineVersions', asked)
      return found && engineRecord(found)
    },
    maintenance: async (arn) => maintenance({ ResourceIdentifier: arn }),
    maintenanceOfAll: async () => maintenance(),
    events: async ({ id, kind }, since) =>
      all('DescribeEvents', 'Events', {
        SourceType: kind === 'cluster' ? 'db-cluster' : 'db-instance',
        SourceIdentifier: id,
        StartTime: new Date(since).toISOString(),
      })
        .map((one) => eventRecord(one))
        .filter((one) => one !== undefined),
    parameter: async (group, name) => parameter('DescribeDBParameters', { DBParameterGroupName: group }, name),
    clusterParameter: async (group, name) =>
      parameter('DescribeDBClusterParameters', { DBClusterParameterGroupName: group }, name),
    changeEvents: async (id, since) => {
      const asked = {
        LookupAttributes: JSON.stringify([{ AttributeKey: 'ResourceName', AttributeValue: id }]),
        StartTime: since / 1000,
      }
      const { Events } = world.ask(place, 'LookupEvents', asked, 'cloudtrail')
      return (Events as TrailEvent[]).map((one) => changeEvent(one)).filter((one) => one !== undefined)
    },
  }
}

/** Sends changes into the world, as the writer does: once, and what came of it as an outcome. */
export const simulatedWriter = (world: SimulatedWorld, place: Place): ControlPlaneWriter => ({
  async send(change, clearance) {
    clearance.use(change, world.clock.now())
    try {
      world.ask(place, change.api, change.input)
      return { kind: 'accepted', requestId: world.requests.at(-1)!.requestId }
    } catch (error) {
      if (error instanceof Lost) return { kind: 'unknown', cause: error.message }
      if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message }
      throw error
    }
  },
})

const PASSED: Check = { passed: true }
const failed = (code: string): Check => ({ passed: false, code, detail: code })

/** What is served at each endpoint's name and port, judged against the roots (of paper) that are asked with. */
export const simulatedWire = (world: SimulatedWorld): Wire => ({
  async verify({ host, port, servername = host, roots }) {
    const database = servedAt(world, host, port)
    const paper = database && world.presents(database.key)
    if (!paper) throw new CannotReach('ECONNREFUSED', 'connect', `nothing listens at ${host}:${port}`)
    const now = world.clock.now()
    const root = roots.includes(paper.root) ? paper.root : undefined
    const ca = world.pkis.get(database.region)!.cas.find(({ id }) => paperRoot(database.region, id) === root)
    const chain = root === undefined ? failed('UNABLE_TO_GET_ISSUER_CERT_LOCALLY') : PASSED
    const dates = now < paper.till ? PASSED : failed('CERT_HAS_EXPIRED')
    const name = paper.names.includes(servername) ? PASSED : failed('ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      place: { kind: 'here' },
      at: now,
      ms: 1,
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      served: [leafSeen(paper)],
      ...(ca && { root: rootSeen(ca.rootPem, ca) }),
      chain,
      dates,
      name,
      strict: chain.passed && dates.passed && name.passed,
      controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
    }
  },
})

/** The database that answers at an endpoint: a cluster's leads to the member that it would lead to now. */
function servedAt({ state }: SimulatedWorld, host: string, port: number): DatabaseState | undefined {
  const own = state.databases.find((database) => database.hostName === host && database.port === port)
  if (own) return own
  const cluster = state.clusters.find((one) => endpointsOf(one).some(({ hostName }) => hostName === host))
  if (!cluster) return undefined
  const members = state.databases.filter(({ member }) => member?.cluster === cluster.key)
  const writer = members.find(({ member }) => member?.writer)
  if (host === cluster.writer.hostName) return writer
  const custom = cluster.custom.find(({ hostName }) => hostName === host)
  return members.find(({ id, member }) => (custom ? custom.members.includes(id) : !member?.writer)) ?? writer
}
