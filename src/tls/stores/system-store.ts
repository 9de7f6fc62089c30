import { stat } from 'node:fs/promises'
import { CannotReadStore } from '../../ports/trust-stores.ts'
import { WINDOWS_STORE_TO_PEM } from './foreign-format.ts'
import { within } from './within.ts'

/** Where systems keep the certificates that OpenSSL trusts, in the order in which they are looked for. */
const PLACES = [
  // Debian, Ubuntu, Alpine, Arch, Gentoo
  '/etc/ssl/certs/ca-certificates.crt',
  // Red Hat, Fedora, Amazon Linux
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  // SUSE
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  // macOS, the BSDs, older Alpine
  '/etc/ssl/cert.pem',
] as const

/** The file of the system's trust store. Throws {@link CannotReadStore}. */
export async function systemStoreFile(root: string): Promise<string> {
  for (const place of PLACES) {
    const path = await within(root, place)
    const there = await stat(path).then(
      (found) => found.isFile(),
      () => false,
    )
    if (there) return path
  }
  throw new CannotReadStore(
    'NOT_THERE',
    `No trust store of the system was found below ${root}: looked for ${PLACES.join(', ')}. On Windows, make a PEM file of it in PowerShell, and declare that: ${WINDOWS_STORE_TO_PEM}`,
  )
}
