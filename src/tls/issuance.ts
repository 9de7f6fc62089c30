import type { Certificate } from './certificate.ts'
import { KEY_USAGE } from './extensions.ts'

/** Whether one certificate issued another, and if only something small is wrong, what. */
export type Issuance = 'issued' | 'stranger' | 'bad-signature' | 'may-not-sign'

function isSignedBy(child: Certificate, issuer: Certificate): boolean {
  try {
    return child.x509.verify(issuer.x509.publicKey)
  } catch {
    // A key of another type than the signature, or one that OpenSSL cannot read.
    return false
  }
}

/** Key and serial, where the child says which issuer's it means (RFC 5280, 4.2.1.1). */
function identifies(child: Certificate, issuer: Certificate): boolean {
  const { authorityKeyId, authoritySerial } = child.extensions
  const { subjectKeyId } = issuer.extensions
  if (authorityKeyId !== undefined && subjectKeyId !== undefined && authorityKeyId !== subjectKeyId) return false
  return authoritySerial === undefined || authoritySerial === issuer.serial
}

function examine(child: Certificate, issuer: Certificate): Issuance {
  if (child.issuer.canonical !== issuer.subject.canonical || !identifies(child, issuer)) return 'stranger'
  if (!isSignedBy(child, issuer)) return 'bad-signature'
  const { keyUsage } = issuer.extensions
  return keyUsage !== undefined && (keyUsage & KEY_USAGE.keyCertSign) === 0 ? 'may-not-sign' : 'issued'
}

/**
 * What was found out, by child and issuer. It does not change, and a P-384 signature takes as long as the rest of the
 * judgement: subordinates and roots are asked about at every handshake.
 */
const known = new WeakMap<Certificate, WeakMap<Certificate, Issuance>>()

/** By name, key identifier, signature and right to sign: OpenSSL's `X509_check_issued`, and the signature with it. */
export function issuance(child: Certificate, issuer: Certificate): Issuance {
  const ofChild = known.get(child) ?? new WeakMap<Certificate, Issuance>()
  const result = ofChild.get(issuer) ?? examine(child, issuer)
  known.set(child, ofChild.set(issuer, result))
  return result
}

/** Signed with its own key: all that a trust anchor has to be. Its right to sign does not matter for that. */
export const isSelfSigned = (certificate: Certificate): boolean => {
  const by = issuance(certificate, certificate)
  return by === 'issued' || by === 'may-not-sign'
}

/**
 * Self-signed as OpenSSL tells it of a trust anchor (`EXFLAG_SS`, crypto/x509/v3_purp.c): by name and key identifier, without verifying
 * the signature, which no client does of its own anchors. For what is then told apart by its digest.
 */
export const isSelfIssuedAnchor = (certificate: Certificate): boolean =>
  certificate.subject.canonical === certificate.issuer.canonical && identifies(certificate, certificate)
