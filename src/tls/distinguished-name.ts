import { createHash } from 'node:crypto'
import { childrenOf, encodeDer, expectTag, oidOf, TAG, type Der } from './der.ts'

/** A distinguished name: its common names as bytes (they may hold anything), and its canonical form. */
export interface DistinguishedName {
  /** The canonical form as hex: equal for names that OpenSSL holds to be equal. */
  readonly canonical: string
  /** The values of `commonName`, in order, as they stand in the certificate. */
  readonly commonNames: readonly Buffer[]
  /** Canonical RDNs, outermost first: what directoryName constraints compare. */
  readonly rdns: readonly string[]
}

const COMMON_NAME = '2.5.4.3'

const CANONICAL_TAGS = new Set<number>([
  TAG.utf8String,
  TAG.printableString,
  TAG.t61String,
  TAG.ia5String,
  TAG.visibleString,
  TAG.universalString,
  TAG.bmpString,
])

function textOf(value: Der): string {
  switch (value.tag) {
    case TAG.utf8String: {
      return value.body.toString('utf8')
    }
    case TAG.bmpString: {
      return value.body.length % 2 === 0 ? Buffer.from(value.body).swap16().toString('utf16le') : ''
    }
    case TAG.universalString: {
      if (value.body.length % 4 !== 0) return ''
      const points = Array.from({ length: value.body.length / 4 }, (_, i) => value.body.readUInt32BE(i * 4))
      return points.every((point) => point <= 0x10_ff_ff) ? String.fromCodePoint(...points) : ''
    }
    default: {
      return value.body.toString('latin1')
    }
  }
}

/**
 * OpenSSL's `asn1_string_canon` (crypto/x509/x_name.c): text becomes UTF-8, outer white space goes, inner runs become
 * one space, ASCII letters become lower case. Other types stay as they are.
 */
function canonicalValue(value: Der): Buffer {
  if (!CANONICAL_TAGS.has(value.tag)) return value.raw
  const text = textOf(value)
    .replace(/^[\t-\r ]+|[\t-\r ]+$/g, '')
    .replace(/[\t-\r ]+/g, ' ')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return encodeDer(TAG.utf8String, Buffer.from(text, 'utf8'))
}

/** Reads a Name. Throws `DerError`. */
export function readName(der: Der): DistinguishedName {
  const commonNames: Buffer[] = []
  const rdns = childrenOf(expectTag(der, TAG.sequence)).map((rdn) => {
    const attributes = childrenOf(expectTag(rdn, TAG.set)).map((attribute) => {
      const [type, value, ...rest] = childrenOf(expectTag(attribute, TAG.sequence))
      const oid = expectTag(type, TAG.oid)
      const text = value && rest.length === 0 ? value : expectTag(undefined, TAG.utf8String)
      if (oidOf(oid) === COMMON_NAME) commonNames.push(text.body)
      return encodeDer(TAG.sequence, Buffer.concat([oid.raw, canonicalValue(text)]))
    })
    return encodeDer(TAG.set, Buffer.concat(attributes.sort((a, b) => a.compare(b)))).toString('hex')
  })
  return { canonical: rdns.join(''), commonNames, rdns }
}

/**
 * The name that a file has in an OpenSSL certificate directory (`openssl x509 -subject_hash`, without the `.N`): the first
 * four bytes, little-endian, of the SHA-1 of the canonical name.
 */
export const subjectHash = (name: DistinguishedName): string =>
  createHash('sha1').update(name.canonical, 'hex').digest().readUInt32LE(0).toString(16).padStart(8, '0')
