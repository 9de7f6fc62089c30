import type { Certificate } from '../tls/certificate.ts'
import { shortName } from '../tls/describe.ts'

/** Lower case because Java's stores know no other, and fit for a file's name: what a certificate says of itself is never a path. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100) || 'certificate'

/**
 * A name for each certificate, after its common name: `amazon-rds-eu-west-1-root-ca-rsa2048-g1`. Where two have the same one, the
 * later has the first eight digits of its SHA-256 as well, so that names do not depend on how many there are.
 */
export function namesFor(certificates: readonly Certificate[]): ReadonlyMap<Certificate, string> {
  const names = new Map<Certificate, string>()
  const taken = new Set<string>()
  for (const certificate of certificates) {
    const name = plain(shortName(certificate))
    const own = taken.has(name) ? `${name}-${certificate.sha256.slice(0, 8)}` : name
    taken.add(own)
    names.set(certificate, own)
  }
  return names
}
