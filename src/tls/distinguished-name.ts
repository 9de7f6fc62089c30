import { createHash } from 'node:crypto'
import { childrenOf, encodeDer, expectTag, TAG, type Der } from './der.ts'

/** A distinguished name: its common names as bytes (they may hold anything), and its canonical form. */
export interface DistinguishedName {
  /** The canonical form as hex: equal for names that OpenSSL holds to be equal. */
  readonly canonical: string
  /** The values of `commonName`, in order, as they stand in the certificate. */
  readonly commonNames: readonly Buffer[]
  /** Canonical RDNs, outermost first: what directoryName constraints compare. */
  readonly rdns: readonly string[]
  /** As OpenSSL writes it, on one line; undefined where something in it is not usual. */
  readonly text: string | undefined
}

/** 2.5.4.3, as it stands in DER. */
const COMMON_NAME = '0603550403'

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

const ASCII = /^[\u0000-\u007f]*$/
/** White space at an end, in a run, or other than a blank. */
const SPACED = /^[\t-\r ]|[\t-\r ]$|[\t-\r ]{2}|[\t-\r]/

const squeezed = (text: string): string =>
  SPACED.test(text) ? text.replace(/^[\t-\r ]+|[\t-\r ]+$/g, '').replace(/[\t-\r ]+/g, ' ') : text

const lowered = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** An element as hex. Names are compared as text: a store has hundreds of them, and this is most of what reading them takes. */
function hexElement(tag: number, body: string): string {
  const length = body.length / 2
  return length < 0x80
    ? tag.toString(16).padStart(2, '0') + length.toString(16).padStart(2, '0') + body
    : encodeDer(tag, Buffer.from(body, 'hex')).toString('hex')
}

/**
 * OpenSSL's `asn1_string_canon` (crypto/x509/x_name.c): text becomes UTF-8, outer white space goes, inner runs become
 * one space, ASCII letters become lower case. Other types stay as they are. As hex.
 */
function canonicalValue(value: Der): string {
  if (!CANONICAL_TAGS.has(value.tag)) return value.raw.toString('hex')
  return hexElement(TAG.utf8String, Buffer.from(lowered(squeezed(textOf(value))), 'utf8').toString('hex'))
}

/** The attributes that certificates usually have, by their object identifiers as they stand in DER, and OpenSSL's short names. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  [COMMON_NAME]: 'CN',
  '0603550406': 'C',
  '0603550407': 'L',
  '0603550408': 'ST',
  '060355040a': 'O',
  '060355040b': 'OU',
}
const PRINTABLE = /^[!-~](?:[ -~]*[!-~])?$/

/** An attribute as OpenSSL writes it (`XN_FLAG_MULTILINE` with RFC 2253's escapes); undefined for one that is not plain text. */
function usualText(oidHex: string, value: Der): string | undefined {
  const name = SHORT_NAMES[oidHex]
  if (name === undefined || (value.tag !== TAG.utf8String && value.tag !== TAG.printableString)) return undefined
  const text = value.body.toString('latin1')
  return PRINTABLE.test(text) && !text.startsWith('#') ? `${name}=${text.replace(/[,+"\\<>;]/g, '\\$&')}` : undefined
}

/** Reads a Name. Throws `DerError`. */
export function readName(der: Der): DistinguishedName {
  const commonNames: Buffer[] = []
  const texts: (string | undefined)[] = []
  const rdns = childrenOf(expectTag(der, TAG.sequence)).map((rdn) => {
    const attributes = childrenOf(expectTag(rdn, TAG.set)).map((attribute) => {
      const [type, value, ...rest] = childrenOf(expectTag(attribute, TAG.sequence))
      const oid = expectTag(type, TAG.oid)
      const text = value && rest.length === 0 ? value : expectTag(undefined, TAG.utf8String)
      const oidHex = oid.raw.toString('hex')
      if (oidHex === COMMON_NAME) commonNames.push(text.body)
      texts.push(usualText(oidHex, text))
      return hexElement(TAG.sequence, oidHex + canonicalValue(text))
    })
    return hexElement(TAG.set, attributes.sort().join(''))
  })
  const isUsual = texts.length === rdns.length && texts.every((one) => one !== undefined)
  return { canonical: rdns.join(''), commonNames, rdns, text: isUsual ? texts.join(', ') : undefined }
}

/**
 * The name that a file has in an OpenSSL certificate directory (`openssl x509 -subject_hash`, without the `.N`): the first
 * four bytes, little-endian, of the SHA-1 of the canonical name.
 */
export const subjectHash = (name: DistinguishedName): string =>
  createHash('sha1').update(name.canonical, 'hex').digest().readUInt32LE(0).toString(16).padStart(8, '0')
