/** What a trust store is good for. Pure. */
import type { Route, Verification } from '../rules/decisions.ts'
import type { TrustStoreKind, TrustStoreSeen } from '../ports/trust-stores.ts'
import type { BundledCertificate } from '../ports/bundles.ts'
import type { Instant } from '../rules/words.ts'
import { isAmazonPublic, rdsCaOf } from '../check/rds-ca.ts'
import { rootsWanted, type Root, type Wanted } from './wanted.ts'

/** How the application that declares a store uses it. A store that is given by itself is taken for one that verifies, directly. */
export interface StoreUse {
  readonly application?: string
  readonly owner?: string
  readonly verification: Verification
  readonly route: Route
}

export const DIRECT_USE: StoreUse = { verification: 'verify-full', route: 'direct' }

/**
 * `good`: all that is wanted is in it. `lacks`: something is not. `no-roots`: only intermediates or leaves, which AWS replaces. `empty`.
 * `not-judged`: nobody has said what is wanted. `not-needed`: this change cannot break what uses it.
 */
export type StoreVerdict = 'good' | 'lacks' | 'no-roots' | 'empty' | 'not-judged' | 'not-needed'

/** Roots of Amazon RDS for one Region; undefined: for none in particular. */
export interface RegionRoots {
  readonly region: string | undefined
  readonly roots: readonly { readonly ca: string; readonly notAfter: Instant; readonly expired: boolean }[]
}

/** A store held against what one database, or Region, wants of it. */
export interface JudgedFor {
  readonly wanted: Wanted
  readonly present: readonly Root[]
  readonly missing: readonly Root[]
  /** Roots in the store that have a missing one's name and are other certificates: rehearsals', copies, forgeries. */
  readonly namesakes: readonly Root[]
}

export interface JudgedStore {
  readonly kind: TrustStoreKind
  readonly use: StoreUse
  readonly seen: TrustStoreSeen
  readonly verdict: StoreVerdict
  /** For each database or Region that is meant: which wanted roots are there, and which are not. */
  readonly judged: readonly JudgedFor[]
  readonly regions: readonly RegionRoots[]
  /** Of RDS or not: what is no self-signed CA, by subject. */
  readonly others: readonly string[]
  /** Roots that are not Amazon RDS's, and how many of them are Amazon's public ones, which RDS Proxy's certificates come from. */
  readonly otherRoots: number
  readonly amazonRoots: number
}

const isRoot = ({ selfSigned, isCa }: BundledCertificate): boolean => selfSigned && isCa

function regionsOf(roots: readonly BundledCertificate[], now: Instant): readonly RegionRoots[] {
  const regions = new Map<string | undefined, RegionRoots['roots'][number][]>()
  for (const { subject, notAfter } of roots) {
    const ca = rdsCaOf(subject)
    if (!ca || ca.preview) continue
    const known = regions.get(ca.region) ?? []
    known.push({ ca: ca.id, notAfter, expired: notAfter <= now })
    regions.set(ca.region, known)
  }
  const name = (region: string | undefined): string => region ?? ''
  return [...regions]
    .map(([region, found]) => ({ region, roots: found.sort((a, b) => (a.ca < b.ca ? -1 : 1)) }))
    .sort((a, b) => (name(a.region) < name(b.region) ? -1 : 1))
}

function judgeFor(wanted: Wanted, roots: readonly BundledCertificate[]): JudgedFor {
  const held = new Set(roots.map(({ sha1 }) => sha1))
  const all = rootsWanted(wanted)
  const missing = all.filter(({ sha1 }) => !held.has(sha1))
  const namesakes = roots.flatMap(({ subject, sha1 }) => {
    const ca = rdsCaOf(subject)
    const isMissing = missing.some((one) => one.ca === ca?.id && (ca.region ?? wanted.region) === wanted.region)
    return ca && isMissing ? [{ ca: ca.id, sha1 }] : []
  })
  return { wanted, present: all.filter(({ sha1 }) => held.has(sha1)), missing, namesakes }
}

function verdictOf(store: Omit<JudgedStore, 'verdict'>): StoreVerdict {
  const { verification, route } = store.use
  if (route === 'rds-proxy' || verification === 'none' || verification === 'plain') return 'not-needed'
  if (store.seen.certificates.length === 0) return 'empty'
  if (!store.seen.certificates.some((one) => isRoot(one))) return 'no-roots'
  if (store.judged.length === 0 || store.judged.some(({ wanted }) => rootsWanted(wanted).length === 0))
    return 'not-judged'
  return store.judged.some(({ missing }) => missing.length > 0) ? 'lacks' : 'good'
}

/** Judges a store for all that is wanted of it. */
export function judgeStore(
  kind: TrustStoreKind,
  seen: TrustStoreSeen,
  use: StoreUse,
  wanted: readonly Wanted[],
  now: Instant,
): JudgedStore {
  const certificates = [...new Map(seen.certificates.map((one) => [one.sha256, one])).values()]
  const roots = certificates.filter((one) => isRoot(one))
  const foreign = roots.filter(({ subject }) => rdsCaOf(subject) === undefined)
  const store = {
    kind,
    use,
    seen,
    judged: wanted.map((one) => judgeFor(one, roots)),
    regions: regionsOf(roots, now),
    others: certificates.filter((one) => !isRoot(one)).map(({ subject }) => subject),
    otherRoots: foreign.length,
    amazonRoots: foreign.filter(({ subject }) => isAmazonPublic(subject)).length,
  }
  return { ...store, verdict: verdictOf(store) }
}
