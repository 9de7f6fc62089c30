import type { CarrierRecord, ClusterRecord, DatabaseRecord } from '../ports/control-plane.ts'

/** What something in AWS's lists is, as far as certificates go. */
export const KINDS = [
  'instance',
  'replica',
  'aurora-member',
  'multi-az-cluster',
  'multi-az-member',
  'aurora-cluster',
  'serverless-v1',
  'custom',
  'other-service',
] as const
export type Kind = (typeof KINDS)[number]

/** The call that changes the CA. Absent: it carries none of its own that RDS's calls rotate. */
export type CaCall = 'ModifyDBInstance' | 'ModifyDBCluster'

const CALLS: Readonly<Record<Kind, CaCall | undefined>> = {
  instance: 'ModifyDBInstance',
  replica: 'ModifyDBInstance',
  'aurora-member': 'ModifyDBInstance',
  'multi-az-cluster': 'ModifyDBCluster',
  // Its cluster carries the CA, for all members at once.
  'multi-az-member': undefined,
  // Its members carry one each.
  'aurora-cluster': undefined,
  // AWS's own certificate manager renews it.
  'serverless-v1': undefined,
  custom: undefined,
  'other-service': undefined,
}

export const callFor = (kind: Kind): CaCall | undefined => CALLS[kind]

/** DocumentDB and Neptune answer the same listings; their own services rotate them. */
const OTHER_SERVICES = new Set(['docdb', 'neptune'])

/** Aurora's are `aurora` (MySQL 5.6), `aurora-mysql`, `aurora-postgresql`. */
const isAurora = (engine: string): boolean => engine === 'aurora' || engine.startsWith('aurora-')

/**
 * What one entry of DescribeDBInstances or DescribeDBClusters is. By its own members alone: a policy without the other call must
 * not change the answer.
 */
export function kindOf(record: DatabaseRecord | ClusterRecord): Kind {
  if (OTHER_SERVICES.has(record.engine)) return 'other-service'
  if (record.engine.startsWith('custom-')) return 'custom'
  if (record.kind === 'cluster') {
    if (record.engineMode === 'serverless') return 'serverless-v1'
    return isAurora(record.engine) ? 'aurora-cluster' : 'multi-az-cluster'
  }
  if (record.automationMode !== undefined && record.ca === '') return 'custom'
  if (record.clusterId !== undefined) return isAurora(record.engine) ? 'aurora-member' : 'multi-az-member'
  return record.replicaSource === undefined ? 'instance' : 'replica'
}

/** Whether the rotation is one of this very record. */
export const carriesCa = (kind: Kind): boolean => callFor(kind) !== undefined

/** What it stands under in a list: its cluster, or what it replicates from in the same Region. */
export function underOf(record: DatabaseRecord | ClusterRecord): string | undefined {
  if (record.kind === 'cluster') return undefined
  if (record.clusterId !== undefined) return record.clusterId
  return record.replicaSource?.startsWith('arn:') ? undefined : record.replicaSource
}

/** Whether the engine's own listener restarts in place of the database: AWS's flag says no for these, and their sessions live on. */
export const onlyListenerRestarts = ({ engine }: CarrierRecord): boolean => engine.startsWith('oracle-')
