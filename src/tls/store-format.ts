import { TAG } from './der.ts'

/** A trust store that is no PEM, and the command that makes one of it. */
export interface ForeignFormat {
  readonly name: string
  /** The command, with the file's path in place of `FILE`. Passwords are asked for, never put into a command line. */
  readonly convert: string
}

const KEYTOOL = 'keytool -list -rfc -keystore FILE > store.pem'

const MAGIC: readonly { readonly bytes: readonly number[]; readonly format: ForeignFormat }[] = [
  { bytes: [0xfe, 0xed, 0xfe, 0xed], format: { name: 'a Java key store (JKS)', convert: KEYTOOL } },
  {
    bytes: [0xce, 0xce, 0xce, 0xce],
    format: { name: 'a Java key store (JCEKS)', convert: `${KEYTOOL} -storetype JCEKS` },
  },
  {
    bytes: [...Buffer.from('SQLite format 3\0')],
    format: { name: 'an NSS certificate database', convert: 'certutil -L -d sql:DIRECTORY -a -n NICKNAME > store.pem' },
  },
]

/** The first bytes of a DER SEQUENCE's contents, past its length; undefined for anything else. */
function insideSequence(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== TAG.sequence) return undefined
  const length = bytes[1] ?? 0
  return bytes.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f))
}

/** PFX begins with the INTEGER 3, PKCS#7 with an OBJECT IDENTIFIER, a certificate with another SEQUENCE. */
function binaryFormat(bytes: Buffer): ForeignFormat | undefined {
  const inside = insideSequence(bytes)
  if (!inside) return undefined
  if (inside[0] === TAG.integer && inside[2] === 3)
    return { name: 'a PKCS#12 key store', convert: 'openssl pkcs12 -in FILE -nokeys -out store.pem' }
  if (inside[0] === TAG.oid)
    return { name: 'a PKCS#7 file', convert: 'openssl pkcs7 -inform der -in FILE -print_certs -out store.pem' }
  if (inside[0] === TAG.sequence)
    return { name: 'a DER certificate', convert: 'openssl x509 -inform der -in FILE -out store.pem' }
  return undefined
}

/** What a trust store file is, when it is one that is known and no PEM. */
export function foreignFormat(bytes: Buffer): ForeignFormat | undefined {
  const known = MAGIC.find((magic) => magic.bytes.every((byte, i) => bytes[i] === byte))
  if (known) return known.format
  if (/^-----BEGIN (?:PKCS7|CMS)-----/m.test(bytes.toString('latin1')))
    return { name: 'a PKCS#7 file', convert: 'openssl pkcs7 -in FILE -print_certs -out store.pem' }
  return binaryFormat(bytes)
}
