import type { Instant } from '../rules/words.ts'

/** What carries a CA: what both kinds have in common, as far as a runbook needs it. Times are AWS's. */
export interface CarrierRecord {
  /** The identifier that AWS's calls take: a name, which can be given to another one later. */
  readonly id: string
  readonly arn: string
  /** Never reused: `db-ABC…`, `cluster-ABC…`. */
  readonly resourceId: string
  readonly engine: string
  readonly engineVersion: string
  readonly status: string
  /** The CA's identifier; empty where there is none (an Aurora cluster, RDS Custom). */
  readonly ca: string
  /** The leaf's expiry: CertificateDetails.ValidTill is the leaf's, not the CA's. */
  readonly leafValidTill?: Instant
  /** What waits in PendingModifiedValues: the CA apart, everything else by name and value. */
  readonly pendingCa?: string
  readonly pendingOther: Readonly<Record<string, string>>
  /** Absent while it is being created. A cluster's is the one of its writer. */
  readonly endpoint?: { readonly host: string; readonly port: number }
  /** `ddd:hh24:mi-ddd:hh24:mi` UTC, and `hh24:mi-hh24:mi` UTC. */
  readonly maintenanceWindow?: string
  readonly backupWindow?: string
  /** For a cluster its one group, with the status of the member that is furthest behind. */
  readonly parameterGroups: readonly { readonly name: string; readonly applyStatus: string }[]
  readonly tags: Readonly<Record<string, string>>
  /** The secret that RDS keeps with the master user's password, where it does. */
  readonly masterUserSecret?: { readonly arn: string; readonly status: string }
  /** Whether IAM tokens are taken for log-ins. */
  readonly iamAuth: boolean
  /** Only of clusters. */
  readonly globalClusterId?: string
  /** When AWS starts it by itself, after seven days; only while it is stopped. */
  readonly automaticRestart?: Instant
}

/** One DB instance: on its own, a read replica, or a member of a cluster. */
export interface DatabaseRecord extends CarrierRecord {
  readonly kind: 'database'
  readonly instanceClass: string
  readonly clusterId?: string
  /** By name in the same Region, by ARN from another one. */
  readonly replicaSource?: string
  /** What it replicates from is a cluster: an instance may have the same name. */
  readonly fromCluster?: true
  /** Instances, by name in the same Region, by ARN from another one. */
  readonly replicas: readonly string[]
  /** Aurora clusters that replicate from it; absent where there are none. */
  readonly replicaClusters?: readonly string[]
  readonly multiAz: boolean
  /** Of RDS Custom: `full` or `all-paused`. */
  readonly automationMode?: string
  /** Of SQL Server availability groups: where their listener is reached. */
  readonly listenerEndpoint?: { readonly host: string; readonly port: number }
  readonly promotionTier?: number
  readonly statusInfos: readonly StatusInfo[]
}

/** What AWS says of a part of an instance: a read replica's replication, for example. */
export interface StatusInfo {
  readonly type: string
  readonly status: string
  readonly normal: boolean
  readonly message?: string
}

/** One cluster: Aurora's, whose members carry a CA each, or a Multi-AZ DB cluster, which carries one itself. */
export interface ClusterRecord extends CarrierRecord {
  readonly kind: 'cluster'
  /** `provisioned`, or `serverless` for Aurora Serverless v1. */
  readonly engineMode: string
  /** Only of Multi-AZ DB clusters. */
  readonly instanceClass?: string
  readonly readerEndpoint?: string
  /** Host names. */
  readonly customEndpoints: readonly string[]
  readonly members: readonly ClusterMember[]
  /** ARN of the cluster or instance that it replicates from. */
  readonly replicationSource?: string
  /** Of an Aurora cluster: clusters. Of a Multi-AZ DB cluster: instances. By name or ARN. */
  readonly replicas: readonly string[]
  readonly clusterParameterGroup?: string
}

export interface ClusterMember {
  /** Its DBInstanceIdentifier. */
  readonly id: string
  readonly writer: boolean
  /** 0 is promoted first. */
  readonly promotionTier?: number
  /** `in-sync`, `pending-reboot` … */
  readonly parameterGroupStatus: string
}
