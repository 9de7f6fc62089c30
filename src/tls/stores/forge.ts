/** node-forge, as far as PKCS#12 needs it: its BER (which not every writer of such files leaves out) and its old ciphers. */
import forge from 'node-forge'

export type Node = forge.asn1.Asn1

interface Cipher {
  readonly output: forge.util.ByteStringBuffer
  update(input: forge.util.ByteStringBuffer): void
  finish(): boolean
}

/** `forge.pki.pbe` is public and missing in its types. Throws for algorithms that it does not know. */
const { pbe } = forge.pki as unknown as {
  readonly pbe: { getCipher(oid: string, parameters: Node | undefined, password: string): Cipher }
}

/** Reads one BER element that takes up all bytes. Throws. */
export const readBer = (bytes: string): Node => forge.asn1.fromDer(bytes)

export const childrenOf = ({ value }: Node): readonly Node[] => (typeof value === 'string' ? [] : value)

/** What an element holds: a string of octets may come in pieces. */
export const octetsOf = ({ value }: Node): string => (typeof value === 'string' ? value : value.map(octetsOf).join(''))

export const oidOf = (node: Node | undefined): string => forge.asn1.derToOid(node ? octetsOf(node) : '')

/** An INTEGER that is no larger than counts are; infinite beyond. */
export function countOf(node: Node): number {
  const digits = forge.util.bytesToHex(octetsOf(node)).replace(/^0+/, '')
  return digits.length > 8 ? Infinity : Number(`0x${digits || '0'}`)
}

export const isInteger = ({ type, tagClass }: Node): boolean =>
  tagClass === forge.asn1.Class.UNIVERSAL && type === forge.asn1.Type.INTEGER

/** Undefined: the password is wrong. Throws for algorithms that are not known. */
export function decrypt(
  oid: string,
  parameters: Node | undefined,
  octets: string,
  password: string,
): string | undefined {
  const cipher = pbe.getCipher(oid, parameters, password)
  cipher.update(forge.util.createBuffer(octets))
  return cipher.finish() ? cipher.output.getBytes() : undefined
}

const DIGESTS: Readonly<Record<string, { readonly create: () => forge.md.MessageDigest; readonly bytes: number }>> = {
  '1.3.14.3.2.26': { create: () => forge.md.sha1.create(), bytes: 20 },
  '2.16.840.1.101.3.4.2.1': { create: () => forge.md.sha256.create(), bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { create: () => forge.md.sha384.create(), bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { create: () => forge.md.sha512.create(), bytes: 64 },
}

export interface IntegrityCode {
  readonly digest: string
  readonly code: string
  readonly salt: string
  readonly iterations: number
}

/** Whether an integrity code (RFC 7292, appendix B) fits contents and password; undefined: its digest is not known here. */
export function codeFits(
  { digest, code, salt, iterations }: IntegrityCode,
  contents: string,
  password: string,
): boolean | undefined {
  const known = DIGESTS[digest]
  if (!known) return undefined
  const saltBytes = forge.util.createBuffer(salt)
  const key = forge.pkcs12.generateKey(password, saltBytes, 3, iterations, known.bytes, known.create())
  const hmac = forge.hmac.create()
  hmac.start(known.create(), key)
  hmac.update(contents)
  return hmac.getMac().getBytes() === code
}
