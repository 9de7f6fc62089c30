import { CannotAsk, type ClusterRecord, type DatabaseRecord } from '../ports/control-plane.ts'
import type { Instant } from '../rules/words.ts'
import { callFor, kindOf, KINDS, underOf, type CaCall, type Kind } from './classify.ts'
import type { Discovered, Located, RegionFacts } from './discover.ts'
import { dueOf, restartOf, type Due, type Restart } from './due.ts'

/** One entry of the fleet, as a person reads it. Absent members are not known (yet). */
export interface FleetRow {
  readonly kind: Kind
  readonly account: string
  readonly region: string
  readonly name: string
  readonly resourceId: string
  /** The cluster or source that it is listed under. */
  readonly under?: string
  readonly engine: string
  readonly status: string
  /** Absent: nothing of it is to be rotated by RDS's calls. */
  readonly call?: CaCall
  readonly ca: string
  readonly leafValidTill?: Instant
  readonly rootValidTill?: Instant
  readonly restart: Restart
  readonly due?: Due
  readonly maintenanceWindow?: string
}

type AnyRecord = DatabaseRecord | ClusterRecord

const known = <T>(fact: T | CannotAsk | undefined): T | undefined => (fact instanceof CannotAsk ? undefined : fact)

/** An entry with what its Region says; `facts` absent while they are asked for. */
export function rowOf({ account, region }: Located, record: AnyRecord, facts: RegionFacts | undefined): FleetRow {
  const kind = kindOf(record)
  const call = callFor(kind)
  const under = underOf(record)
  const cas = known(facts?.cas)
  const root = cas?.find(({ id }) => id === record.ca)?.validTill
  const maintenance = (known(facts?.maintenance) ?? []).filter(({ resource }) => resource === record.arn)
  const engine = known(facts?.engines.get(`${record.engine} ${record.engineVersion}`))
  const restart = restartOf(record, engine?.rotatesWithoutRestart)
  const due = call && dueOf(record, root ?? (cas && 'retired'), maintenance, restart)
  return {
    kind,
    account,
    region,
    name: record.id,
    resourceId: record.resourceId,
    ...(under !== undefined && { under }),
    engine: `${record.engine} ${record.engineVersion}`.trim(),
    status: record.status,
    ...(call && { call }),
    ca: record.ca,
    ...(record.leafValidTill !== undefined && { leafValidTill: record.leafValidTill }),
    ...(root !== undefined && { rootValidTill: root }),
    restart,
    ...(due && { due }),
    ...(record.maintenanceWindow !== undefined && { maintenanceWindow: record.maintenanceWindow }),
  }
}

/** Everything that was listed in one account and Region so far. */
export interface RegionInventory {
  readonly at: Located
  readonly records: readonly AnyRecord[]
  readonly facts?: RegionFacts
}

/** Takes in what discovery comes upon, Region by Region. */
export class Inventory {
  readonly #regions = new Map<string, { at: Located; records: AnyRecord[]; facts?: RegionFacts }>()
  readonly failures: Extract<Discovered, { kind: 'failed' }>[] = []
  readonly aliases = new Map<string, string>()
  readonly accounts: Extract<Discovered, { kind: 'account' }>[] = []

  take(one: Discovered): void {
    switch (one.kind) {
      case 'account':
        this.accounts.push(one)
        return
      case 'alias':
        this.aliases.set(one.account, one.alias)
        return
      case 'databases':
        this.#at(one.at).records.push(...one.databases)
        return
      case 'clusters':
        this.#at(one.at).records.push(...one.clusters)
        return
      case 'facts':
        this.#at(one.at).facts = one.facts
        return
      case 'failed':
        this.failures.push(one)
        return
      case 'done':
        return
    }
  }

  #at(at: Located): { at: Located; records: AnyRecord[]; facts?: RegionFacts } {
    const key = `${at.world} ${at.region} ${at.place.profile ?? ''}`
    const found = this.#regions.get(key) ?? { at, records: [] }
    this.#regions.set(key, found)
    return found
  }

  get regions(): readonly RegionInventory[] {
    return [...this.#regions.values()]
  }

  /** What was listed there so far, each under its cluster or source. */
  rowsOf(at: Located): FleetRow[] {
    const { records, facts } = this.#at(at)
    return grouped(records.map((record) => rowOf(at, record, facts)))
  }

  /** How many RDS proxies there are: AWS renews what clients see of them. */
  get proxies(): number {
    return this.regions.reduce((sum, { facts }) => sum + (known(facts?.proxies)?.length ?? 0), 0)
  }

  /** Every entry, by its resource id. */
  rowsByResource(): ReadonlyMap<string, FleetRow> {
    return new Map(
      this.regions.flatMap(({ at, records, facts }) =>
        records.map((record) => [record.resourceId, rowOf(at, record, facts)] as const),
      ),
    )
  }

  /** How many there are of each kind, for what is left out to be counted. */
  counts(): ReadonlyMap<Kind, number> {
    const counts = new Map<Kind, number>()
    for (const { records } of this.#regions.values())
      for (const record of records) counts.set(kindOf(record), (counts.get(kindOf(record)) ?? 0) + 1)
    return new Map(KINDS.flatMap((kind) => (counts.has(kind) ? [[kind, counts.get(kind) ?? 0] as const] : [])))
  }
}

/** Each entry followed by those that stand under it; names in order. */
export function grouped(rows: readonly FleetRow[]): FleetRow[] {
  const byName = [...rows].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const names = new Set(rows.map(({ name }) => name))
  const under = Map.groupBy(byName, (row) => (row.under !== undefined && names.has(row.under) ? row.under : ''))
  const placed = new Set<FleetRow>()
  const withThoseUnder = (row: FleetRow): FleetRow[] => {
    if (placed.has(row)) return []
    placed.add(row)
    return [row, ...(under.get(row.name) ?? []).flatMap((one) => withThoseUnder(one))]
  }
  // A circle of replicas, which AWS cannot give, would be left out by its own members: it is listed as it comes.
  return [...(under.get('') ?? []), ...byName].flatMap((row) => withThoseUnder(row))
}
