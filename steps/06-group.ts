/** Who shares the data, and so the clients, with what is to be changed: members of its cluster, replicas, sources, other Regions. */
import type { BlueGreenRecord, ClusterRecord } from '../src/ports/control-plane.ts'
import type { World } from '../src/ports/world.ts'
import type { About } from '../src/rules/step.ts'
import type { Carrier } from './carrier.ts'
import { z } from './shapes.ts'
import { unlessUntold, type Untold } from './soft.ts'

const other = z.object({
  name: z.string(),
  /** Its resource id; absent where AWS would not tell, or it is in another Region. */
  id: z.optional(z.string()),
  as: z.enum(['writer', 'reader', 'source', 'replica']),
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

const isArn = (name: string): boolean => name.startsWith('arn:')
const regionOf = (arn: string): string => arn.split(':')[3] ?? ''
const nameOf = (arn: string): string => arn.split(':')[6] ?? arn

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

  const named: Pick<Other, 'name' | 'as'>[] = []
  const elsewhere: string[] = []
  const add = (name: string, as: Other['as']) => {
    if (!isArn(name)) named.push({ name, as })
    else if (regionOf(name) === control.region) named.push({ name: nameOf(name), as })
    else elsewhere.push(name)
  }
  // The members of a Multi-AZ DB cluster carry no CA of their own.
  if (record.kind === 'database')
    for (const { id, writer } of cluster?.members ?? []) if (id !== record.id) add(id, writer ? 'writer' : 'reader')
  for (const name of record.replicas) add(name, 'replica')
  const source = record.kind === 'database' ? record.replicaSource : record.replicationSource
  if (source !== undefined) add(source, 'source')

  const [others, globals, blueGreens, babelfish] = await Promise.all([
    Promise.all(named.map((one) => withState(control, one, soft, signal))),
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
      others: others.sort((a, b) => (a.name < b.name ? -1 : 1)),
      elsewhere: elsewhere.sort(),
      globalRegions: [...regions].sort(),
      ...(blueGreen && { blueGreen: { name: blueGreen.name, status: blueGreen.status } }),
      babelfish,
    },
  }
}

async function withState(
  control: World['control'],
  one: Pick<Other, 'name' | 'as'>,
  soft: <T>(asked: Promise<T>) => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<Other> {
  const record = await soft(control.database(one.name, signal))
  if (!record) return one
  const { resourceId: id, ca, pendingCa, status } = record
  return { ...one, id, ca, ...(pendingCa && { pendingCa }), status }
}

function roleOf(record: Carrier, cluster: ClusterRecord | undefined): Group['role'] {
  if (record.kind === 'cluster') return 'alone'
  const member = cluster?.members.find(({ id }) => id === record.id)
  if (member) return member.writer ? 'writer' : 'reader'
  if (record.replicaSource !== undefined) return 'replica'
  return record.replicas.length > 0 ? 'source' : 'alone'
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
  others.flatMap(({ id, name }) => (id === undefined ? [] : [{ subject: { ...subject, kind: 'database', id }, name }]))
