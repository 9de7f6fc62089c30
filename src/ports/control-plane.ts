import type { Change, Outcome } from '../rules/change.ts'
import type { Clearance } from '../rules/clearance.ts'
import type { Instant } from '../rules/words.ts'

/** What AWS says about one DB instance, as far as a runbook needs it. Times are AWS's. */
export interface DatabaseRecord {
  /** DBInstanceIdentifier: a name, which can be given to another database later. */
  readonly id: string
  readonly arn: string
  /** DbiResourceId: never reused. */
  readonly resourceId: string
  readonly engine: string
  readonly engineVersion: string
  readonly instanceClass: string
  readonly status: string
  /** CACertificateIdentifier, and the leaf's expiry (CertificateDetails.ValidTill is the leaf's, not the CA's). */
  readonly ca: string
  readonly leafValidTill?: Instant
  /** What waits in PendingModifiedValues: the CA apart, everything else by name and value. */
  readonly pendingCa?: string
  readonly pendingOther: Readonly<Record<string, string>>
  /** Absent while the instance is being created. */
  readonly endpoint?: { readonly host: string; readonly port: number }
  readonly clusterId?: string
  readonly replicaSource?: string
  readonly replicas: readonly string[]
  readonly multiAz: boolean
  /** `ddd:hh24:mi-ddd:hh24:mi` UTC, and `hh24:mi-hh24:mi` UTC. */
  readonly maintenanceWindow?: string
  readonly backupWindow?: string
  readonly parameterGroups: readonly { readonly name: string; readonly applyStatus: string }[]
  readonly tags: Readonly<Record<string, string>>
}

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

export interface MaintenanceRecord {
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

export interface Identity {
  readonly account: string
  readonly arn: string
}

/**
 * AWS could not be asked, or said no to a read. `code` is AWS's or Node's (`AccessDenied`, `Throttling`, `ExpiredToken`, `ECONNREFUSED` …),
 * `permission` the IAM action when one is missing.
 */
export class CannotAsk extends Error {
  override readonly name = 'CannotAsk'
  readonly code: string
  readonly operation: string
  readonly permission?: string
  constructor(code: string, operation: string, message: string, options?: ErrorOptions & { permission?: string }) {
    super(message, options)
    this.code = code
    this.operation = operation
    if (options?.permission) this.permission = options.permission
  }
}

/** Reads of one account in one Region. Every method throws {@link CannotAsk}. Reads are retried, within the signal. */
export interface ControlPlane {
  readonly region: string
  identity(signal?: AbortSignal): Promise<Identity>
  /** Page by page, as AWS gives them. DocumentDB and Neptune, which the same call lists, are left in: callers classify. */
  databases(signal?: AbortSignal): AsyncIterable<readonly DatabaseRecord[]>
  /** By name, undefined when AWS knows none of that name. Callers compare the resource id. */
  database(id: string, signal?: AbortSignal): Promise<DatabaseRecord | undefined>
  cas(signal?: AbortSignal): Promise<readonly CaRecord[]>
  /** Undefined when AWS does not list that version, even among the deprecated. */
  engine(engine: string, version: string, signal?: AbortSignal): Promise<EngineRecord | undefined>
  maintenance(arn: string, signal?: AbortSignal): Promise<readonly MaintenanceRecord[]>
  /** Events of one database since an instant; AWS keeps 14 days. */
  events(id: string, since: Instant, signal?: AbortSignal): Promise<readonly EventRecord[]>
  /** A parameter's value; undefined when the group does not have it or leaves it at the engine's default. */
  parameter(group: string, name: string, signal?: AbortSignal): Promise<string | undefined>
}

/** The only way to change anything. There is no such object at all where changes must not be sent. */
export interface ControlPlaneWriter {
  /** One request, never retried. Refuses (throws) a clearance that is not for this change, is too late, or was used. */
  send(change: Change, clearance: Clearance, signal?: AbortSignal): Promise<Outcome>
}
