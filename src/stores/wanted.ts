import type { BundledCertificate } from '../ports/bundles.ts'
import type { Instant } from '../rules/words.ts'
import { rdsCaOf } from '../check/rds-ca.ts'

/** A root, by the name that the RDS API gives its CA, and its SHA-1 (what the API calls Thumbprint). */
export interface Root {
  readonly ca: string
  readonly sha1: string
}

/** The root to go to. `proposed`: nobody has decided on it; 01 proposes it. */
export type TargetRoot = Root & { readonly proposed?: true }

/** What a store has to hold for databases that are alike, or for a Region where no database is meant. */
export interface Wanted {
  /** Their names; empty: for the Region. */
  readonly databases: readonly string[]
  readonly region: string
  /** The root to go to, and the one that is served now while it matters. Without either, every root of the Region is wanted. */
  readonly target?: TargetRoot | undefined
  readonly served?: Root | undefined
  /** What the bundle holds for the Region and has not expired; empty where there is no bundle. */
  readonly all: readonly Root[]
}

/** The roots of a Region in a bundle that have not expired, each with its CA's name. */
export const rootsOf = (certificates: readonly BundledCertificate[], region: string, now: Instant): readonly Root[] =>
  certificates.flatMap(({ subject, sha1, selfSigned, notAfter }) => {
    const ca = rdsCaOf(subject)
    const concerns = ca && !ca.preview && (ca.region === region || ca.region === undefined)
    return concerns && selfSigned && notAfter > now ? [{ ca: ca.id, sha1 }] : []
  })

/** What is wanted of a store, each root once; empty where nothing is known to be wanted. */
export function rootsWanted({ target, served, all }: Wanted): readonly Root[] {
  const named = [target, served].filter((root) => root !== undefined)
  const roots = named.length > 0 ? named : all
  return [...new Map(roots.map((root) => [root.sha1, root])).values()]
}

/** Databases of which the same is wanted, put together: an application may have forty of them. */
export function together(all: readonly Wanted[]): readonly Wanted[] {
  const alike = Map.groupBy(all, ({ region, target, served }) =>
    [region, target?.sha1, target?.proposed, served?.sha1].join(' '),
  )
  return [...alike.values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, databases: [first, ...more].flatMap(({ databases }) => databases) }] : [],
  )
}
