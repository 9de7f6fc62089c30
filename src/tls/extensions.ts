import {
  booleanOf,
  childrenOf,
  context,
  DerError,
  expectTag,
  oidOf,
  readDer,
  smallInteger,
  TAG,
  type Der,
} from './der.ts'
import { readName, type DistinguishedName } from './distinguished-name.ts'

/** A name in a certificate or a name constraint. Bytes, because a server may put anything there (embedded NULs above all). */
export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly bytes: Buffer }
  /** 4 or 16 bytes, and twice as many (address and mask) in a constraint; a certificate may lie about that. */
  | { readonly kind: 'ip'; readonly bytes: Buffer }
  | { readonly kind: 'directory'; readonly name: DistinguishedName }
  | { readonly kind: 'other' }

/** What judging a chain needs of a certificate's extensions. Absent means that the extension is. */
export interface Extensions {
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number }
  /** Bit n of RFC 5280's KeyUsage is `1 << n`. */
  readonly keyUsage?: number
  readonly extendedKeyUsage?: readonly string[]
  readonly alternativeNames?: readonly GeneralName[]
  readonly nameConstraints?: { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] }
  /** Hex. */
  readonly subjectKeyId?: string
  readonly authorityKeyId?: string
  readonly authoritySerial?: string
  /** Critical extensions that nobody here understands: RFC 5280 forbids to accept such a certificate. */
  readonly unknownCritical: readonly string[]
}

export const KEY_USAGE = {
  digitalSignature: 1,
  keyEncipherment: 1 << 2,
  keyAgreement: 1 << 4,
  keyCertSign: 1 << 5,
} as const

const NAME_KINDS: Readonly<Record<number, 'email' | 'dns' | 'uri' | 'ip'>> = {
  [context(1)]: 'email',
  [context(2)]: 'dns',
  [context(6)]: 'uri',
  [context(7)]: 'ip',
}

function readGeneralName(der: Der): GeneralName {
  if (der.tag === context(4, true)) return { kind: 'directory', name: readName(readDer(der.body)) }
  const kind = NAME_KINDS[der.tag]
  return kind ? { kind, bytes: der.body } : { kind: 'other' }
}

function readBasicConstraints(value: Der): NonNullable<Extensions['basicConstraints']> {
  const [first, second] = childrenOf(expectTag(value, TAG.sequence))
  const ca = first?.tag === TAG.boolean && booleanOf(first)
  const limit = first?.tag === TAG.integer ? first : second
  return { ca, ...(limit && { pathLength: smallInteger(expectTag(limit, TAG.integer)) }) }
}

function readKeyUsage(value: Der): number {
  const [unused = 0, ...bytes] = expectTag(value, TAG.bitString).body
  if (unused > 7) throw new DerError('key usage is no bit string')
  let usage = 0
  for (const [index, byte] of bytes.slice(0, 2).entries())
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) usage |= 1 << (index * 8 + bit)
  return usage
}

/** GeneralSubtrees. RFC 5280 wants no minimum but the default and no maximum at all: anything else is refused. */
const readSubtrees = (der: Der | undefined): GeneralName[] =>
  (der ? childrenOf(der) : []).map((subtree) => {
    const [name, ...bounds] = childrenOf(expectTag(subtree, TAG.sequence))
    if (!name || bounds.length > 0) throw new DerError('name constraint with a minimum or maximum')
    return readGeneralName(name)
  })

type Found = { -readonly [Key in keyof Extensions]: Extensions[Key] }

const READERS: Readonly<Record<string, (value: Der, found: Found) => void>> = {
  '2.5.29.14': (value, found) => {
    found.subjectKeyId = expectTag(value, TAG.octetString).body.toString('hex')
  },
  '2.5.29.15': (value, found) => {
    found.keyUsage = readKeyUsage(value)
  },
  '2.5.29.17': (value, found) => {
    found.alternativeNames = childrenOf(expectTag(value, TAG.sequence)).map(readGeneralName)
  },
  '2.5.29.19': (value, found) => {
    found.basicConstraints = readBasicConstraints(value)
  },
  '2.5.29.30': (value, found) => {
    const parts = childrenOf(expectTag(value, TAG.sequence))
    found.nameConstraints = {
      permitted: readSubtrees(parts.find((part) => part.tag === context(0, true))),
      excluded: readSubtrees(parts.find((part) => part.tag === context(1, true))),
    }
  },
  '2.5.29.35': (value, found) => {
    const parts = childrenOf(expectTag(value, TAG.sequence))
    const keyId = parts.find((part) => part.tag === context(0))
    const serial = parts.find((part) => part.tag === context(2))
    if (keyId) found.authorityKeyId = keyId.body.toString('hex')
    if (serial) found.authoritySerial = serial.body.toString('hex')
  },
  '2.5.29.37': (value, found) => {
    found.extendedKeyUsage = childrenOf(expectTag(value, TAG.sequence)).map(oidOf)
  },
}

/** Understood by OpenSSL and without effect on whether a TLS client accepts a server: policies and where CRLs are. */
const HARMLESS = new Set(['2.5.29.31', '2.5.29.32', '2.5.29.33', '2.5.29.36', '2.5.29.54', '2.16.840.1.113730.1.1'])

/** Reads the contents of `Extensions`. Throws `DerError`, also when an extension occurs twice (RFC 5280, 4.2). */
export function readExtensions(list: Der): Extensions {
  const found: Found = { unknownCritical: [] }
  const unknown: string[] = []
  const seen = new Set<string>()
  for (const extension of childrenOf(expectTag(list, TAG.sequence))) {
    const parts = childrenOf(expectTag(extension, TAG.sequence))
    const id = oidOf(expectTag(parts[0], TAG.oid))
    if (seen.has(id)) throw new DerError(`extension ${id} occurs twice`)
    seen.add(id)
    const critical = parts.length === 3 && booleanOf(expectTag(parts[1], TAG.boolean))
    const value = expectTag(parts.at(-1), TAG.octetString).body
    const read = READERS[id]
    if (read) read(readDer(value), found)
    else if (critical && !HARMLESS.has(id)) unknown.push(id)
  }
  return { ...found, unknownCritical: unknown }
}
