import { createSecureContext } from 'node:tls'
import { childrenOf, expectTag, readDer, TAG } from './der.ts'
import type { Certificate } from './certificate.ts'
import { readName } from './distinguished-name.ts'
import { readPem } from './pem.ts'

/** What a revocation list revokes. Whether it is signed and current is for OpenSSL to say, in the handshake. */
export interface RevocationList {
  /** The issuer's canonical name. */
  readonly issuer: string
  /** Hex of the INTEGERs' bytes, as {@link Certificate.serial}. */
  readonly serials: ReadonlySet<string>
}

/** The labels that OpenSSL reads; `CRL` alone is what some tools write, and OpenSSL passes over it. */
const LABEL = 'X509 CRL'

/** Splits a text into one PEM a list: Node's `crl` option reads the first list of a text and drops the others, silently. */
export const splitCrls = (text: string): readonly string[] =>
  readPem(text)
    .blocks.filter(({ label, der }) => label === LABEL && der !== undefined)
    // The lines are joined, never ended: OpenSSL reads no block with an empty line in it.
    .map(({ der }) => {
      const lines = (der ?? Buffer.alloc(0)).toString('base64').match(/.{1,64}/g) ?? []
      return [`-----BEGIN ${LABEL}-----`, ...lines, `-----END ${LABEL}-----`, ''].join('\n')
    })

/** Whether OpenSSL can read a list, PEM; it throws for one that it cannot when a handshake is about to begin. */
export function isReadableCrl(pem: string): boolean {
  try {
    createSecureContext({ crl: pem })
    return true
  } catch {
    return false
  }
}

/** Reads one list (RFC 5280, 5.1). Throws `DerError`. */
export function readCrl(der: Buffer): RevocationList {
  const [tbs] = childrenOf(readDer(der, TAG.sequence))
  const fields = childrenOf(expectTag(tbs, TAG.sequence))
  if (fields[0]?.tag === TAG.integer) fields.shift()
  const [, issuer, , ...rest] = fields
  // After thisUpdate an optional nextUpdate, then the entries; both dates have tags of their own.
  const entries = rest.find(({ tag }) => tag === TAG.sequence)
  return {
    issuer: readName(expectTag(issuer, TAG.sequence)).canonical,
    serials: new Set(
      (entries ? childrenOf(entries) : []).map((entry) =>
        expectTag(childrenOf(entry)[0], TAG.integer).body.toString('hex'),
      ),
    ),
  }
}

/** The first certificate that one of the lists (PEM) revokes. A list that cannot be read revokes nothing here. */
export function revokedAmong(certificates: readonly Certificate[], crls: readonly string[]): Certificate | undefined {
  const lists = crls
    .flatMap((pem) => readPem(pem).blocks)
    .flatMap(({ der }) => {
      try {
        return der ? [readCrl(der)] : []
      } catch {
        return []
      }
    })
  return certificates.find((each) =>
    lists.some(({ issuer, serials }) => issuer === each.issuer.canonical && serials.has(each.serial)),
  )
}
