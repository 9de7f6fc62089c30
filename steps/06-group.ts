/** Who shares the data, and so the clients, with what is to be changed: members of its cluster, replicas, sources, other Regions. */
import type { BlueGreenRecord, ClusterRecord } from '../src/ports/control-plane.ts'
import type { World } from '../src/ports/world.ts'
import type { About } from '../src/rules/step.ts'
import { relativesOf, type Relative } from './06-replication.ts'
import type { Carrier } from './carrier.ts'
import { z } from './shapes.ts'
import { unlessUntold, type Untold } from './soft.ts'

const other = z.object({
  name: z.string(),
  /** Its resource id; absent where AWS would not tell, or it is in another Region. */
  id: z.optional(z.string()),
  /** What replicates from the same source beside it, or above and below that, is a sibling. */
  as: z.enum(['writer', 'reader', 'source', 'replica', 'sibling']),
  /** Absent: an instance. */
  kind: z.optional(z.literal('cluster')),
  ca: z.optional(z.string()),
  pendingCa: z.optional(z.string()),
  status: z.optional(z.string()),
})
export type Other = z.infer<typeof other>

export const group = z.object({
  role: z.enum(['writer', 'reader', 'source', 'replica', 'alone']),
  cluster: z.optional(z.string()),
  others: z.array(other),
  /** ARNs of replicas and sources in other Regions. */
  elsewhere: z.array(z.string()),
  /** The other Regions of its global database. */
  globalRegions: z.array(z.string()),
  blueGreen: z.optional(z.object({ name: z.string(), status: z.string() })),
  babelfish: z.boolean(),
})
export type Group = z.infer<typeof group>
export const ALONE: Group = { role: 'alone', others: [], elsewhere: [], globalRegions: [], babelfish: false }

export interface GroupLook {
  readonly group: Group
  readonly cluster: ClusterRecord | undefined
}

const regionOf = (arn: string): string => arn.split(':')[3] ?? ''

/** Reads everybody who shares its clients. What AWS would not tell is put down in `untold`. Throws CannotLook and when aborted, not CannotAsk. */
export async function lookAtGroup(
  world: Pick<World, 'control'>,
  record: Carrier,
  untold: Untold[],
  signal: AbortSignal,
): Promise<GroupLook> {
  const { control } = world
  const soft = <T>(asked: Promise<T>) => unlessUntold(asked, untold, signal)
  const clusterId = record.kind === 'database' ? record.clusterId : undefined
  const cluster =
    record.kind === 'cluster' ? record : clusterId ? await soft(control.cluster(clusterId, signal)) : undefined

  // The members of a Multi-AZ DB cluster carry no CA of their own.
  const members = record.kind === 'database' ? (cluster?.members ?? []).filter(({ id }) => id !== record.id) : []
  const [sharing, replicating, globals, blueGreens, babelfish] = await Promise.all([
    Promise.all(members.map(async ({ id, writer }) => memberOf(id, writer, await soft(control.database(id, signal))))),
    relativesOf(control, record, cluster, soft, signal),
    cluster?.globalClusterId ? soft(control.globalClusters(signal)) : undefined,
    soft(control.blueGreens(signal)),
    isBabelfish(control, cluster, signal),
  ])
  const global = globals?.find(({ id }) => id === cluster?.globalClusterId)
  const blueGreen = blueGreens?.find((one) => concerns(one, [record.arn, ...(cluster ? [cluster.arn] : [])]))
  const regions = new Set(global?.members.map(({ clusterArn }) => regionOf(clusterArn)))
  regions.delete(control.region)
  return {
    cluster,
    group: {
      role: roleOf(record, cluster),
      ...(cluster && { cluster: cluster.id }),
      others: [...sharing, ...replicating.relatives].map(withState).sort(byName),
      elsewhere: [...replicating.elsewhere].sort(),
      globalRegions: [...regions].sort(),
      ...(blueGreen && { blueGreen: { name: blueGreen.name, status: blueGreen.status } }),
      babelfish,
    },
  }
}

/** A cluster and an instance may have one name. */
const byName = (a: Other, b: Other): number =>
  a.name === b.name ? (a.kind ?? '').localeCompare(b.kind ?? '') : a.name < b.name ? -1 : 1

const memberOf = (name: string, writer: boolean, record: Carrier | undefined) => ({
  name,
  as: writer ? ('writer' as const) : ('reader' as const),
  ...(record && { record }),
})

function withState({ name, as, record }: Omit<Relative, 'as'> & Pick<Other, 'as'>): Other {
  if (!record) return { name, as }
  const { kind, resourceId: id, ca, pendingCa, status } = record
  return { name, as, ...(kind === 'cluster' && { kind }), id, ca, ...(pendingCa && { pendingCa }), status }
}

function roleOf(record: Carrier, cluster: ClusterRecord | undefined): Group['role'] {
  if (record.kind === 'cluster') return record.replicas.length > 0 ? 'source' : 'alone'
  const member = cluster?.members.find(({ id }) => id === record.id)
  if (member) return member.writer ? 'writer' : 'reader'
  if (record.replicaSource !== undefined) return 'replica'
  return record.replicas.length > 0 || record.replicaClusters ? 'source' : 'alone'
}

const OVER = new Set(['SWITCHOVER_COMPLETED', 'DELETING', 'INVALID_CONFIGURATION'])

const concerns = ({ source, target, switchover, status }: BlueGreenRecord, arns: readonly string[]): boolean =>
  !OVER.has(status) &&
  [source, target, ...switchover.flatMap((pair) => [pair.source, pair.target])].some(
    (arn) => arn !== undefined && arns.includes(arn),
  )

/** Whether it speaks SQL Server's protocol beside its own. Colour: who may not read the parameter is not stopped by it. */
async function isBabelfish(
  control: World['control'],
  cluster: ClusterRecord | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const parameters = cluster?.engine === 'aurora-postgresql' ? cluster.clusterParameterGroup : undefined
  if (parameters === undefined) return false
  const status = await unlessUntold(control.clusterParameter(parameters, 'rds.babelfish_status', signal), [], signal)
  return status === 'on'
}

/** The databases of it that carry a CA of their own in this Region: of these and this one, one at a time is changed. */
export const peersOf = ({ others }: Group, { subject }: About): About[] =>
  others.flatMap<About>(({ id, kind, name }) =>
    id === undefined ? [] : [{ subject: { ...subject, kind: kind ?? 'database', id }, name }],
  )
