import type { BundleFinding } from '../ports/bundles.ts'
import type { Instant } from '../rules/words.ts'
import { isPreview, regionOf, type ReadBundle } from './bundled.ts'
import type { Certificate } from './certificate.ts'
import { day, shortName } from './describe.ts'
import { isSelfSigned } from './issuance.ts'
import { SECURITY_BITS } from './strength.ts'

const fatal = (code: string, detail: string): BundleFinding => ({ code, fatal: true, detail })
const note = (code: string, detail: string): BundleFinding => ({ code, fatal: false, detail })

/** A few names, and how many more there are. */
export function list(certificates: readonly Certificate[]): string {
  const names = certificates.slice(0, 3).map((each) => `"${shortName(each)}"`)
  return names.join(', ') + (certificates.length > 3 ? ` and ${certificates.length - 3} more` : '')
}

/** Those that occur again later on. */
export function duplicatesIn(certificates: readonly Certificate[]): readonly Certificate[] {
  const digests = new Set<string>()
  return certificates.filter(({ sha256 }) => digests.size === digests.add(sha256).size)
}

/**
 * Before the generation G1 came those of 2015 and 2019, all expired at AWS since 2024. The old combined bundle
 * (`rds-combined-ca-bundle.pem`, 2020) holds no others, and many images and code bases still carry it.
 */
const isLegacy = (certificate: Certificate): boolean => {
  const name = shortName(certificate)
  return name.startsWith('Amazon RDS ') && !/ G\d+(?:\.|$)/.test(name)
}

function damage({ certificates, unreadable, truncated }: ReadBundle): BundleFinding[] {
  return [
    ...(truncated ? [fatal('truncated', 'a certificate begins and does not end: the file was cut off')] : []),
    ...(unreadable > 0
      ? [fatal('unparseable', `${unreadable} of ${certificates.length + unreadable} certificates cannot be read`)]
      : []),
  ]
}

function dated({ certificates }: ReadBundle, now: Instant): BundleFinding[] {
  const expired = certificates.filter(({ notAfter }) => notAfter <= now)
  const future = certificates.filter(({ notBefore }) => notBefore > now)
  const legacy = certificates.filter(isLegacy)
  const live = certificates.length - expired.length
  return [
    ...(certificates.length > 0 && live === 0
      ? [
          fatal(
            'expired-only',
            `all ${certificates.length} certificates have expired, the last on ${day(Math.max(...expired.map(({ notAfter }) => notAfter)))}: this is an old bundle`,
          ),
        ]
      : []),
    ...(expired.length > 0 && live > 0 ? [note('expired', `${expired.length} have expired: ${list(expired)}`)] : []),
    ...(future.length > 0 ? [note('not-yet-valid', `${future.length} are not valid yet: ${list(future)}`)] : []),
    ...(legacy.length > 0
      ? [note('legacy', `${legacy.length} are of the generations before G1: ${list(legacy)}`)]
      : []),
  ]
}

function contents({ certificates, hasPrivateKey }: ReadBundle, region: string | undefined): BundleFinding[] {
  const duplicates = duplicatesIn(certificates)
  const authorities = certificates.filter(({ extensions }) => extensions.basicConstraints?.ca === true)
  const intermediates = authorities.filter((each) => !isSelfSigned(each))
  const others = certificates.filter((each) => !authorities.includes(each))
  const previews = certificates.filter(isPreview)
  const weak = certificates.filter(({ key }) => key.bits < SECURITY_BITS)
  const regions = new Set(certificates.map(regionOf).filter((name) => name !== undefined))
  return [
    ...(authorities.length === intermediates.length
      ? [fatal('no-roots', 'not one certificate in it is a root CA')]
      : []),
    ...(duplicates.length > 0 ? [note('duplicates', `${duplicates.length} are there twice: ${list(duplicates)}`)] : []),
    ...(intermediates.length > 0
      ? [
          note(
            'intermediates',
            `${intermediates.length} are intermediates, which AWS replaces without notice: ${list(intermediates)}`,
          ),
        ]
      : []),
    ...(others.length > 0 ? [note('not-a-ca', `${others.length} are no CA certificates: ${list(others)}`)] : []),
    ...(previews.length > 0
      ? [
          note(
            'preview-roots',
            `${previews.length} are roots of AWS's own test environments, which belong to no Region: ${list(previews)}`,
          ),
        ]
      : []),
    ...(weak.length > 0
      ? [note('weak-key', `${weak.length} have keys that clients at security level 2 refuse: ${list(weak)}`)]
      : []),
    ...(region !== undefined && regions.size > 0 && !regions.has(region)
      ? [note('region-absent', `it names ${regions.size} Regions and not ${region}`)]
      : []),
    ...(hasPrivateKey ? [fatal('private-key', 'there is a private key in it: it is no trust bundle')] : []),
  ]
}

/**
 * What a person should know about a Region's bundle. Leading text, comments and CRLF are no findings: all clients skip them.
 * @param region undefined where it is asked for no Region in particular
 */
export const lintBundle = (bundle: ReadBundle, region: string | undefined, now: Instant): readonly BundleFinding[] => [
  ...damage(bundle),
  ...contents(bundle, region),
  ...dated(bundle, now),
]
