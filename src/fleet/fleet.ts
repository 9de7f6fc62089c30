import { declaredOf } from '../config/declared.ts'
import type { Names } from '../config/names.ts'
import type { ClusterRecord, DatabaseRecord } from '../ports/control-plane.ts'
import type { Config } from '../config/schema.ts'
import type { About } from '../rules/step.ts'
import { subjectKey, type Subject } from '../rules/words.ts'
import type { Located } from './discover.ts'

/** One database as AWS lists it, and what reads it. */
export interface FleetDatabase {
  readonly about: About
  readonly record: DatabaseRecord | ClusterRecord
  readonly at: Located
}

export const subjectOf = ({ world, region }: Located, record: DatabaseRecord | ClusterRecord): Subject => ({
  kind: record.kind,
  world,
  region,
  id: record.resourceId,
})

/**
 * The order in which to rotate: staging before production, a twin before what rests on it, else by account, Region and name. A twin of a
 * twin comes first of all; a circle, which the configuration refuses, would be broken at its first member.
 */
export function inOrder<T extends { readonly about: About }>(
  databases: readonly T[],
  config: Config,
  names: Names,
  isStaging: (one: T) => boolean,
): T[] {
  const keyed = databases.map((one) => ({
    one,
    rank: isStaging(one) ? 0 : 1,
    key: [one.about.subject.world, one.about.subject.region ?? '', one.about.name].join('\n'),
  }))
  keyed.sort((a, b) => a.rank - b.rank || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const sorted = keyed.map(({ one }) => one)
  const bySubject = new Map(sorted.map((one) => [subjectKey(one.about.subject), one]))
  const placed = new Set<T>()
  const place = (one: T, under: readonly T[]): void => {
    if (placed.has(one) || under.includes(one)) return
    const twin = declaredOf(config, names.namesOf(one.about))?.twin
    const before = twin === undefined ? undefined : names.standingFor(twin)
    for (const { subject } of before?.members ?? (before ? [before] : [])) {
      const surety = bySubject.get(subjectKey(subject))
      if (surety) place(surety, [...under, one])
    }
    placed.add(one)
  }
  for (const one of sorted) place(one, [])
  return [...placed]
}
