import { isSelfIssued, type Certificate } from './certificate.ts'
import { shortName } from './describe.ts'
import { KEY_USAGE } from './extensions.ts'
import { permits } from './name-constraints.ts'
import { SECURITY_BITS, signatureBits } from './strength.ts'

/** Why a complete path is not acceptable, whatever the date. */
export interface PathFault {
  readonly code:
    | 'wrong-purpose'
    | 'not-a-ca'
    | 'path-length'
    | 'weak-key'
    | 'weak-signature'
    | 'name-constraint'
    | 'unknown-extension'
  readonly certificate: Certificate
  readonly detail: string
}

/** TLS server authentication, and the two old "server gated" purposes that OpenSSL takes for it. */
const SERVER_PURPOSES = new Set(['1.3.6.1.5.5.7.3.1', '1.3.6.1.4.1.311.10.3.3', '2.16.840.1.113730.4.1'])

const LEAF_USAGE = KEY_USAGE.digitalSignature | KEY_USAGE.keyEncipherment | KEY_USAGE.keyAgreement

const roleOf = (index: number, path: readonly Certificate[]): string =>
  index === 0 ? 'leaf' : index === path.length - 1 ? 'root' : 'intermediate'

/** OpenSSL's `check_ca` (crypto/x509/v3_purp.c): old certificates without basicConstraints are CAs in two cases. */
function isCa({ extensions, version }: Certificate, selfIssued: boolean): boolean {
  if (extensions.basicConstraints) return extensions.basicConstraints.ca
  return (version === 0 && selfIssued) || extensions.keyUsage !== undefined
}

type Rule = (
  certificate: Certificate,
  index: number,
  path: readonly Certificate[],
) => Omit<PathFault, 'certificate'> | undefined

const unknownExtension: Rule = ({ extensions }) =>
  extensions.unknownCritical.length > 0
    ? {
        code: 'unknown-extension',
        detail: `has a critical extension that clients do not know (${extensions.unknownCritical.join(', ')})`,
      }
    : undefined

const authority: Rule = (certificate, index) =>
  index > 0 && !isCa(certificate, isSelfIssued(certificate))
    ? { code: 'not-a-ca', detail: 'issued the certificate below it without being a CA (basicConstraints)' }
    : undefined

const purpose: Rule = ({ extensions }, index) => {
  const { extendedKeyUsage, keyUsage } = extensions
  if (extendedKeyUsage && !extendedKeyUsage.some((oid) => SERVER_PURPOSES.has(oid)))
    return { code: 'wrong-purpose', detail: `is not for TLS servers (extendedKeyUsage ${extendedKeyUsage.join(', ')})` }
  if (index === 0 && keyUsage !== undefined && (keyUsage & LEAF_USAGE) === 0)
    return { code: 'wrong-purpose', detail: 'has a key that may not be used in TLS (keyUsage)' }
  if (index > 0 && keyUsage !== undefined && (keyUsage & KEY_USAGE.keyCertSign) === 0)
    return { code: 'wrong-purpose', detail: 'may not sign certificates (keyUsage without keyCertSign)' }
  return undefined
}

/** The length limit counts the CAs between this one and the leaf; those that a CA issued to itself are free. */
const pathLength: Rule = ({ extensions }, index, path) => {
  const limit = extensions.basicConstraints?.pathLength
  const below = path.slice(1, index).filter((ca) => !isSelfIssued(ca)).length
  return index > 0 && limit !== undefined && below > limit
    ? { code: 'path-length', detail: `allows ${limit} CAs below it and has ${below}` }
    : undefined
}

const strength: Rule = (certificate, index, path) => {
  const { key } = certificate
  if (key.bits < SECURITY_BITS)
    return { code: 'weak-key', detail: `has a key (${key.name}) that is too weak for OpenSSL's security level 2` }
  // An anchor is trusted for itself: nobody asks how it signed itself.
  if (index < path.length - 1 && signatureBits(certificate.signature) < SECURITY_BITS)
    return {
      code: 'weak-signature',
      detail: `is signed with an algorithm (${certificate.signature.oid}) that is too weak for OpenSSL's security level 2`,
    }
  return undefined
}

const constraints: Rule = (certificate, index, path) =>
  (index === 0 || !isSelfIssued(certificate)) &&
  !path.slice(index + 1).every((ca) => permits(ca, certificate, index === 0))
    ? { code: 'name-constraint', detail: 'has a name that a CA above it must not issue for (nameConstraints)' }
    : undefined

const RULES: readonly Rule[] = [unknownExtension, authority, purpose, pathLength, strength, constraints]

/** The first rule that a path breaks, read from its root down; undefined for an acceptable path. Dates are not looked at. */
export function faultOf(path: readonly Certificate[]): PathFault | undefined {
  for (const [index, certificate] of [...path.entries()].reverse()) {
    for (const rule of RULES) {
      const fault = rule(certificate, index, path)
      if (fault)
        return {
          ...fault,
          certificate,
          detail: `the ${roleOf(index, path)} "${shortName(certificate)}" ${fault.detail}`,
        }
    }
  }
  return undefined
}
