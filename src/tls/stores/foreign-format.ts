import { TAG } from '../der.ts'
import { isJks } from './jks.ts'

/** A file that is no PEM, and the command that makes one of it. */
export interface ForeignFormat {
  readonly name: string
  /** The command, with the file's path in place of `FILE`; absent where no root is in it. Passwords are asked for, never put into a command line. */
  readonly convert?: string
  /** As what it can be declared and read, where it can. */
  readonly readAs?: 'jks' | 'pkcs12'
}

const KEYTOOL = 'keytool -list -rfc -keystore FILE > store.pem'
const bouncy = (type: string, provider: string, jar: string): string =>
  `keytool -list -rfc -keystore FILE -storetype ${type} -providerclass org.bouncycastle.${provider} -providerpath ${jar} > store.pem`

/** On Windows the store is no file: this PowerShell makes one of it. */
export const WINDOWS_STORE_TO_PEM = `Get-ChildItem Cert:\\LocalMachine\\Root | ForEach-Object { '-----BEGIN CERTIFICATE-----'; [Convert]::ToBase64String($_.RawData, 'InsertLineBreaks'); '-----END CERTIFICATE-----' } | Set-Content store.pem`

const MAGIC: readonly { readonly bytes: readonly number[]; readonly format: ForeignFormat }[] = [
  {
    bytes: [0xce, 0xce, 0xce, 0xce],
    format: { name: 'a Java key store (JCEKS)', convert: `${KEYTOOL} -storetype JCEKS` },
  },
  // Bouncy Castle: version, then the length of a salt of 20 bytes.
  ...[1, 2].map((version) => ({
    bytes: [0, 0, 0, version, 0, 0, 0, 20],
    format: {
      name: 'a Bouncy Castle key store (BKS)',
      convert: bouncy('BKS', 'jce.provider.BouncyCastleProvider', 'bcprov.jar'),
    },
  })),
  {
    bytes: [...Buffer.from('SQLite format 3\0')],
    format: { name: 'an NSS certificate database', convert: 'certutil -L -d sql:DIRECTORY -a -n NICKNAME > store.pem' },
  },
  {
    bytes: [0, 6, 0x15, 0x61],
    format: { name: 'an NSS certificate database', convert: 'certutil -L -d dbm:DIRECTORY -a -n NICKNAME > store.pem' },
  },
  {
    bytes: [0, 0, 0, 0, ...Buffer.from('CERT')],
    format: { name: 'a Windows certificate store (SST)', convert: 'certutil -split -dump FILE' },
  },
  // Behind it stands a version.
  {
    bytes: [0xa1, 0xf8, 0x4e],
    format: {
      name: 'an Oracle wallet that opens without a password',
      convert: 'orapki wallet export -wallet DIRECTORY -dn SUBJECT -cert store.pem',
    },
  },
  ...[
    [0xff, 0xfe],
    [0xfe, 0xff],
  ].map((bytes) => ({
    bytes,
    format: {
      name: 'text in UTF-16, as a redirection in PowerShell writes it',
      convert: 'iconv -f UTF-16 -t UTF-8 FILE > store.pem',
    },
  })),
  {
    bytes: [...Buffer.from('kych')],
    format: { name: 'a macOS keychain', convert: 'security find-certificate -a -p FILE > store.pem' },
  },
  {
    bytes: [0x50, 0x4b, 3, 4],
    format: { name: 'a zip or jar archive', convert: 'unzip -p FILE PATH_INSIDE > store.pem' },
  },
  { bytes: [0x1f, 0x8b], format: { name: 'compressed with gzip', convert: 'gunzip -c FILE > store.pem' } },
]

