import { hash, X509Certificate } from 'node:crypto'
import { childrenOf, context, DerError, expectTag, oidOf, readDer, smallInteger, TAG } from './der.ts'
import { readName, type DistinguishedName } from './distinguished-name.ts'
import { readExtensions, type Extensions } from './extensions.ts'
import { RecentlyUsed } from './recently-used.ts'
import { keyOf, type Key, type Signature } from './strength.ts'

/** A certificate read twice: by OpenSSL (`x509`, for signatures and keys) and by ourselves (what Node does not expose). */
export interface Certificate {
  readonly x509: X509Certificate
  readonly der: Buffer
  /** Lower-case hex of the DER. */
  readonly sha256: string
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** Hex of the INTEGER's bytes. */
  readonly serial: string
  /** 0 for v1, 2 for v3. */
  readonly version: number
  readonly extensions: Extensions
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  readonly key: Key
  readonly signature: Signature
}

/** A certificate that cannot be read. */
export class BrokenCertificate extends Error {
  override readonly name = 'BrokenCertificate'
}

const NO_EXTENSIONS: Extensions = { unknownCritical: [] }

function parse(x509: X509Certificate, der: Buffer, sha256: string): Certificate {
  const [tbs, algorithm] = childrenOf(readDer(der, TAG.sequence))
  const fields = childrenOf(expectTag(tbs, TAG.sequence))
  const versioned = fields[0]?.tag === context(0, true) ? fields.shift() : undefined
  const [serial, inner, issuer, , subject] = fields
  const outer = expectTag(algorithm, TAG.sequence)
  // RFC 5280, 4.1.1.2: the algorithm stands in the signed part too, and both must be the same.
  if (!expectTag(inner, TAG.sequence).raw.equals(outer.raw)) throw new DerError('two signature algorithms')
  const [oid, parameters] = childrenOf(outer)
  const extensions = fields.slice(6).find((field) => field.tag === context(3, true))
  return {
    x509,
    der,
    sha256,
    subject: readName(expectTag(subject, TAG.sequence)),
    issuer: readName(expectTag(issuer, TAG.sequence)),
    serial: expectTag(serial, TAG.integer).body.toString('hex'),
    version: versioned ? smallInteger(readDer(versioned.body, TAG.integer)) : 0,
    extensions: extensions ? readExtensions(readDer(extensions.body)) : NO_EXTENSIONS,
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    key: keyOf(x509),
    signature: { oid: oidOf(expectTag(oid, TAG.oid)), ...(parameters && { parameters }) },
  }
}

/** Roots and subordinates come back with every handshake: parsed once. Keyed by the SHA-256 of all their bytes. */
const parsed = new RecentlyUsed<string, Certificate>(2_048)

/** Reads a certificate. Throws {@link BrokenCertificate}. */
export function readCertificate(input: X509Certificate | Buffer | string): Certificate {
  try {
    const x509 = input instanceof X509Certificate ? input : new X509Certificate(input)
    const der = x509.raw
    const sha256 = hash('sha256', der, 'hex')
    return parsed.get(sha256, () => parse(x509, der, sha256))
  } catch (error) {
    throw new BrokenCertificate('the certificate cannot be read', { cause: error })
  }
}

export const isSelfIssued = (certificate: Certificate): boolean =>
  certificate.subject.canonical === certificate.issuer.canonical
