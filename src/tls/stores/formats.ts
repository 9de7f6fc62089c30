import { CannotReadStore, type StoreFormat } from '../../ports/trust-stores.ts'
import { shellWord } from '../../rules/shell-word.ts'
import { certificateIn, readBundle } from '../bundled.ts'
import { readStoredCertificate, type Certificate } from '../certificate.ts'
import { isCertificateBlock, readPem } from '../pem.ts'
import { foreignFormat, type ForeignFormat } from './foreign-format.ts'
import { readJks } from './jks.ts'
import type { PasswordSource } from './passwords.ts'
import type { ReadStore, StoreBytes } from './read-store.ts'

const unsupported = (message: string): CannotReadStore => new CannotReadStore('UNSUPPORTED', message)

function refusal(location: string, { name, convert, readAs }: ForeignFormat): CannotReadStore {
  if (readAs)
    return unsupported(
      `The trust store ${location} is ${name}, and is declared as PEM. If Java reads it, declare it with kind: ${readAs}; a client that wants PEM cannot load it.`,
    )
  if (!convert)
    return unsupported(
      `The trust store ${location} is ${name}: no client trusts anybody by it. Declare the file that the application loads its roots from.`,
    )
  return unsupported(
    `The trust store ${location} is ${name}, which is not read here. Make a PEM file of it with \`${convert.replaceAll('FILE', shellWord(location))}\` and declare that.`,
  )
}

/**
 * The certificates that stand before the first that cannot be read. Node starts with those (node::crypto, AddCertsFromFile); OpenSSL itself
 * (X509_load_cert_crl_file), and so libpq and Python, load nothing of such a file.
 */
function beforeDamage(text: string): readonly Certificate[] {
  const certificates: Certificate[] = []
  for (const block of readPem(text).blocks.filter(isCertificateBlock)) {
    const certificate = certificateIn(block, readStoredCertificate)
    if (!certificate) break
    certificates.push(certificate)
  }
  return certificates
}

/** The certificates of a PEM store that a client loads. Throws {@link CannotReadStore} for a store of another kind. */
export function readPemStore({ location, bytes }: StoreBytes): ReadStore {
  const foreign = foreignFormat(bytes)
  if (foreign) throw refusal(location, foreign)
  if (bytes.includes(0) && !bytes.includes('-----BEGIN'))
    throw unsupported(
      `The trust store ${location} is no PEM file, and of no format that is known here. See that it is the file that the application loads; let its own tool write the roots out as PEM, and declare that.`,
    )
  const text = bytes.toString('latin1')
  const store = readBundle(text, readStoredCertificate)
  if (store.unreadable === 0 && !store.truncated) return { ...store, findings: [] }
  const certificates = beforeDamage(text)
  const detail = `clients stop at the first damaged certificate: Node takes the ${certificates.length} before it, OpenSSL, libpq and Python nothing of the file`
  return { ...store, certificates, findings: [{ code: 'stops-at-damage', detail }] }
}

/** node-forge is large, and most stores are PEM. */
const readPkcs12 = async (store: StoreBytes, source: PasswordSource): Promise<ReadStore> =>
  (await import('./pkcs12.ts')).readPkcs12(store, source)

/** The certificates of a key store as Java reads it: of either format under either name. Throws {@link CannotReadStore}. */
async function readJavaStore(store: StoreBytes, source: PasswordSource): Promise<ReadStore> {
  const foreign = foreignFormat(store.bytes)
  if (foreign?.readAs === 'jks') return readJks(store, source)
  if (foreign?.readAs === 'pkcs12') return readPkcs12(store, source)
  if (foreign) throw refusal(store.location, foreign)
  throw unsupported(
    readBundle(store.bytes.toString('latin1')).certificates.length > 0
      ? `The trust store ${store.location} is a PEM file, and is declared as a Java key store. If that is what the application loads, declare it with kind: pem.`
      : `The trust store ${store.location} is no Java key store, neither JKS nor PKCS#12. See that it is whole, and that it is the file that the application loads.`,
  )
}

/** Reads a store as it is declared; where nothing is, as what it is. Throws {@link CannotReadStore}. */
export async function readAs(
  store: StoreBytes,
  format: StoreFormat | undefined,
  source: PasswordSource,
): Promise<ReadStore> {
  const isJava = format === undefined ? foreignFormat(store.bytes)?.readAs !== undefined : format !== 'pem'
  return isJava ? readJavaStore(store, source) : readPemStore(store)
}