/** Kinds of trust stores that are not read here, and what makes a PEM file of one. */
export const NOT_READ: Readonly<Record<string, string>> = {
  jceks: `${KEYTOOL} -storetype JCEKS`,
  bks: bouncy('BKS', 'jce.provider.BouncyCastleProvider', 'bcprov.jar'),
  bcfks: bouncy('BCFKS', 'jcajce.provider.BouncyCastleFipsProvider', 'bc-fips.jar'),
  nss: 'certutil -L -d sql:DIRECTORY -a -n NICKNAME > store.pem',
  windows: WINDOWS_STORE_TO_PEM,
  keychain: 'security find-certificate -a -p FILE > store.pem',
}

/** The first bytes of a DER SEQUENCE's contents, past its length; undefined for anything else. */
function insideSequence(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== TAG.sequence) return undefined
  const length = bytes[1] ?? 0
  return bytes.subarray(length <= 0x80 ? 2 : 2 + (length & 0x7f))
}

/** The tags of the first elements in a DER SEQUENCE's contents, as far as they are there: of a store without a kind only the head is read. */
function firstTags(contents: Buffer, count: number): readonly number[] {
  const tags: number[] = []
  for (let offset = 0; tags.length < count && offset + 1 < contents.length;) {
    tags.push(contents[offset] ?? 0)
    const length = contents[offset + 1] ?? 0
    const more = length <= 0x80 ? 0 : Math.min(length & 0x7f, 4)
    if (offset + 2 + more > contents.length) break
    offset += 2 + more + (more === 0 ? length : contents.readUIntBE(offset + 2, more))
  }
  return tags
}

const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

/** A list of revoked certificates has a date behind algorithm and issuer; a certificate has a SEQUENCE of two there. */
const isRevocationList = (contents: Buffer): boolean => {
  const tags = firstTags(contents, 4)
  return tags[0] === TAG.integer
    ? tags[3] === UTC_TIME || tags[3] === GENERALIZED_TIME
    : tags[0] === TAG.sequence && (tags[2] === UTC_TIME || tags[2] === GENERALIZED_TIME)
}

/**
 * PFX begins with the INTEGER 3, PKCS#7 with an OBJECT IDENTIFIER, a certificate with a SEQUENCE of version or serial number, and
 * Bouncy Castle's FIPS store with an algorithm within two SEQUENCEs.
 */
function binaryFormat(bytes: Buffer): ForeignFormat | undefined {
  const inside = insideSequence(bytes)
  if (!inside) return undefined
  if (inside[0] === TAG.integer && inside[2] === 3)
    return {
      name: 'a PKCS#12 key store',
      convert: 'openssl pkcs12 -in FILE -nokeys -out store.pem',
      readAs: 'pkcs12',
    }
  if (inside[0] === TAG.oid)
    return { name: 'a PKCS#7 file', convert: 'openssl pkcs7 -inform der -in FILE -print_certs -out store.pem' }
  const within = insideSequence(inside)
  if (!within) return undefined
  if (isRevocationList(within)) return { name: 'a list of revoked certificates (CRL)' }
  if (within[0] === TAG.oid) return { name: 'an encrypted private key' }
  if (within[0] === TAG.sequence)
    return {
      name: 'a Bouncy Castle FIPS key store (BCFKS)',
      convert: bouncy('BCFKS', 'jcajce.provider.BouncyCastleFipsProvider', 'bc-fips.jar'),
    }
  return { name: 'a DER certificate', convert: 'openssl x509 -inform der -in FILE -out store.pem' }
}

/** What a trust store file is, when it is one that is known and no PEM. */
export function foreignFormat(bytes: Buffer): ForeignFormat | undefined {
  if (isJks(bytes)) return { name: 'a Java key store (JKS)', convert: KEYTOOL, readAs: 'jks' }
  const known = MAGIC.find((magic) => magic.bytes.every((byte, i) => bytes[i] === byte))
  if (known) return known.format
  if (/^-----BEGIN (?:PKCS7|CMS)-----/m.test(bytes.toString('latin1')))
    return { name: 'a PKCS#7 file', convert: 'openssl pkcs7 -in FILE -print_certs -out store.pem' }
  return binaryFormat(bytes)
}
