import type { Certificate } from '../tls/certificate.ts'
import { isPreview, regionOf } from '../tls/bundled.ts'
import { shortName } from '../tls/describe.ts'
import { isSelfSigned } from '../tls/issuance.ts'

/** The identifiers by which the RDS API calls the CAs of today, in the order in which it lists them. */
export const GENERATIONS = ['rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'] as const

const GENERATION = /(RSA2048|RSA4096|ECC384) (G\d+)(?:\.|$)/
const OLD_GENERATION = /^Amazon RDS .*\bCA$/
/** Their names do not always say which: the one of 2019 began with its first certificates. */
const SINCE_2019 = Date.UTC(2019, 0)

/**
 * The CA of a certificate as the RDS API calls it (`rds-ca-rsa2048-g1`), by its common name; `rds-ca-2019` and `rds-ca-2015` for
 * the generations before, of which all have expired; undefined for certificates that are not Amazon RDS's.
 */
export function caOf(certificate: Certificate): string | undefined {
  const name = shortName(certificate)
  if (!name.startsWith('Amazon RDS ')) return undefined
  const [, key, generation] = GENERATION.exec(name) ?? []
  if (key !== undefined && generation !== undefined) return `rds-ca-${key}-${generation}`.toLowerCase()
  if (!OLD_GENERATION.test(name)) return undefined
  return certificate.notBefore < SINCE_2019 ? 'rds-ca-2015' : 'rds-ca-2019'
}

/** What a certificate is in a bundle. */
export type Kind = 'root' | 'preview' | 'intermediate' | 'other'

/** `preview`: a root of Amazon's own test environments (Beta, Preview). `other`: no CA at all. */
export function kindOf(certificate: Certificate): Kind {
  if (certificate.extensions.basicConstraints?.ca !== true) return 'other'
  if (!isSelfSigned(certificate)) return 'intermediate'
  return isPreview(certificate) ? 'preview' : 'root'
}

/** The Regions that the roots of a bundle name, sorted. */
export const regionsIn = (certificates: readonly Certificate[]): readonly string[] =>
  [...new Set(certificates.map(regionOf).filter((region) => region !== undefined))].sort()

/** Each certificate once, in order. */
export const onceEach = (certificates: readonly Certificate[]): readonly Certificate[] => [
  ...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values(),
]
