import type { SubjectRecord } from './record.ts'

const caOf = (facts: unknown): string | undefined => {
  const basis = typeof facts === 'object' && facts !== null && 'basis' in facts ? facts.basis : undefined
  return typeof basis === 'object' && basis !== null && 'ca' in basis && typeof basis.ca === 'string'
    ? basis.ca
    : undefined
}

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
