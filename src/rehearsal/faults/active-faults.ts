import { MUTATING } from '../api/actions/index.ts'
import type { Call } from '../api/call.ts'
import type { WireError } from '../api/wire-error.ts'
import type { Pki } from '../data-plane.ts'
import { planOf } from '../fleet/new-fleet.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import { RegionUnusable } from '../region-unusable.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { RegionState } from '../state/region-state.ts'
import { WORLDS } from '../world.ts'
import type { Fault, Strike, StruckWorld } from './fault.ts'
import { FAULTS } from './fault-list.ts'

/** A fault that is switched on, everywhere or for one database. */
export interface FaultSetting {
  readonly fault: Fault
  readonly database: string | undefined
}

/**
 * Reads `NAME` or `NAME:DATABASE`. Throws {@link RegionUnusable} `UNKNOWN_FAULT` with the names that there are.
 * `databases` are the identifiers that can be named; absent where they are not known yet.
 */
export function parseFault(text: string, databases?: readonly string[]): FaultSetting {
  const [name = '', database] = text.split(':', 2)
  const fault = FAULTS.find((known) => known.name === name)
  const names = FAULTS.map((known) => known.name).join(', ')
  if (!fault) throw new RegionUnusable('UNKNOWN_FAULT', `There is no fault named "${name}". There are: ${names}.`)
  if (database !== undefined && !fault.perDatabase)
    throw new RegionUnusable(
      'UNKNOWN_FAULT',
      `The fault ${name} concerns the whole Region: give it without ":${database}".`,
    )
  if (database !== undefined && databases && !databases.includes(database))
    throw new RegionUnusable(
      'UNKNOWN_FAULT',
      `The rehearsal has no database "${database}" for the fault ${name}. It has: ${databases.join(', ')}.`,
    )
  return { fault, database }
}

/** The faults that are switched on now, asked at each place where one can have a hand in things. */
export class ActiveFaults {
  #settings: readonly FaultSetting[]
  readonly #seen = new Map<string, number>()
  /** Databases that were asked for by name, and what has struck them. */
  readonly #lookedAt = new Set<string>()
  readonly #struck = new Set<string>()

  constructor(settings: readonly FaultSetting[]) {
    this.#settings = settings
  }

  /** As given: `NAME` or `NAME:DATABASE`. */
  get names(): readonly string[] {
    return this.#settings.map(({ fault, database }) =>
      database === undefined ? fault.name : `${fault.name}:${database}`,
    )
  }

  /** Switches these on and all others off. */
  replace(settings: readonly FaultSetting[]): void {
    this.#settings = settings
    this.#seen.clear()
    this.#lookedAt.clear()
    this.#struck.clear()
  }

  /** Those that concern a database. */
  of({ id, key }: Pick<DatabaseState, 'id' | 'key'>): readonly Fault[] {
    return this.#settings
      .filter(({ database }) => database === undefined || database === id || database === key)
      .map(({ fault }) => fault)
  }

  /** The error that a call gets instead of being carried out, and whose doing it is. Counts the call. */
  refusalOf(call: Call): { readonly error: WireError; readonly fault: string } | undefined {
    const earlier = this.#seen.get(call.action) ?? 0
    const changes = [...this.#seen].reduce((sum, [action, times]) => (MUTATING.has(action) ? sum + times : sum), 0)
    this.#seen.set(call.action, earlier + 1)
    for (const { name, refuses } of this.#concerning(call)) {
      const error = refuses?.(call, earlier, changes)
      if (error) return { error, fault: name }
    }
    return undefined
  }

  /** What strikes before this call is carried out, the first of several. Remembers what the call looks at. */
  strikeOf(call: Call, world: StruckWorld, pace: Pace): (Strike & { readonly fault: string }) | undefined {
    if (!this.#settings.some(({ fault }) => fault.strikes)) return undefined
    const isChange = MUTATING.has(call.action)
    const named = world.databases.filter((database) => isNamed(database, call, world))
    const group = new Set(named.flatMap(({ member }) => (member ? [member.cluster] : [])))
    const struck = this.#firstStrike(world.databases, (database, when) => {
      if (when === 'looked-at') return this.#lookedAt.has(database.key)
      return (
        isChange && (named.includes(database) || (database.member !== undefined && group.has(database.member.cluster)))
      )
    })
    if (!isChange) for (const { key } of named) this.#lookedAt.add(key)
    if (!struck) return undefined
    const { database, fault } = struck
    this.#struck.add(`${fault.name} ${database.key}`)
    const strike = fault.strikes?.strike(database, world, pace, call)
    return strike && { ...strike, fault: fault.name }
  }

  #firstStrike(
    databases: readonly DatabaseState[],
    isTime: (database: DatabaseState, when: NonNullable<Fault['strikes']>['when']) => boolean,
  ): { readonly database: DatabaseState; readonly fault: Fault } | undefined {
    for (const database of databases)
      for (const fault of this.of(database))
        if (fault.strikes && !this.#struck.has(`${fault.name} ${database.key}`) && isTime(database, fault.strikes.when))
          return { database, fault }
    return undefined
  }

  /** Databases as a call is shown them. */
  shown(databases: readonly DatabaseState[], call: Call): readonly DatabaseState[] {
    if (!this.#settings.some(({ fault }) => fault.shows)) return databases
    return databases.map((database) =>
      this.of(database).reduce((one, { shows }) => shows?.(one, call) ?? one, database),
    )
  }

  /** Milliseconds at speed 1 that an answer is held back. */
  get delay(): number {
    return Math.max(0, ...this.#settings.map(({ fault }) => fault.delays ?? 0))
  }

  /** The fault that cuts the answer to this call, if one does. */
  cutterOf(call: Call): string | undefined {
    return this.#concerning(call).find(({ cutsAnswer }) => cutsAnswer?.(call))?.name
  }

  /** The bundle to serve instead of the right one. */
  bundle(pki: Pki): string | undefined {
    return this.#settings.find(({ fault }) => fault.bundle)?.fault.bundle?.(pki)
  }

  #concerning(call: Call): readonly Fault[] {
    const named = namedBy(call)
    return this.#settings
      .filter(({ database }) => database === undefined || database === named)
      .map(({ fault }) => fault)
  }
}

/** The database or cluster that a call names. */
const namedBy = ({ parameters }: Call): string | undefined =>
  parameters['DBInstanceIdentifier'] ??
  parameters['DBClusterIdentifier'] ??
  parameters['ResourceIdentifier']?.split(':').at(-1)

/** Whether a call names this database, or the Multi-AZ DB cluster that it is a member of. */
function isNamed(database: DatabaseState, call: Call, { clusters }: StruckWorld): boolean {
  const name = namedBy(call)?.toLowerCase()
  if (name === undefined || database.account !== call.account || database.region !== call.region) return false
  return database.id === name || clusters.some(({ id, key }) => id === name && key === database.member?.cluster)
}

/** What can be named after a fault's colon: databases, by identifier or key, and clusters. */
export const namesIn = ({ clusters, databases }: Pick<RegionState, 'clusters' | 'databases'>): readonly string[] => [
  ...new Set([...databases.flatMap(({ id, key }) => [id, key]), ...clusters.map(({ id }) => id)]),
]

/** The same, of every world that there is. */
export const EVERY_NAME: readonly string[] = WORLDS.map((name) => planOf(name)).flatMap(({ clusters, databases }) => [
  ...databases.flatMap(({ id, key }) => [id, key]),
  ...clusters.map(({ id }) => id),
])
