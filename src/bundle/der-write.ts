/** DER, written: as much of it as a PKCS#12 store needs. Any length; the reader of certificates needs less and has its own. */
import { TAG } from '../tls/der.ts'

/** One element: tag, minimal length, contents. */
export function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents)
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const significant = length.subarray(length.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.from([tag, 0x80 | significant.length]), significant, body])
}

export const sequence = (...contents: readonly Buffer[]): Buffer => element(TAG.sequence, ...contents)

/** A SET OF: its elements in the order of their encodings, as DER wants them. */
export const setOf = (...contents: readonly Buffer[]): Buffer =>
  element(TAG.set, ...contents.toSorted((a, b) => a.compare(b)))

export const octets = (body: Buffer): Buffer => element(TAG.octetString, body)

/** `[0] EXPLICIT`, the only context tag that PKCS#12 uses around its contents. */
export const explicit = (body: Buffer): Buffer => element(0xa0, body)

/** A non-negative INTEGER below 2^31. */
export function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(value, 1)
  const first = bytes.findIndex((byte, i) => byte !== 0 || i === 4)
  const signBit = (bytes[first] ?? 0) >= 0x80
  return element(TAG.integer, bytes.subarray(signBit ? first - 1 : first))
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [root * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80)
    return groups
  })
  return element(TAG.oid, Buffer.from(bytes))
}

/** UTF-16, big-endian: how a BMPString and a PKCS#12 password are written. */
export const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
