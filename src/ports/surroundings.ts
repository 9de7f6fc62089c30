import type { Instant } from '../rules/words.ts'
import type { CannotAsk } from './cannot-ask.ts'

/** An RDS Proxy: clients see its certificate, which AWS keeps, in place of the database's. */
export interface ProxyRecord {
  readonly name: string
  readonly arn: string
  /** `MYSQL`, `POSTGRESQL`, `SQLSERVER`. */
  readonly engineFamily: string
  readonly status: string
  readonly requireTls: boolean
  /** Where AWS does not say: why. */
  readonly endpoints: readonly ProxyEndpoint[] | CannotAsk
  readonly targets: readonly ProxyTarget[] | CannotAsk
}

export interface ProxyEndpoint {
  readonly host: string
  /** `READ_WRITE`, `READ_ONLY`. */
  readonly role: string
}

export interface ProxyTarget {
  /** `RDS_INSTANCE`, `TRACKED_CLUSTER`. */
  readonly kind: string
  /** The instance's or cluster's identifier. */
  readonly id: string
  /** Of an instance that is there because its cluster is tracked. */
  readonly trackedClusterId?: string
  /** `READ_WRITE`, `READ_ONLY`. */
  readonly role?: string
}

/** An Aurora global database. Its clusters lie in several Regions, each with roots of its own. */
export interface GlobalClusterRecord {
  readonly id: string
  readonly arn: string
  readonly engine: string
  readonly status: string
  readonly members: readonly GlobalClusterMember[]
}

export interface GlobalClusterMember {
  readonly clusterArn: string
  readonly writer: boolean
  /** ARNs of the clusters that read from this one. */
  readonly readers: readonly string[]
}

/** A Blue/Green deployment: at switchover the green one takes the name of the blue one. */
export interface BlueGreenRecord {
  readonly id: string
  readonly name: string
  /** ARNs. The target's is absent while it is being made. */
  readonly source: string
  readonly target?: string
  /** `PROVISIONING`, `AVAILABLE`, `SWITCHOVER_IN_PROGRESS`, `SWITCHOVER_COMPLETED` … */
  readonly status: string
  /** Pairs of ARNs: what takes over from what. */
  readonly switchover: readonly { readonly source: string; readonly target?: string; readonly status: string }[]
}

/** A name of a cluster beside its own two, and the members that answer to it. */
export interface CustomEndpointRecord {
  readonly id: string
  readonly clusterId: string
  readonly host: string
  /** `READER`, `WRITER`, `ANY`. */
  readonly type: string
  readonly status: string
  /** Identifiers of instances. With static members those alone answer; else all but the excluded ones. */
  readonly staticMembers: readonly string[]
  readonly excludedMembers: readonly string[]
}

export interface MaintenanceRecord {
  /** ARN of what it is for. */
  readonly resource: string
  /** AWS's own word, any string: both `ca-certificate-rotation` and `server-certificate-rotation` occur. */
  readonly action: string
  readonly description?: string
  readonly autoAppliedAfter?: Instant
  readonly currentApply?: Instant
  readonly forcedApply?: Instant
  readonly optIn?: string
}

export interface EventRecord {
  readonly at: Instant
  readonly message: string
}

/** A call that somebody made to change something, as CloudTrail has it. */
export interface ChangeEventRecord {
  readonly at: Instant
  /** `ModifyDBInstance` … */
  readonly api: string
  /** The caller's ARN, else the name that CloudTrail gives. */
  readonly by: string
  readonly requestId?: string
  /** Present when AWS refused it. */
  readonly errorCode?: string
  /** The CA that it named, if any. */
  readonly ca?: string
  /** ApplyImmediately, where it was given. */
  readonly immediately?: boolean
  /** CertificateRotationRestart was false: the certificate is staged, and goes live at any restart. */
  readonly withoutRestart?: true
}
