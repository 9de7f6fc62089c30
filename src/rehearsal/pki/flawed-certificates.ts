import 'reflect-metadata'

import { join } from 'node:path'

import { ExtendedKeyUsage, Extension } from '@peculiar/x509'

import type { CaId, CertificateFlaw, ServerCertificate } from '../data-plane.ts'
import { writeWholeFile } from '../servers/whole-file.ts'
import { leafName, wholeSeconds, type DistinguishedName } from './amazon-names.ts'
import type { Authorities } from './authorities.ts'
import { certify, leafExtensions, makeRoot, signItself, subordinateExtensions, type Validity } from './certificates.ts'
import type { CertifiedKey } from './certified-key.ts'
import type { KeyKind } from './keys.ts'
import { makeRevocationList } from './revocation-lists.ts'

const DAY = 86_400_000

/** Where the lists are that say that a certificate is revoked: of the root and of the subordinate, for `--crl`. */
export const REVOCATION_LISTS = 'revocation-lists.pem'

/** An authority that signs, and the kind of its key. */
interface Signer {
  readonly authority: CertifiedKey
  readonly kind: KeyKind
}

/** What a flawed certificate is made of, beside its name. */
export interface Sources {
  readonly directory: string
  readonly authorities: Authorities
  /** A root that has expired and stands in old bundles: P-256. */
  readonly retiredRoot: CertifiedKey
}

const fromDays = (from: number, till: number): Validity => ({
  validFrom: wholeSeconds(Date.now() + from * DAY),
  validTill: wholeSeconds(Date.now() + till * DAY),
})
const good = (): Validity => fromDays(-1, 300)
const over = (): Validity => fromDays(-400, -1)

/** Authorities that are none of Amazon RDS's. */
const PRIVATE_ROOT: DistinguishedName = [{ O: 'Example Corp' }, { CN: 'Example Corp Root CA' }]
const PRIVATE_SUBORDINATE: DistinguishedName = [{ O: 'Example Corp' }, { CN: 'Example Corp Issuing CA 1' }]
const PUBLIC_ROOT: DistinguishedName = [{ C: 'US' }, { O: 'Amazon' }, { CN: 'Amazon Root CA 1' }]
const PUBLIC_SUBORDINATE: DistinguishedName = [{ C: 'US' }, { O: 'Amazon' }, { CN: 'Amazon RSA 2048 M02' }]
const RETIRED_SUBORDINATE: DistinguishedName = [{ O: 'Amazon Web Services, Inc.' }, { CN: 'Amazon RDS CA of old' }]

/** As RDS Proxy's certificates from ACM are named: for all proxies of one account and Region. */
const proxyName = (hostName: string): string => {
  const [, account = '', ...rest] = hostName.split('.')
  return ['*', `proxy-${account}`, ...rest].join('.')
}

/** NameConstraints (RFC 5280, 4.2.1.10) that permit the DNS names below one domain alone. Shorter than 120 characters. */
function permitsOnly(domain: string): Extension {
  const name = [0x82, domain.length, ...Buffer.from(domain)]
  const subtree = [0x30, name.length, ...name]
  const permitted = [0xa0, subtree.length, ...subtree]
  return new Extension('2.5.29.30', true, new Uint8Array([0x30, permitted.length, ...permitted]).buffer)
}

interface LeafWish {
  readonly name: string
  readonly validity?: Validity
  readonly kind?: KeyKind
  readonly purpose?: string
}

const leafUnder = ({ authority, kind: issuerKind }: Signer, wish: LeafWish): Promise<CertifiedKey> =>
  certify(authority, issuerKind, {
    kind: wish.kind ?? 'p256',
    subject: leafName(wish.name),
    validity: wish.validity ?? good(),
    extensions: leafExtensions([{ type: 'dns', value: wish.name }], wish.purpose),
  })

async function subordinateUnder(
  { authority, kind }: Signer,
  subject: DistinguishedName,
  {
    validity = good(),
    extensions = [],
  }: { readonly validity?: Validity; readonly extensions?: readonly Extension[] } = {},
): Promise<Signer> {
  const made = await certify(authority, kind, {
    kind: 'p256',
    subject,
    validity,
    extensions: [...subordinateExtensions(), ...extensions],
  })
  return { authority: made, kind: 'p256' }
}

