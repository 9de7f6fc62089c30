import { caOf } from './ca-now.ts'
import type { SubjectRecord } from './record.ts'

/**
 * The CAs that a database is on record to have served, the latest first: by the facts that were kept with each change that was sent and
 * each end. The way back leads to one of these.
 */
export function servedBefore({ rotations }: SubjectRecord): readonly string[] {
  const served = rotations.flatMap(({ sendings, end }) => [
    ...sendings.flatMap(({ kept }) => Object.values(kept)),
    ...Object.values(end?.kept ?? {}),
  ])
  const cas = served.flatMap(({ facts }) => caOf(facts) ?? [])
  return [...new Set(cas.reverse())]
}
