import type { KeyObject, X509Certificate } from 'node:crypto'
import { childrenOf, context, oidOf, readDer, TAG, type Der } from './der.ts'

/** What OpenSSL's security level 2 asks of every key and signature: Debian's, Ubuntu's and Node 24's default. */
export const SECURITY_BITS = 112

/** Orders of the curves' groups, in bits. */
const CURVES: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp224r1: 224,
  secp384r1: 384,
  secp521r1: 521,
  brainpoolP256r1: 256,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
}

const FIXED: Readonly<Record<string, number>> = { ed25519: 128, ed448: 224 }

const rsaBits = (modulus: number): number => (modulus >= 3072 ? 128 : modulus >= 2048 ? 112 : modulus >= 1024 ? 80 : 0)

/** Bits of security that OpenSSL gives a public key (NIST SP 800-57); 0 for keys that it does not know in TLS. */
function bitsOf(key: KeyObject): number {
  const details = key.asymmetricKeyDetails
  const type = key.asymmetricKeyType ?? ''
  if (type === 'ec') return Math.floor((CURVES[details?.namedCurve ?? ''] ?? 0) / 2)
  if (type !== 'rsa' && type !== 'rsa-pss') return FIXED[type] ?? 0
  return rsaBits(details?.modulusLength ?? 0)
}

function nameOf(key: KeyObject): string {
  const details = key.asymmetricKeyDetails
  const type = key.asymmetricKeyType ?? 'unknown'
  if (details?.modulusLength !== undefined) return `${type}${details.modulusLength}`
  return details?.namedCurve === undefined ? type : `${type}-${details.namedCurve}`
}

/** A public key as rules and people need it. */
export interface Key {
  /** `rsa2048`, `ec-secp384r1`, `ed25519`; `unknown` for a key that OpenSSL cannot read. */
  readonly name: string
  readonly bits: number
}

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
const EC_PUBLIC_KEY = '1.2.840.10045.2.1'
const NAMED_CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'prime256v1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
}

/** The size of an RSA modulus: its bits, without the zeros in front. */
function modulusBits(publicKey: Der): number | undefined {
  const [modulus] = childrenOf(readDer(publicKey.body.subarray(1), TAG.sequence))
  const bytes = modulus?.body[0] === 0 ? modulus.body.subarray(1) : modulus?.body
  return bytes?.[0] ? bytes.length * 8 - Math.clz32(bytes[0]) + 24 : undefined
}

/**
 * The keys that nearly all certificates have, read from the SubjectPublicKeyInfo itself: OpenSSL takes as long to make a key object as to
 * parse half a certificate. Undefined for all others.
 */
export function usualKey(spki: Der): Key | undefined {
  const [algorithm, publicKey] = childrenOf(spki)
  const [type, parameters] = algorithm ? childrenOf(algorithm) : []
  if (!type || !publicKey) return undefined
  const oid = oidOf(type)
  if (oid === RSA_ENCRYPTION) {
    const bits = modulusBits(publicKey)
    return bits === undefined ? undefined : { name: `rsa${bits}`, bits: rsaBits(bits) }
  }
  const curve = oid === EC_PUBLIC_KEY && parameters?.tag === TAG.oid ? NAMED_CURVES[oidOf(parameters)] : undefined
  return curve === undefined ? undefined : { name: `ec-${curve}`, bits: Math.floor((CURVES[curve] ?? 0) / 2) }
}

export function keyOf(x509: X509Certificate): Key {
  try {
    const key = x509.publicKey
    return { name: nameOf(key), bits: bitsOf(key) }
  } catch {
    return { name: 'unknown', bits: 0 }
  }
}

/** Collision resistance of the digest. SHA-1 is 63 bits to OpenSSL 3, so it fails from level 1 on. */
const DIGESTS: Readonly<Record<string, number>> = {
  '1.3.14.3.2.26': 63,
  '2.16.840.1.101.3.4.2.1': 128,
  '2.16.840.1.101.3.4.2.2': 192,
  '2.16.840.1.101.3.4.2.3': 256,
  '2.16.840.1.101.3.4.2.4': 112,
}

const SIGNATURES: Readonly<Record<string, number>> = {
  '1.2.840.113549.1.1.4': 39,
  '1.2.840.113549.1.1.5': 63,
  '1.2.840.113549.1.1.11': 128,
  '1.2.840.113549.1.1.12': 192,
  '1.2.840.113549.1.1.13': 256,
  '1.2.840.113549.1.1.14': 112,
  '1.2.840.10045.4.1': 63,
  '1.2.840.10045.4.3.1': 112,
  '1.2.840.10045.4.3.2': 128,
  '1.2.840.10045.4.3.3': 192,
  '1.2.840.10045.4.3.4': 256,
  '1.3.101.112': 128,
  '1.3.101.113': 224,
}

const RSASSA_PSS = '1.2.840.113549.1.1.10'

/** RSASSA-PSS names its digest in its parameters; SHA-1 when it does not (RFC 4055). */
function pssBits(parameters: Der | undefined): number {
  const digest = (parameters?.tag === TAG.sequence ? childrenOf(parameters) : []).find(
    (part) => part.tag === context(0, true),
  )
  if (!digest) return 63
  const [oid] = childrenOf(readDer(digest.body, TAG.sequence))
  return oid ? (DIGESTS[oidOf(oid)] ?? 0) : 0
}

/** How a certificate is signed. */
export interface Signature {
  readonly oid: string
  /** RSASSA-PSS has its digest here. */
  readonly parameters?: Der
}

/** Bits of security of a signature; 0 for algorithms that are not known here. */
export function signatureBits(signature: Signature): number {
  if (signature.oid !== RSASSA_PSS) return SIGNATURES[signature.oid] ?? 0
  try {
    return pssBits(signature.parameters)
  } catch {
    return 0
  }
}
