import type { DatabaseRecord } from '../ports/control-plane.ts'
import type { Config } from '../config/schema.ts'
import type { About } from '../rules/step.ts'
import type { Subject } from '../rules/words.ts'

/** One database as AWS lists it, and whom it belongs to. */
export interface FleetDatabase {
  readonly about: About
  readonly record: DatabaseRecord
  /** The profile that reads it; absent for the session's own. */
  readonly profile?: string
}

/** Other services answer the same listing; their certificates are rotated by their own APIs. */
const OTHER_SERVICES = new Set(['docdb', 'neptune'])

export const isOtherService = (record: DatabaseRecord): boolean => OTHER_SERVICES.has(record.engine)

export const subjectOf = (world: string, region: string, record: DatabaseRecord): Subject => ({
  kind: 'database',
  world,
  region,
  id: record.resourceId,
})

/**
 * The order in which to rotate: staging before production, a twin before what rests on it, else by name. A twin of a
 * twin comes first of all; a circle, which the configuration refuses, would be broken at its first member.
 */
export function inOrder<T extends { readonly about: About }>(databases: readonly T[], config: Config): T[] {
  const rank = ({ about }: T): number => (config.databases[about.name]?.environment === 'staging' ? 0 : 1)
  const sorted = [...databases].sort((a, b) => rank(a) - rank(b) || a.about.name.localeCompare(b.about.name, 'en'))
  const placed = new Map<string, T>()
  const place = (database: T, under: readonly string[]): void => {
    const { name } = database.about
    if (placed.has(name) || under.includes(name)) return
    const twin = config.databases[name]?.twin
    const before = twin === undefined ? undefined : sorted.find((one) => one.about.name === twin)
    if (before) place(before, [...under, name])
    placed.set(name, database)
  }
  for (const database of sorted) place(database, [])
  return [...placed.values()]
}