async function newRoot(subject: DistinguishedName): Promise<Signer> {
  return { authority: await makeRoot(subject, 'p256', fromDays(-1000, 1000)), kind: 'p256' }
}

/** A chain as the server presents it, and the key of its leaf. */
interface Presented {
  readonly leaf: CertifiedKey
  readonly above: readonly CertifiedKey[]
}

const under = async (signer: Signer, wish: LeafWish): Promise<Presented> => ({
  leaf: await leafUnder(signer, wish),
  above: [signer.authority],
})

/** Makes what one flaw needs. `root` and `subordinate` are the CA's own, made when they are asked for. */
type Make = (
  name: string,
  own: { root(): Promise<Signer>; subordinate(): Promise<Signer>; readonly named: DistinguishedName },
  sources: Sources,
) => Promise<Presented>

const FLAWED: Readonly<Record<CertificateFlaw, Make>> = {
  'expired-leaf': async (name, own) => under(await own.subordinate(), { name, validity: over() }),
  'not-yet-valid': async (name, own) => under(await own.subordinate(), { name, validity: fromDays(2, 300) }),
  'expired-intermediate': async (name, own) =>
    under(await subordinateUnder(await own.root(), own.named, { validity: over() }), { name }),
  'expired-root': async (name, _own, { retiredRoot }) =>
    under(await subordinateUnder({ authority: retiredRoot, kind: 'p256' }, RETIRED_SUBORDINATE), { name }),
  'missing-intermediate': async (name, own) => ({
    leaf: await leafUnder(await own.subordinate(), { name }),
    above: [],
  }),
  'wrong-purpose': async (name, own) => under(await own.subordinate(), { name, purpose: ExtendedKeyUsage.clientAuth }),
  'weak-key': async (name, own) => under(await own.subordinate(), { name, kind: 'rsa1024' }),
  'name-constraint': async (name, own) =>
    under(await subordinateUnder(await own.root(), own.named, { extensions: [permitsOnly('example.com')] }), { name }),
  'unknown-root': async (name) =>
    under(await subordinateUnder(await newRoot(PRIVATE_ROOT), PRIVATE_SUBORDINATE), { name }),
  'proxy-certificate': async (name) =>
    under(await subordinateUnder(await newRoot(PUBLIC_ROOT), PUBLIC_SUBORDINATE), { name: proxyName(name) }),
  'self-signed': async (name) => ({
    leaf: await signItself(leafName(name), 'p256', good(), leafExtensions([{ type: 'dns', value: name }])),
    above: [],
  }),
  revoked: async (name, own, { directory }) => {
    const [root, subordinate] = await Promise.all([own.root(), own.subordinate()])
    const presented = await under(subordinate, { name })
    const lists = await Promise.all([
      makeRevocationList(root.authority, root.kind, []),
      makeRevocationList(subordinate.authority, subordinate.kind, [presented.leaf.certificatePem]),
    ])
    await writeWholeFile(join(directory, REVOCATION_LISTS), lists.join(''))
    return presented
  },
}

/** A server certificate for this host name, under this CA where the flaw leaves it that, with one thing wrong with it. */
export async function issueFlawed(
  sources: Sources,
  flaw: CertificateFlaw,
  ca: CaId,
  hostName: string,
): Promise<ServerCertificate> {
  const { authorities } = sources
  const { key: kind, subordinate: named } = authorities.shape(ca)
  const own = {
    named,
    root: async () => ({ authority: await authorities.root(ca), kind }),
    subordinate: async () => ({ authority: await authorities.subordinate(ca), kind }),
  }
  const { leaf, above } = await FLAWED[flaw](hostName, own, sources)
  const chainPem = [leaf, ...above].map(({ certificatePem }) => certificatePem).join('')
  return { ca, keyPem: leaf.keyPem, chainPem, ...good() }
}
