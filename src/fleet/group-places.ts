import type { ClusterRecord, DatabaseRecord } from '../ports/control-plane.ts'
import type { GroupPlace } from '../rules/group.ts'
import type { Located } from './discover.ts'
import type { FleetDatabase } from './fleet.ts'
import type { Inventory } from './inventory.ts'

type AnyRecord = DatabaseRecord | ClusterRecord

/** An instance and a cluster may have one name. */
const keyOf = ({ world, region }: Located, kind: AnyRecord['kind'], name: string): string =>
  `${world} ${region} ${kind} ${name}`

/** What it replicates from, by its key; undefined: nothing, or something that lies elsewhere. */
function sourceKey(at: Located, record: AnyRecord): string | undefined {
  const name = record.kind === 'database' ? record.replicaSource : record.replicationSource
  if (name === undefined) return undefined
  const [, , , region, , kind, id] = name.split(':')
  if (id !== undefined)
    return region === at.region ? keyOf(at, kind === 'cluster' ? 'cluster' : 'database', id) : undefined
  return keyOf(at, record.kind === 'cluster' || record.fromCluster ? 'cluster' : 'database', name)
}

/** Where each database stands among those that hold the same data: the members of its cluster, and all that replicate from one source. */
export function placesIn({ regions }: Inventory): (one: FleetDatabase) => GroupPlace | undefined {
  const sources = new Map<string, string>()
  const clusters = new Map<string, ClusterRecord>()
  for (const { at, records } of regions)
    for (const record of records) {
      const key = keyOf(at, record.kind, record.id)
      const source = sourceKey(at, record)
      if (source !== undefined) sources.set(key, source)
      if (record.kind === 'cluster') clusters.set(key, record)
    }
  const replicatedFrom = new Set(sources.values())

  return ({ at, record }) => {
    const cluster =
      record.kind === 'database' && record.clusterId !== undefined ? keyOf(at, 'cluster', record.clusterId) : undefined
    let root = cluster ?? keyOf(at, record.kind, record.id)
    const isSource = replicatedFrom.has(root)
    const above = new Set<string>()
    // A circle, which AWS cannot give, ends where it began.
    for (let next = sources.get(root); next !== undefined && !above.has(next); next = sources.get(next)) {
      above.add(next)
      root = next
    }
    const depth = above.size
    if (cluster !== undefined) {
      const writes = clusters.get(cluster)?.members.some(({ id, writer }) => writer && id === record.id)
      return { group: root, role: writes ? 'writer' : 'reader', depth }
    }
    if (depth > 0) return { group: root, role: 'replica', depth }
    return isSource ? { group: root, role: 'source', depth } : undefined
  }
}
