import type { BundleFinding } from '../ports/bundles.ts'
import type { Instant } from '../rules/words.ts'
import { isPreview, regionOf } from '../tls/bundled.ts'
import { seen, shortName } from '../tls/describe.ts'
import { caOf, kindOf, regionsIn, type Kind } from './authority.ts'
import type { BundleFile } from './bundle-file.ts'

/** One certificate, as a list or a program wants it. */
export interface Entry {
  readonly subject: string
  /** The common name. */
  readonly name: string
  readonly kind: Kind
  readonly region?: string
  /** As the RDS API calls it. */
  readonly ca?: string
  /** For example `rsa2048`, `ec-secp384r1`. */
  readonly key: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** For a root, what the RDS API calls its Thumbprint. */
  readonly sha1: string
  readonly sha256: string
}

export interface Summary {
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  readonly certificates: number
  readonly kinds: Readonly<Record<Kind, number>>
  readonly regions: readonly string[]
  /** How many certificates there are of each CA, and of each type of key. */
  readonly cas: Readonly<Record<string, number>>
  readonly keys: Readonly<Record<string, number>>
  readonly expired: number
  /** When the first and the last of those that have not expired do; absent when all have. */
  readonly firstExpiry?: Instant
  readonly lastExpiry?: Instant
  readonly findings: readonly BundleFinding[]
  readonly entries: readonly Entry[]
}

function count<Item>(items: readonly Item[], by: (item: Item) => string | undefined): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) {
    const name = by(item)
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)))
}

/** What is in a bundle. A pure reading of it. */
export function summaryOf(bundle: BundleFile, now: Instant): Summary {
  const { certificates } = bundle
  const entries = certificates.map((certificate): Entry => {
    const { subject, key, notBefore, notAfter, sha1, sha256 } = seen(certificate)
    const region = regionOf(certificate)
    const ca = isPreview(certificate) ? undefined : caOf(certificate)
    const kind = kindOf(certificate)
    const name = shortName(certificate)
    return { subject, name, kind, ...(region && { region }), ...(ca && { ca }), key, notBefore, notAfter, sha1, sha256 }
  })
  const live = entries.map(({ notAfter }) => notAfter).filter((end) => end > now)
  const kinds: Record<Kind, number> = { root: 0, preview: 0, intermediate: 0, other: 0 }
  for (const { kind } of entries) kinds[kind] += 1
  return {
    file: bundle.path,
    sha256: bundle.sha256,
    bytes: bundle.bytes,
    certificates: entries.length,
    kinds,
    regions: regionsIn(certificates),
    cas: count(entries, ({ ca }) => ca),
    keys: count(entries, ({ key }) => key),
    expired: entries.length - live.length,
    ...(live.length > 0 && { firstExpiry: Math.min(...live), lastExpiry: Math.max(...live) }),
    findings: bundle.findings,
    entries,
  }
}
