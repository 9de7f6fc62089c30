import { CannotReadStore, type StoreFinding } from '../../ports/trust-stores.ts'
import {
  childrenOf,
  codeFits,
  countOf,
  decrypt,
  isInteger,
  octetsOf,
  oidOf,
  readBer,
  type IntegrityCode,
  type Node,
} from './forge.ts'
import { withPassword, type PasswordSource } from './passwords.ts'
import { certificatesOf, malformed, type ReadStore, type StoreBytes } from './read-store.ts'

/** RFC 7292. */
const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: '1.2.840.113549.1.12.10.1.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  /** Oracle's: Java takes a certificate without a key for trusted only if it has this, and passes over all others in silence. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
} as const

/** Java writes 10,000, OpenSSL 2,048. A file may ask for thousands of millions, and nothing could be done meanwhile. */
const MAX_ITERATIONS = 600_000

/** What is wrong with the file, whatever the password. */
class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

interface Bag {
  readonly type: string
  /** Of a certificate: its DER. */
  readonly der?: Buffer
  readonly attributes: readonly string[]
}

const demandFew = (iterations: number): void => {
  if (iterations > MAX_ITERATIONS)
    throw new Unreadable(`it asks for more than ${MAX_ITERATIONS} rounds of its key derivation`)
}

/** The parameters of a password-based cipher name a salt, a number of rounds, and sometimes more algorithms. */
function demandFewIn(parameters: Node): void {
  for (const child of childrenOf(parameters)) {
    if (isInteger(child)) demandFew(countOf(child))
    demandFewIn(child)
  }
}

const explicitContent = (node: Node | undefined): Node => {
  const [content] = node ? childrenOf(node) : []
  if (!content) throw new Unreadable('a part of it has no content')
  return content
}

function bagOf(node: Node): Bag {
  const [type, value, attributes] = childrenOf(node)
  const names = (attributes ? childrenOf(attributes) : []).map((attribute) => oidOf(childrenOf(attribute)[0]))
  const bag = { type: oidOf(type), attributes: names }
  if (bag.type !== OID.certBag) return bag
  const [certificateType, certificate] = childrenOf(explicitContent(value))
  if (oidOf(certificateType) !== OID.x509Certificate) return bag
  return { ...bag, der: Buffer.from(octetsOf(explicitContent(certificate)), 'latin1') }
}

/** The plain contents of one part; undefined: the password is wrong. */
function contentsOf(part: Node, password: string): string | undefined {
  const [type, content] = childrenOf(part)
  const inside = explicitContent(content)
  if (oidOf(type) === OID.data) return octetsOf(inside)
  if (oidOf(type) !== OID.encryptedData) throw new Unreadable('a part of it is encrypted for a public key')
  const [, encrypted] = childrenOf(inside)
  const [, algorithm, octets] = encrypted ? childrenOf(encrypted) : []
  const [oid, parameters] = algorithm ? childrenOf(algorithm) : []
  if (!octets || !parameters) throw new Unreadable('an encrypted part of it is incomplete')
  demandFewIn(parameters)
  return decrypt(oidOf(oid), parameters, octetsOf(octets), password)
}

interface Pfx {
  /** What the integrity code is over. */
  readonly contents: string
  readonly integrity?: IntegrityCode
}

function readPfx(bytes: Buffer): Pfx {
  const [, authenticated, mac] = childrenOf(readBer(bytes.toString('latin1')))
  const [, content] = authenticated ? childrenOf(authenticated) : []
  const contents = octetsOf(explicitContent(content))
  if (!mac) return { contents }
  const [info, salt, rounds] = childrenOf(mac)
  const [algorithm, code] = info ? childrenOf(info) : []
  const [digest] = algorithm ? childrenOf(algorithm) : []
  const iterations = rounds ? countOf(rounds) : 1
  demandFew(iterations)
  if (!code || !salt || iterations < 1) throw new Unreadable('its integrity code is incomplete')
  return { contents, integrity: { digest: oidOf(digest), code: octetsOf(code), salt: octetsOf(salt), iterations } }
}

/** All that is in it; undefined: the password is wrong. */
function openPfx({ contents, integrity }: Pfx, password: string): readonly Bag[] | undefined {
  if (integrity) {
    const fits = codeFits(integrity, contents, password)
    if (fits === undefined) throw new Unreadable('its integrity code is of a kind that is not known here')
    if (!fits) return undefined
  }
  const bags: Bag[] = []
  for (const part of childrenOf(readBer(contents))) {
    const inside = contentsOf(part, password)
    if (inside === undefined) return undefined
    bags.push(...childrenOf(readBer(inside)).map(bagOf))
  }
  return bags
}

const KEYTOOL = 'keytool -importcert -noprompt -storetype PKCS12'

function findingsOf(passedOver: number): StoreFinding[] {
  if (passedOver === 0) return []
  return [
    {
      code: 'java-ignores',
      detail: `${passedOver} certificates in it are not marked as trusted (Oracle's trustedKeyUsage), so Java passes over them in silence: import each with ${KEYTOOL}, or write the store with rds-ca-runbook bundle write --format p12`,
    },
  ]
}

/** Java trusts what is marked as trusted, and the certificate that stands with a private key. */
function trustedOf(bags: readonly Bag[]): ReadStore {
  const certificates = bags.flatMap(({ der, attributes }) => (der ? [{ der, attributes }] : []))
  const has = (name: string) => (one: { readonly attributes: readonly string[] }) => one.attributes.includes(name)
  const trusted = certificates.filter((one) => has(OID.trustedKeyUsage)(one) || has(OID.localKeyId)(one))
  return {
    ...certificatesOf(trusted.map(({ der }) => der)),
    truncated: false,
    hasPrivateKey: bags.some(({ type }) => type === OID.keyBag || type === OID.shroudedKeyBag),
    findings: findingsOf(certificates.length - trusted.length),
  }
}

/** The certificates of a PKCS#12 key store that Java trusts. Throws CannotReadStore. */
export async function readPkcs12({ location, bytes }: StoreBytes, source: PasswordSource): Promise<ReadStore> {
  try {
    const pfx = readPfx(bytes)
    return trustedOf(await withPassword(location, source, (password) => openPfx(pfx, password)))
  } catch (error) {
    if (error instanceof CannotReadStore) throw error
    // node-forge throws plain errors for whatever is not as it should be.
    const what = error instanceof Unreadable ? error.message : 'its structure cannot be read'
    throw malformed(location, `${what} (a PKCS#12 key store)`, { cause: error })
  }
}
