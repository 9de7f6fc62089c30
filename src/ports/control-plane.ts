import type { Change, Outcome } from '../rules/change.ts'
import type { Clearance } from '../rules/clearance.ts'
import type { Instant } from '../rules/words.ts'
import type { ClusterRecord, DatabaseRecord } from './carrier.ts'
import type {
  BlueGreenRecord,
  ChangeEventRecord,
  CustomEndpointRecord,
  EventRecord,
  GlobalClusterRecord,
  MaintenanceRecord,
  ProxyRecord,
} from './surroundings.ts'

export { CannotAsk } from './cannot-ask.ts'
export type { CarrierRecord, ClusterMember, ClusterRecord, DatabaseRecord, StatusInfo } from './carrier.ts'
export type * from './surroundings.ts'

/** A CA that AWS lists for the Region. `thumbprint` is the SHA-1 of its root, lower-case hex. */
export interface CaRecord {
  readonly id: string
  readonly thumbprint: string
  readonly validFrom: Instant
  readonly validTill: Instant
  /** Whether new databases get it by default. */
  readonly isDefault: boolean
}

export interface EngineRecord {
  readonly supportedCas: readonly string[]
  /** Undefined when AWS does not say: then it may restart. */
  readonly rotatesWithoutRestart: boolean | undefined
}

export interface Identity {
  readonly account: string
  readonly arn: string
}

/** What carries a CA, by the name that AWS's calls take. */
export interface Named {
  readonly kind: 'database' | 'cluster'
  readonly id: string
}

/**
 * Reads of one account in one Region. Every method throws {@link CannotAsk}; callers for whom a fact is optional keep that in its place.
 * Reads are retried, within the signal.
 */
export interface ControlPlane {
  readonly region: string
  identity(signal?: AbortSignal): Promise<Identity>
  /** Page by page, as AWS gives them. DocumentDB and Neptune, which the same call lists, are left in: callers classify. */
  databases(signal?: AbortSignal): AsyncIterable<readonly DatabaseRecord[]>
  /** By name, undefined when AWS knows none of that name. Callers compare the resource id. */
  database(id: string, signal?: AbortSignal): Promise<DatabaseRecord | undefined>
  /** As {@link databases}: other services' clusters are left in. */
  clusters(signal?: AbortSignal): AsyncIterable<readonly ClusterRecord[]>
  cluster(id: string, signal?: AbortSignal): Promise<ClusterRecord | undefined>
  customEndpoints(clusterId: string, signal?: AbortSignal): Promise<readonly CustomEndpointRecord[]>
  proxies(signal?: AbortSignal): Promise<readonly ProxyRecord[]>
  globalClusters(signal?: AbortSignal): Promise<readonly GlobalClusterRecord[]>
  blueGreens(signal?: AbortSignal): Promise<readonly BlueGreenRecord[]>
  cas(signal?: AbortSignal): Promise<readonly CaRecord[]>
  /** Undefined when AWS does not list that version, even among the deprecated. */
  engine(engine: string, version: string, signal?: AbortSignal): Promise<EngineRecord | undefined>
  maintenance(arn: string, signal?: AbortSignal): Promise<readonly MaintenanceRecord[]>
  /** Everything that is pending in this account and Region. AWS's list trails what was done, by up to minutes. */
  maintenanceOfAll(signal?: AbortSignal): Promise<readonly MaintenanceRecord[]>
  /** Events of one database or cluster since an instant; AWS keeps 14 days. */
  events(of: Named, since: Instant, signal?: AbortSignal): Promise<readonly EventRecord[]>
  /** A parameter's value; undefined when the group does not have it or leaves it at the engine's default. */
  parameter(group: string, name: string, signal?: AbortSignal): Promise<string | undefined>
  clusterParameter(group: string, name: string, signal?: AbortSignal): Promise<string | undefined>
  /**
   * Who asked for changes of a database or cluster since an instant, latest first: CloudTrail's memory of 90 days, minutes behind.
   * Undefined where it must not be read.
   */
  changeEvents(id: string, since: Instant, signal?: AbortSignal): Promise<readonly ChangeEventRecord[] | undefined>
}

/** The only way to change anything. There is no such object at all where changes must not be sent. */
export interface ControlPlaneWriter {
  /** One request, never retried. Refuses (throws) a clearance that is not for this change, is too late, or was used. */
  send(change: Change, clearance: Clearance, signal?: AbortSignal): Promise<Outcome>
}
