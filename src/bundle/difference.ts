import type { Instant } from '../rules/words.ts'
import { summaryOf, type Entry } from './summary.ts'
import type { BundleFile } from './bundle-file.ts'

/** How the roots (and other certificates) of one bundle differ from those of another. */
export interface Difference {
  readonly added: readonly Entry[]
  /** Gone, and valid still: clients that have only the new bundle refuse what such a root vouches for. */
  readonly removed: readonly Entry[]
  /** Gone, and of no use to anybody: expired, or a root of Amazon's own test environments. */
  readonly retired: readonly Entry[]
  /** Under the same name another certificate: `[before, after]`. */
  readonly replaced: readonly (readonly [Entry, Entry])[]
  readonly kept: number
  /** Regions of which the one bundle knows a root and the other knows none. */
  readonly regionsAdded: readonly string[]
  readonly regionsRemoved: readonly string[]
}

const byRegion = (a: Entry, b: Entry): number =>
  (a.region ?? '~').localeCompare(b.region ?? '~') || (a.ca ?? '').localeCompare(b.ca ?? '')

/** Compares by the certificates themselves, never by names or bytes of the file: order and comments are no difference. */
export function difference(before: BundleFile, after: BundleFile, now: Instant): Difference {
  const [old, young] = [summaryOf(before, now), summaryOf(after, now)]
  const known = new Set(old.entries.map(({ sha256 }) => sha256))
  const still = new Set(young.entries.map(({ sha256 }) => sha256))
  const gone = old.entries.filter(({ sha256 }) => !still.has(sha256))
  const come = young.entries.filter(({ sha256 }) => !known.has(sha256))
  const replaced = gone.flatMap((one) => {
    const other = come.find(({ subject, kind }) => subject === one.subject && kind === one.kind)
    return other ? [[one, other] as const] : []
  })
  const paired = new Set(replaced.flatMap(([one, other]) => [one.sha256, other.sha256]))
  const alone = (entries: readonly Entry[]): Entry[] =>
    entries.filter(({ sha256 }) => !paired.has(sha256)).toSorted(byRegion)
  const lost = alone(gone)
  const used = ({ kind, notAfter }: Entry): boolean => kind !== 'preview' && notAfter > now
  return {
    added: alone(come),
    removed: lost.filter(used),
    retired: lost.filter((one) => !used(one)),
    replaced,
    kept: old.entries.length - gone.length,
    regionsAdded: young.regions.filter((region) => !old.regions.includes(region)),
    regionsRemoved: old.regions.filter((region) => !young.regions.includes(region)),
  }
}
