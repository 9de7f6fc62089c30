import type { Checked } from './checked.ts'

/**
 * `strict`: every client's verify-full passes. `some`: the chain and the dates hold, and the name passes by some clients'
 * rules only. `not-proven`: anything else.
 */
export type Verdict =
  | { readonly kind: 'strict' }
  | { readonly kind: 'some'; readonly clients: readonly string[] }
  | { readonly kind: 'not-proven' }

const RULES = [
  ['libpq', 'libpq (psql, psycopg)'],
  ['openssl', 'OpenSSL’s rules (MySQL)'],
  ['node', 'Node (pg, mysql2)'],
] as const

/** What a check comes to, in one word. Pure. */
export function verdictOf({ proof, names }: Checked): Verdict {
  if (proof.strict) return { kind: 'strict' }
  const clients = RULES.filter(([rule]) => names[rule]).map(([, client]) => client)
  return proof.chain.passed && proof.dates.passed && !proof.name.passed && clients.length > 0
    ? { kind: 'some', clients }
    : { kind: 'not-proven' }
}
