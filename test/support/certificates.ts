import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const DAY = 86_400_000

export type KeyKind = 'p256' | 'p384' | 'rsa1024' | 'rsa2048' | 'rsa2048-sha1' | 'ed25519'

/** Keys cost most of the time, and no test cares whose they are: a few of each kind, handed out again per name. */
const keys = new Map<string, Promise<webcrypto.CryptoKeyPair>>()

const rsa = (modulusLength: number, hash: string): webcrypto.RsaHashedKeyGenParams => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash,
})

const ALGORITHMS: Record<KeyKind, webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams | { name: 'Ed25519' }> = {
  p256: { name: 'ECDSA', namedCurve: 'P-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384' },
  rsa1024: rsa(1024, 'SHA-256'),
  rsa2048: rsa(2048, 'SHA-256'),
  'rsa2048-sha1': rsa(2048, 'SHA-1'),
  ed25519: { name: 'Ed25519' },
}

function keyFor(kind: KeyKind, name: string): Promise<webcrypto.CryptoKeyPair> {
  const known = keys.get(`${kind}|${name}`)
  if (known) return known
  const made = webcrypto.subtle.generateKey(ALGORITHMS[kind] as webcrypto.RsaHashedKeyGenParams, true, [
    'sign',
    'verify',
  ])
  keys.set(`${kind}|${name}`, made)
  return made
}

/** What a test certificate is like. Everything that is left out is as a good server or CA certificate has it. */
export interface Wish {
  /** A common name, or a whole name (`CN=x, O=y`). */
  readonly subject: string
  readonly issuer?: Issued
  readonly key?: KeyKind
  /** Another name for another key: two certificates of one subject have the same key otherwise. */
  readonly keyName?: string
  readonly ca?: boolean | { readonly pathLength: number } | 'absent'
  readonly dns?: readonly string[]
  readonly ip?: readonly string[]
  readonly email?: readonly string[]
  readonly usage?: x509.KeyUsageFlags | 'absent'
  readonly purposes?: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly extensions?: readonly x509.Extension[]
  readonly serial?: string
}

export interface Issued {
  readonly pem: string
  readonly keyPem: string
  readonly subject: string
  readonly certificate: x509.X509Certificate
  readonly keys: webcrypto.CryptoKeyPair
}

const SIGNS = (x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign) as x509.KeyUsageFlags

let serials = 0

/** Issues a certificate, self-signed where no issuer is given. */
export async function issue(wish: Wish): Promise<Issued> {
  const subject = wish.subject.includes('=') || wish.subject === '' ? wish.subject : `CN=${wish.subject}`
  const pair = await keyFor(wish.key ?? 'p256', wish.keyName ?? subject)
  const isCa = wish.ca !== undefined && wish.ca !== false
  const extensions: x509.Extension[] = [...(wish.extensions ?? [])]
  if (wish.ca !== undefined && wish.ca !== 'absent') {
    const pathLength = typeof wish.ca === 'object' ? wish.ca.pathLength : undefined
    extensions.push(new x509.BasicConstraintsExtension(wish.ca !== false, pathLength, true))
  }
  const usage = wish.usage ?? (isCa ? SIGNS : 'absent')
  if (usage !== 'absent') extensions.push(new x509.KeyUsagesExtension(usage, true))
  const purposes = wish.purposes ?? (isCa ? [] : [x509.ExtendedKeyUsage.serverAuth])
  if (purposes.length > 0) extensions.push(new x509.ExtendedKeyUsageExtension([...purposes]))
  const names: x509.JsonGeneralName[] = [
    ...(wish.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(wish.ip ?? []).map((value) => ({ type: 'ip' as const, value })),
    ...(wish.email ?? []).map((value) => ({ type: 'email' as const, value })),
  ]
  if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names))
  extensions.push(await x509.SubjectKeyIdentifierExtension.create(pair.publicKey))
  if (wish.issuer) extensions.push(await x509.AuthorityKeyIdentifierExtension.create(wish.issuer.keys.publicKey))
  serials += 1
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: wish.serial ?? serials.toString(16).padStart(16, '1'),
    subject,
    issuer: wish.issuer?.subject ?? subject,
    notBefore: wish.notBefore ?? new Date(Date.now() - DAY),
    notAfter: wish.notAfter ?? new Date(Date.now() + 30 * DAY),
    publicKey: pair.publicKey,
    signingKey: (wish.issuer?.keys ?? pair).privateKey,
    extensions,
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey))
  return {
    pem: `${certificate.toString('pem')}\n`,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8
      .toString('base64')
      .replace(/(.{64})/g, '$1\n')
      .trim()}\n-----END PRIVATE KEY-----\n`,
    subject,
    certificate,
    keys: pair,
  }
}

/** A root, a subordinate and a leaf, as Amazon's servers have them. */
export async function amazonLike(
  host: string,
  names: Partial<Wish> = { dns: [host] },
): Promise<{ root: Issued; inter: Issued; leaf: Issued }> {
  const root = await issue({ subject: 'CN=Amazon RDS eu-test-1 Root CA RSA2048 G1, O=Test', ca: true })
  const inter = await issue({
    subject: 'CN=Amazon RDS eu-test-1 Subordinate CA RSA2048 G1.A.1, O=Test',
    issuer: root,
    ca: { pathLength: 0 },
  })
  const leaf = await issue({ subject: host, issuer: inter, ...names })
  return { root, inter, leaf }
}

export const days = (count: number): Date => new Date(Date.now() + count * DAY)

export { x509 }
