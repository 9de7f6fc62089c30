/** What carries a CA, by its kind: an instance, or a cluster. Every other step reads it here, held against its resource id. */
import type { CarrierRecord, ClusterRecord, DatabaseRecord } from '../src/ports/control-plane.ts'
import type { World } from '../src/ports/world.ts'
import { CannotLook, type About } from '../src/rules/step.ts'
import type { Endpoint } from './shapes.ts'
import { reasonsOf } from './text.ts'

export type Carrier = DatabaseRecord | ClusterRecord

/** Of which kind it is. The first four carry a CA that a runbook can change; the others are told what they are. */
export const KINDS = [
  'instance',
  'replica',
  'aurora-member',
  'multi-az-cluster',
  'multi-az-member',
  'aurora-cluster',
  'aurora-serverless-v1',
  'rds-custom',
  'other-service',
] as const
export type Kind = (typeof KINDS)[number]

const OTHER_SERVICES = new Set(['docdb', 'neptune'])

/** By what AWS says of it alone: a Multi-AZ DB cluster has an engine of RDS, an Aurora cluster one of Aurora. */
export function kindOf(record: Carrier): Kind {
  if (OTHER_SERVICES.has(record.engine)) return 'other-service'
  if (record.engine.startsWith('custom-')) return 'rds-custom'
  const aurora = record.engine.startsWith('aurora')
  if (record.kind === 'cluster') {
    if (record.engineMode === 'serverless') return 'aurora-serverless-v1'
    return aurora ? 'aurora-cluster' : 'multi-az-cluster'
  }
  if (record.clusterId) return aurora ? 'aurora-member' : 'multi-az-member'
  return record.replicaSource ? 'replica' : 'instance'
}

export const carrierText = {
  'changed-since': {
    says: 'It was on {target}, and AWS says {ca} now: somebody changed it since.',
    cure: 'Find out who asked for it, and what clients are to meet. Then begin a ca-change: to {target} again, or to {ca}, for which its clients are proven there.',
  },
  'is-stopped': {
    says: 'It is stopped ({status}): nothing answers there, and AWS takes no modification.',
    cure: 'Start it ({command}), then look again.',
  },
  gone: {
    says: 'AWS knows no database named {name} in {region} any more.',
    cure: 'It was deleted or renamed. Start again from the list of databases.',
  },
  replaced: {
    says: 'The database named {name} is another one now: {found} instead of {expected}.',
    cure: 'It was deleted and made anew, or restored. What is on record is about the old one. Start again from the list of databases.',
  },
} as const
const { reason } = reasonsOf(carrierText)

/** What was seen under the name was another database's. */
const REFUTES = { refutes: true } as const

/**
 * Reads it by name and holds it against the resource id: a name can be given to another database. Throws CannotLook when it is gone or
 * another, and CannotAsk.
 */
export async function readCarrier(
  { control }: Pick<World, 'control'>,
  about: About,
  signal: AbortSignal,
): Promise<Carrier> {
  const { name, subject } = about
  const record = await (subject.kind === 'cluster' ? control.cluster(name, signal) : control.database(name, signal))
  if (!record) throw new CannotLook(reason('gone', { name, region: subject.region ?? '' }), REFUTES)
  if (record.resourceId !== subject.id)
    throw new CannotLook(reason('replaced', { name, expected: subject.id, found: record.resourceId }), REFUTES)
  return record
}

/**
 * Where it answers now. A database that is renamed keeps its resource id and answers under another name: after a change was sent, 01 is
 * history and may have the name that it had then. Throws as {@link readCarrier}.
 */
export async function endpointNow(
  world: Pick<World, 'control'>,
  about: About,
  identified: Endpoint | undefined,
  signal: AbortSignal,
): Promise<Endpoint | undefined> {
  const { endpoint } = await readCarrier(world, about, signal)
  return endpoint ?? identified
}

/** The AWS CLI's command that starts what is stopped; of an Aurora member, its whole cluster. */
export function startCommand(
  kind: Kind,
  {
    name,
    clusterId,
    region,
  }: { readonly name: string; readonly clusterId?: string | undefined; readonly region: string },
): string {
  const cluster = kind === 'multi-az-cluster' || kind === 'aurora-member'
  const what = cluster ? `cluster --db-cluster-identifier` : 'instance --db-instance-identifier'
  const stopped = kind === 'aurora-member' ? (clusterId ?? name) : name
  return `aws rds start-db-${what} ${stopped} --region ${region}`
}

/** It is stopped, or on its way there. */
export const isStopped = (status: string): boolean => status.startsWith('stopp')

/** Statuses in which AWS has nothing under way for it. */
export const isAvailable = ({ status }: Pick<CarrierRecord, 'status'>): boolean => status === 'available'
