import type { SubjectRecord } from './record.ts'

/** The CA that these facts say a database has, where they say one. */
export const caOf = (facts: unknown): string | undefined => {
  const basis = typeof facts === 'object' && facts !== null && 'basis' in facts ? facts.basis : undefined
  return typeof basis === 'object' && basis !== null && 'ca' in basis && typeof basis.ca === 'string'
    ? basis.ca
    : undefined
}

/**
 * The CA that a database has now: what whichever step saw it last saw, in whichever rotation, since the list of databases was read only
 * once. `listed`: what that list said.
 */
export function caNow({ evidence }: SubjectRecord, listed: string | undefined): string | undefined {
  const seen = Object.values(evidence).flatMap(({ at, facts }) => {
    const ca = caOf(facts)
    return ca === undefined ? [] : [{ at, ca }]
  })
  return seen.toSorted((a, b) => a.at - b.at).at(-1)?.ca ?? listed
}
