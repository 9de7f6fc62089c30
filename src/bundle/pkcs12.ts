import { createHash, createHmac } from 'node:crypto'
import type { Certificate } from '../tls/certificate.ts'
import { TAG } from '../tls/der.ts'
import { element, explicit, integer, octets, oid, sequence, setOf, utf16be } from './der-write.ts'
import { namesFor } from './names.ts'
import { macKey } from './pkcs12-key.ts'

const OID = {
  data: '1.2.840.113549.1.7.1',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  /** Oracle's, and the reason for all of this: without it Java passes over a certificate that has no key. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

/** Java 17's own number. */
const ITERATIONS = 10_000
const SALT_BYTES = 20

const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), setOf(value))

const trusted = (certificate: Certificate, name: string): Buffer =>
  sequence(
    oid(OID.certBag),
    explicit(sequence(oid(OID.x509Certificate), explicit(octets(certificate.der)))),
    setOf(
      attribute(OID.friendlyName, element(TAG.bmpString, utf16be(name))),
      attribute(OID.trustedKeyUsage, oid(OID.anyExtendedKeyUsage)),
    ),
  )

/**
 * The salt is drawn from the contents: the same certificates make the same file, byte by byte, which layers of images and
 * comparisons live on. Nothing is lost by it, since what the salt protects (a password that Java users leave at "changeit") guards
 * public certificates, and other contents have another salt.
 */
const saltFor = (contents: Buffer): Buffer =>
  createHash('sha256').update('rds-ca-runbook trust store\n').update(contents).digest().subarray(0, SALT_BYTES)

/**
 * A PKCS#12 trust store (RFC 7292) with these certificates, RSA and EC alike, as Java reads it: each a trusted certificate of its
 * own. Nothing in it is encrypted, because nothing in it is secret; the password only makes changes to it noticed
 * (HMAC-SHA256, which Java 8 reads since 8u301, and OpenSSL since 1.0).
 */
export function trustStore(certificates: readonly Certificate[], password: string): Buffer {
  const names = namesFor(certificates)
  const bags = sequence(...certificates.map((one) => trusted(one, names.get(one) ?? one.sha256)))
  const contents = sequence(sequence(oid(OID.data), explicit(octets(bags))))
  const salt = saltFor(contents)
  const code = createHmac('sha256', macKey(password, salt, ITERATIONS))
    .update(contents)
    .digest()
  const digestAlgorithm = sequence(oid(OID.sha256), element(0x05))
  return sequence(
    integer(3),
    sequence(oid(OID.data), explicit(octets(contents))),
    sequence(sequence(digestAlgorithm, octets(code)), octets(salt), integer(ITERATIONS)),
  )
}
