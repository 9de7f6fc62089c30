/** Everybody who replicates from the same source in this Region, however many steps away: above, below, and beside. */
import type { ClusterRecord } from '../src/ports/control-plane.ts'
import type { World } from '../src/ports/world.ts'
import { kindOf, type Carrier } from './carrier.ts'

/** One that carries a CA and has the same data. */
export interface Relative {
  readonly name: string
  /** Above it, below it, or neither: another branch of the same tree. */
  readonly as: 'source' | 'replica' | 'sibling'
  /** Absent where AWS would not tell, or knows none of that name. */
  readonly record?: Carrier
}

export interface Relatives {
  readonly relatives: readonly Relative[]
  /** ARNs of its own sources and replicas that lie in other Regions or accounts: those are not read. */
  readonly elsewhere: ReadonlySet<string>
}

/** What a record names: an instance and a cluster may have one name. */
interface Link {
  readonly kind: Carrier['kind']
  readonly name: string
  readonly as: Relative['as']
}

type Ask = <T>(asked: Promise<T>) => Promise<T | undefined>

const above = (record: Carrier): Omit<Link, 'as'>[] => {
  const name = record.kind === 'database' ? record.replicaSource : record.replicationSource
  const kind = record.kind === 'cluster' || record.fromCluster ? 'cluster' : 'database'
  return name === undefined ? [] : [{ kind, name }]
}

function below(record: Carrier): Omit<Link, 'as'>[] {
  const named = (kind: Link['kind'], names: readonly string[] = []) => names.map((name) => ({ kind, name }))
  if (record.kind === 'cluster')
    return named(kindOf(record) === 'multi-az-cluster' ? 'database' : 'cluster', record.replicas)
  return [...named('database', record.replicas), ...named('cluster', record.replicaClusters)]
}

/** Its neighbours in the tree: upwards only on the way to the first source, so that no branch is gone through twice. */
function neighbours(record: Carrier, as: Relative['as'] | 'self'): Link[] {
  const up = as === 'self' || as === 'source' ? above(record).map((one) => ({ ...one, as: 'source' as const })) : []
  const under = as === 'self' || as === 'replica' ? ('replica' as const) : ('sibling' as const)
  return [...up, ...below(record).map((one) => ({ ...one, as: under }))]
}

/** A link by its name alone, where it leads into this account and Region; undefined: it leads elsewhere. */
function here<L extends Link>(link: L, home: string): L | undefined {
  if (!link.name.startsWith('arn:')) return link
  const [, , , region, account, kind, name] = link.name.split(':')
  const isHome = home.split(':').slice(3, 5).join(':') === `${region}:${account}`
  return isHome && name !== undefined ? { ...link, kind: kind === 'cluster' ? 'cluster' : 'database', name } : undefined
}

/**
 * Goes through the whole tree that it replicates in, level by level. `cluster`: the one that it is a member of, or itself. What `ask`
 * could not learn is left without a record, and nothing behind it is seen.
 */
export async function relativesOf(
  control: World['control'],
  record: Carrier,
  cluster: ClusterRecord | undefined,
  ask: Ask,
  signal: AbortSignal,
): Promise<Relatives> {
  const own = cluster && cluster !== record ? [record, cluster] : [record]
  const relatives: Relative[] = []
  const elsewhere = new Set<string>()
  const met = new Set(own.map(({ kind, id }) => `${kind} ${id}`))
  let level = own.flatMap((one) => neighbours(one, 'self'))
  // The other clusters of a global database are named by Region, as its members.
  const away = level.filter((one) => !here(one, record.arn))
  if (!cluster?.globalClusterId) for (const { name } of away) elsewhere.add(name)

  const read = async ({ kind, name, as }: Link): Promise<Link[]> => {
    const asked: Promise<Carrier | undefined> =
      kind === 'cluster' ? control.cluster(name, signal) : control.database(name, signal)
    const found = await ask(asked)
    relatives.push(...(await carriersOf(control, { name, as, ...(found && { record: found }) }, ask, signal)))
    return found ? neighbours(found, as) : []
  }
  while (level.length > 0) {
    const next = level
      .flatMap((link) => here(link, record.arn) ?? [])
      .filter(({ kind, name }) => {
        const key = `${kind} ${name}`
        return !met.has(key) && met.add(key)
      })
    level = (await Promise.all(next.map((link) => read(link)))).flat()
  }
  return { relatives, elsewhere }
}

/** What carries the CA there: of an Aurora cluster, each of its members. */
async function carriersOf(
  control: World['control'],
  relative: Relative,
  ask: Ask,
  signal: AbortSignal,
): Promise<Relative[]> {
  const { as, record } = relative
  if (record?.kind !== 'cluster' || kindOf(record) === 'multi-az-cluster') return [relative]
  return Promise.all(
    record.members.map(async ({ id: name }) => {
      const member = await ask(control.database(name, signal))
      return { name, as, ...(member && { record: member }) }
    }),
  )
}
