// @peculiar/x509 2 finds its decorators' metadata through this; it must be loaded first.
import 'reflect-metadata'

import { randomBytes } from 'node:crypto'

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

import { type DistinguishedName, wholeSeconds } from './amazon-names.ts'
import type { CertifiedKey } from './certified-key.ts'
import { exportKey, generateKeys, importKey, type KeyKind, signingAlgorithm } from './keys.ts'

export interface Validity {
  readonly validFrom: Date
  readonly validTill: Date
}

export interface LeafQuestion {
  readonly subject: DistinguishedName
  readonly names: JsonGeneralNames
  /** Milliseconds from now; cut short where the issuer ends sooner. */
  readonly life: number
}

const AUTHORITY_USES: KeyUsageFlags = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign

/** Clients whose clocks are somewhat behind accept a certificate that was issued just now. */
const BACKDATED = 3_600_000

const asJsonName = (name: DistinguishedName): Record<string, string[]>[] =>
  name.map((part) => Object.fromEntries(Object.entries(part).map(([attribute, value]) => [attribute, [value]])))

/** 127 random bits: positive, as RFC 5280 wants it, and never zero for practical purposes. */
function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  return bytes.toString('hex')
}

/** A self-signed root, with the extensions of Amazon's: no path length, no authority key identifier. */
export async function makeRoot(subject: DistinguishedName, kind: KeyKind, validity: Validity): Promise<CertifiedKey> {
  return signItself(subject, kind, validity, [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(AUTHORITY_USES, true),
  ])
}

/** A certificate that its own key signs. */
export async function signItself(
  subject: DistinguishedName,
  kind: KeyKind,
  validity: Validity,
  extensions: readonly Extension[],
): Promise<CertifiedKey> {
  const keys = await generateKeys(kind)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: asJsonName(subject),
    notBefore: validity.validFrom,
    notAfter: validity.validTill,
    keys,
    signingAlgorithm: signingAlgorithm(kind),
    extensions: [...extensions, await SubjectKeyIdentifierExtension.create(keys.publicKey)],
  })
  return { certificatePem: pemOf(certificate), keyPem: exportKey(keys.privateKey) }
}

/** A subordinate authority of that root, valid as long as it, that may sign leaves and nothing else. Its key is of the root's kind. */
export async function makeSubordinate(
  root: CertifiedKey,
  kind: KeyKind,
  subject: DistinguishedName,
): Promise<CertifiedKey> {
  const issuer = new X509Certificate(root.certificatePem)
  const validity = { validFrom: issuer.notBefore, validTill: issuer.notAfter }
  return certify(root, kind, { kind, subject, validity, extensions: subordinateExtensions() })
}

/** What a subordinate authority may do: sign leaves. */
export const subordinateExtensions = (): readonly Extension[] => [
  new BasicConstraintsExtension(true, 0, true),
  new KeyUsagesExtension(AUTHORITY_USES, true),
]

/** What a server's certificate is for. */
export const leafExtensions = (
  names: JsonGeneralNames,
  purpose: string = ExtendedKeyUsage.serverAuth,
): readonly Extension[] => [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new ExtendedKeyUsageExtension([purpose]),
  new SubjectAlternativeNameExtension(names),
]

/** A server's certificate with a key (P-256) and a serial number of its own. Never valid longer than its issuer. */
export async function makeLeaf(
  issuer: CertifiedKey,
  issuerKind: KeyKind,
  question: LeafQuestion,
): Promise<CertifiedKey> {
  const issuerCertificate = new X509Certificate(issuer.certificatePem)
  const now = Date.now()
  const validity = {
    validFrom: wholeSeconds(Math.max(now - BACKDATED, issuerCertificate.notBefore.getTime())),
    validTill: wholeSeconds(Math.min(now + question.life, issuerCertificate.notAfter.getTime())),
  }
  const { subject, names } = question
  return certify(issuer, issuerKind, { kind: 'p256', subject, validity, extensions: leafExtensions(names) })
}

/** What a certificate is to be like. */
export interface CertificateQuestion {
  readonly kind: KeyKind
  readonly subject: DistinguishedName
  readonly validity: Validity
  /** Without the identifiers of keys, which are added. */
  readonly extensions: readonly Extension[]
}

/** A certificate with a new key, signed by this issuer, whose key is of this kind. Nothing about it is checked. */
export async function certify(
  issuer: CertifiedKey,
  issuerKind: KeyKind,
  { kind, subject, validity, extensions }: CertificateQuestion,
): Promise<CertifiedKey> {
  const issuerCertificate = new X509Certificate(issuer.certificatePem)
  const keys = await generateKeys(kind)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: asJsonName(subject),
    // The parsed name, not its text: an issuer must equal its certificate's subject byte for byte.
    issuer: issuerCertificate.subjectName,
    notBefore: validity.validFrom,
    notAfter: validity.validTill,
    publicKey: keys.publicKey,
    signingKey: importKey(issuer.keyPem, issuerKind),
    signingAlgorithm: signingAlgorithm(issuerKind),
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuerCertificate.publicKey),
    ],
  })
  return { certificatePem: pemOf(certificate), keyPem: exportKey(keys.privateKey) }
}

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`
