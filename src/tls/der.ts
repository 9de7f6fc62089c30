/**
 * DER, read strictly: definite and minimal lengths, single-byte tags, nothing left over. X.509 uses no more than that.
 * What OpenSSL parses leniently (BER) is refused here, which makes the two judges of a chain disagree: the safe side.
 */

/** Not DER, or not what was expected at that place. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** One element: its tag byte, its contents, and all of it as it stood in the input. Views, not copies. */
export interface Der {
  readonly tag: number
  readonly body: Buffer
  readonly raw: Buffer
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Context-specific tag `[n]`, primitive or constructed. */
export const context = (n: number, constructed = false): number => 0x80 | (constructed ? 0x20 : 0) | n

const byteAt = (buffer: Buffer, offset: number): number => {
  const byte = buffer[offset]
  if (byte === undefined) throw new DerError('truncated')
  return byte
}

/** Reads the element that begins at `offset`. Throws {@link DerError}. */
export function readAt(buffer: Buffer, offset: number): Der {
  const tag = byteAt(buffer, offset)
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tag')
  const first = byteAt(buffer, offset + 1)
  let start = offset + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4) throw new DerError('indefinite or oversized length')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + byteAt(buffer, start + i)
    start += count
    if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('length is not minimal')
  }
  const end = start + length
  if (end > buffer.length) throw new DerError('truncated')
  return { tag, body: buffer.subarray(start, end), raw: buffer.subarray(offset, end) }
}

/** Reads a buffer that is exactly one element. Throws {@link DerError}. */
export function readDer(buffer: Buffer, tag?: number): Der {
  const der = readAt(buffer, 0)
  if (der.raw.length !== buffer.length) throw new DerError('bytes after the element')
  if (tag !== undefined) expectTag(der, tag)
  return der
}

export function expectTag(der: Der | undefined, tag: number): Der {
  if (der?.tag !== tag)
    throw new DerError(`expected tag 0x${tag.toString(16)}, found ${der ? `0x${der.tag.toString(16)}` : 'nothing'}`)
  return der
}

/** The elements that a constructed element consists of. Throws {@link DerError}. */
export function childrenOf(der: Der): Der[] {
  const found: Der[] = []
  for (let offset = 0; offset < der.body.length;) {
    const child = readAt(der.body, offset)
    found.push(child)
    offset += child.raw.length
  }
  return found
}

/** An object identifier in dotted form. Arcs beyond 2^53 do not occur in certificates. */
export function oidOf(der: Der): string {
  expectTag(der, TAG.oid)
  const arcs: number[] = []
  let value = 0
  for (const byte of der.body) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(value)
      value = 0
    }
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

/** A non-negative INTEGER that fits a JavaScript number. Throws {@link DerError}. */
export function smallInteger(der: Der): number {
  if (der.body.length === 0 || der.body.length > 6 || byteAt(der.body, 0) >= 0x80)
    throw new DerError('integer out of range')
  return der.body.readUIntBE(0, der.body.length)
}

export const booleanOf = (der: Der): boolean => expectTag(der, TAG.boolean).body.some((byte) => byte !== 0)

/** Encodes an element: what a canonical name is hashed as. `body` is shorter than 65,536 bytes. */
export function encodeDer(tag: number, body: Buffer): Buffer {
  const { length } = body
  const header =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(header), body])
}
