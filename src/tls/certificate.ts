import { hash, X509Certificate } from 'node:crypto'
import { childrenOf, context, DerError, expectTag, oidOf, readDer, smallInteger, TAG, type Der } from './der.ts'
import { readName, type DistinguishedName } from './distinguished-name.ts'
import { readExtensions, type Extensions } from './extensions.ts'
import { RecentlyUsed } from './recently-used.ts'
import { keyOf, usualKey, type Key, type Signature } from './strength.ts'
import { timeOf } from './time.ts'

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

/** The signature's algorithm, which RFC 5280 (4.1.1.2) wants in the signed part too, and both the same. */
function signatureOf(inner: Der | undefined, algorithm: Der | undefined): Signature {
  const outer = expectTag(algorithm, TAG.sequence)
  if (!expectTag(inner, TAG.sequence).raw.equals(outer.raw)) throw new DerError('two signature algorithms')
  const [oid, parameters] = childrenOf(outer)
  return { oid: oidOf(expectTag(oid, TAG.oid)), ...(parameters && { parameters }) }
}

/** @param opened OpenSSL's view of it, made when it is first asked for */
function parse(opened: () => X509Certificate, der: Buffer, sha256: string): Certificate {
  const [tbs, algorithm, signed] = childrenOf(readDer(der, TAG.sequence))
  expectTag(signed, TAG.bitString)
  const fields = childrenOf(expectTag(tbs, TAG.sequence))
  const versioned = fields[0]?.tag === context(0, true) ? fields.shift() : undefined
  const [serial, inner, issuer, validity, subject, spki] = fields
  const extensions = fields.slice(6).find((field) => field.tag === context(3, true))
  const subjectName = readName(expectTag(subject, TAG.sequence))
  const isSame = subject && issuer?.raw.equals(subject.raw)
  const issuerName = isSame ? subjectName : readName(expectTag(issuer, TAG.sequence))
  const serialDigits = expectTag(serial, TAG.integer).body.toString('hex')
  const [notBefore, notAfter] = childrenOf(expectTag(validity, TAG.sequence))
  // What OpenSSL will be asked about, it is asked now: what it cannot read is broken.
  if (subjectName.text === undefined || issuerName.text === undefined || /^[89a-f]/.test(serialDigits)) opened()
  return {
    get x509() {
      return opened()
    },
    der,
    sha256,
    subject: subjectName,
    issuer: issuerName,
    serial: serialDigits,
    version: versioned ? smallInteger(readDer(versioned.body, TAG.integer)) : 0,
    extensions: extensions ? readExtensions(readDer(extensions.body)) : NO_EXTENSIONS,
    notBefore: timeOf(notBefore),
    notAfter: timeOf(notAfter),
    key: usualKey(expectTag(spki, TAG.sequence)) ?? keyOf(opened()),
    signature: signatureOf(inner, algorithm),
  }
}

/** Roots and subordinates come back with every handshake: parsed once. Keyed by the SHA-256 of all their bytes. */
const parsed = new RecentlyUsed<string, Certificate>(2_048)

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => (made ??= make())
}

/**
 * Reads the DER of a certificate of a trust store, by its digest first: a fleet's stores hold the same ones over and over. What is usual in
 * it is read here and not by OpenSSL, which takes longer for that than everything else together. Throws {@link BrokenCertificate}.
 */
export function readStoredCertificate(der: Buffer): Certificate {
  try {
    const sha256 = hash('sha256', der, 'hex')
    return parsed.get(sha256, () => {
      // A copy of its own: what is kept must not hold on to the file that it was read from.
      const own = Buffer.from(der)
      const opened = once(() => new X509Certificate(own))
      return parse(opened, own, sha256)
    })
  } catch (error) {
    throw new BrokenCertificate('the certificate cannot be read', { cause: error })
  }
}

/** Reads a certificate, as OpenSSL reads it too. Throws {@link BrokenCertificate}. */
export function readCertificate(input: X509Certificate | Buffer | string): Certificate {
  try {
    const x509 = input instanceof X509Certificate ? input : new X509Certificate(input)
    const der = x509.raw
    const sha256 = hash('sha256', der, 'hex')
    return parsed.get(sha256, () => parse(() => x509, der, sha256))
  } catch (error) {
    throw new BrokenCertificate('the certificate cannot be read', { cause: error })
  }
}

export const isSelfIssued = (certificate: Certificate): boolean =>
  certificate.subject.canonical === certificate.issuer.canonical
