import { regionOf } from '../tls/bundled.ts'
import type { Certificate } from '../tls/certificate.ts'
import { subjectHash } from '../tls/distinguished-name.ts'
import { regionsIn } from './authority.ts'
import { BundleUnusable } from './bundle-unusable.ts'
import type { Format } from './format.ts'
import { namesFor } from './names.ts'
import { trustStore } from './pkcs12.ts'

/** What is to be written: one file, or a directory of files by their names. */
export type Contents =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | { readonly kind: 'directory'; readonly files: ReadonlyMap<string, Buffer> }

const pemOf = ({ x509 }: Certificate): string => x509.toString().trimEnd() + '\n'

/** One file a certificate: for tools that read only the first of a file (`keytool -importcert`, `openssl x509`, Windows). */
function split(certificates: readonly Certificate[]): ReadonlyMap<string, Buffer> {
  const names = namesFor(certificates)
  return new Map([...names].map(([certificate, name]) => [`${name}.pem`, Buffer.from(pemOf(certificate))]))
}

/**
 * A directory as `openssl rehash` makes it: `HASH.N`, the hash of the subject's canonical name, N counting those that share it.
 * OpenSSL looks up `.0`, `.1` … until one is missing, so there is no gap.
 */
function hashed(certificates: readonly Certificate[]): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>()
  const counts = new Map<string, number>()
  for (const certificate of certificates) {
    const hash = subjectHash(certificate.subject)
    const n = counts.get(hash) ?? 0
    counts.set(hash, n + 1)
    files.set(`${hash}.${n}`, Buffer.from(pemOf(certificate)))
  }
  return files
}

/** The certificates in a format that clients read. `password` is for `p12` alone, which cannot be without. */
export function contentsIn(format: Format, certificates: readonly Certificate[], password: string): Contents {
  switch (format) {
    case 'pem':
      return { kind: 'file', bytes: Buffer.from(certificates.map(pemOf).join('')) }
    case 'p12':
      return { kind: 'file', bytes: trustStore(certificates, password) }
    case 'split':
      return { kind: 'directory', files: split(certificates) }
    case 'hashed':
      return { kind: 'directory', files: hashed(certificates) }
  }
}

/** The roots of one Region. Throws {@link BundleUnusable} when there are none, naming the Regions that there are. */
export function ofRegion(certificates: readonly Certificate[], region: string): readonly Certificate[] {
  const own = certificates.filter((certificate) => regionOf(certificate) === region)
  if (own.length > 0) return own
  const regions = regionsIn(certificates)
  throw new BundleUnusable(
    regions.length === 0
      ? `The bundle names no Region at all, so the roots of ${region} cannot be picked from it.`
      : `The bundle holds no root of ${region}. It names: ${regions.join(', ')}. GovCloud and China have bundles of their own.`,
  )
}

/**
 * Whether Java takes a password for a PKCS#12 store, and if not, why. It refuses to open a store whose password is not ASCII
 * ("Password is not ASCII", JDK 17), and keytool wants six characters.
 */
export function passwordProblem(password: string): string | undefined {
  if (password.length < 6) return 'it has fewer than 6 characters, which keytool refuses'
  if (!/^[\x20-\x7e]+$/.test(password)) return 'it holds characters beyond printable ASCII, which Java refuses'
  return undefined
}
