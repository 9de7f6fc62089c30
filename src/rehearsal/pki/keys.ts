import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'

/**
 * The kinds of key that Amazon RDS certificates have; `p256` for leaves, which takes under a millisecond to make; and one that is too
 * weak.
 */
export type KeyKind = 'rsa2048' | 'rsa4096' | 'p384' | 'p256' | 'rsa1024'

const rsa = (modulusLength: number, hash: string) => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash,
})

/** As Amazon signs them: SHA-256 with RSA-2048 keys, SHA-384 with the stronger ones. */
const ALGORITHMS = {
  rsa2048: rsa(2048, 'SHA-256'),
  rsa4096: rsa(4096, 'SHA-384'),
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  rsa1024: rsa(1024, 'SHA-256'),
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const satisfies Record<KeyKind, object>

/** A new key pair. Made on libuv's thread pool: RSA-4096 takes seconds there, and blocks nobody here. */
export const generateKeys = async (kind: KeyKind): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHMS[kind], true, ['sign', 'verify'])

/** What a signature by a key of this kind is made with. */
export const signingAlgorithm = (kind: KeyKind): { readonly name: string; readonly hash: string } => ({
  name: ALGORITHMS[kind].name,
  hash: ALGORITHMS[kind].hash,
})

/** PKCS#8, PEM, not encrypted: these keys protect nothing but a rehearsal. */
export const exportKey = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()

/** Throws when the text is no private key of that kind. */
export const importKey = (pem: string, kind: KeyKind): webcrypto.CryptoKey =>
  createPrivateKey(pem).toCryptoKey(ALGORITHMS[kind], true, ['sign'])
