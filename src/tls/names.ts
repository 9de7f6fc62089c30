import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { Check } from '../ports/wire.ts'
import type { Certificate } from './certificate.ts'
import { seen, shortName } from './describe.ts'
import { inetAton, inetPton6 } from './ip-address.ts'
import { RecentlyUsed } from './recently-used.ts'

/** Whether a certificate's names pass for a host, by each family of clients. They differ: see `test/tls/names.test.ts`. */
export interface NameVerdicts {
  readonly libpq: boolean
  /** MySQL's VERIFY_IDENTITY, MariaDB Connector/C, psycopg, Ruby, PHP: everything that asks OpenSSL. */
  readonly openssl: boolean
  readonly node: boolean
}

const EMBEDDED_NUL = -1

const asciiLower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** `pq_verify_peer_name_matches_certificate_name` (src/interfaces/libpq/fe-secure-common.c). */
function libpqName(bytes: Buffer, host: string): boolean | typeof EMBEDDED_NUL {
  if (bytes.includes(0)) return EMBEDDED_NUL
  const pattern = asciiLower(bytes.toString('latin1'))
  const string = asciiLower(Buffer.from(host, 'utf8').toString('latin1'))
  if (pattern === string) return true
  if (pattern.length < 3 || !pattern.startsWith('*.') || pattern.length > string.length) return false
  // The wildcard stands for one whole label: no dot may be left of what matched.
  return string.endsWith(pattern.slice(1)) && string.indexOf('.') >= string.length - pattern.length
}

/**
 * libpq's verify-full (PostgreSQL 15 to 18, `pgtls_verify_peer_name_matches_certificate_guts`). The common name counts
 * only where there is no alternative name of the host's own kind. An IP host also matches the same text as a DNS name.
 */
export function passesLibpq({ extensions, subject }: Certificate, host: string): boolean {
  const v4 = inetAton(host)
  const address = v4 ?? inetPton6(host)
  let commonNameCounts = true
  for (const name of extensions.alternativeNames ?? []) {
    if (name.kind === (address ? 'ip' : 'dns')) commonNameCounts = false
    if (name.kind === 'dns') {
      const matches = libpqName(name.bytes, host)
      if (matches !== false) return matches === true
    } else if (name.kind === 'ip') {
      if (name.bytes.length !== 4 && name.bytes.length !== 16) return false
      if (address && name.bytes.equals(address)) return true
    }
  }
  const [commonName] = subject.commonNames
  return commonNameCounts && commonName !== undefined && libpqName(commonName, host) === true
}

/** OpenSSL's own `X509_check_host` and `X509_check_ip`, without partial wildcards (`d*.example.com`), which MySQL forbids. */
export const passesOpenssl = ({ x509 }: Certificate, host: string): boolean =>
  isIP(host) === 0 ? x509.checkHost(host, { partialWildcards: false }) !== undefined : x509.checkIP(host) !== undefined

/** Node's rules read the old form of a certificate, which takes a while to make. */
const legacyForms = new WeakMap<Certificate, PeerCertificate>()

function legacyForm(certificate: Certificate): PeerCertificate {
  const known = legacyForms.get(certificate)
  if (known) return known
  const made = certificate.x509.toLegacyObject()
  legacyForms.set(certificate, made)
  return made
}

/** Node's own `tls.checkServerIdentity`: node-postgres, and mysql2 with `verifyIdentity`. */
export function passesNode(certificate: Certificate, host: string): boolean {
  try {
    return checkServerIdentity(host, legacyForm(certificate)) === undefined
  } catch {
    // It throws for alternative names that it cannot unquote.
    return false
  }
}

function examine(leaf: Certificate, host: string): NameVerdicts {
  // A zero byte cannot be part of a host; OpenSSL's functions would read only what stands before it.
  if (host === '' || host.includes('\0')) return { libpq: false, openssl: false, node: false }
  return { libpq: passesLibpq(leaf, host), openssl: passesOpenssl(leaf, host), node: passesNode(leaf, host) }
}

/**
 * What was found out, by certificate and name: it does not change. Node's rules make an Error for each name that they refuse,
 * and the controls ask for two such names at every handshake.
 */
const known = new WeakMap<Certificate, RecentlyUsed<string, NameVerdicts>>()
const NAMES_OF_A_CERTIFICATE = 16

/** Whether a certificate is for a host, by the rules of each family of clients. */
export function nameVerdicts(leaf: Certificate, host: string): NameVerdicts {
  const ofLeaf = known.get(leaf) ?? new RecentlyUsed<string, NameVerdicts>(NAMES_OF_A_CERTIFICATE)
  known.set(leaf, ofLeaf)
  return ofLeaf.get(host, () => examine(leaf, host))
}

const CLIENTS = {
  libpq: 'libpq (psql, psycopg)',
  openssl: 'OpenSSL (MySQL, MariaDB)',
  node: 'Node (pg, mysql2)',
} as const

/** The host name check: passed only when libpq's, OpenSSL's and Node's rules all pass. */
export function checkName(leaf: Certificate, host: string): Check {
  const verdicts = nameVerdicts(leaf, host)
  const passing = (['libpq', 'openssl', 'node'] as const).filter((rule) => verdicts[rule])
  if (passing.length === 3) return { passed: true }
  const names = seen(leaf).names.join(', ') || `no alternative names, common name "${shortName(leaf)}"`
  const certificate = shortName(leaf)
  return passing.length === 0
    ? {
        passed: false,
        code: 'wrong-name',
        certificate,
        detail: `the certificate is not for "${host}" but for ${names}`,
      }
    : {
        passed: false,
        code: 'name-rules-differ',
        certificate,
        detail: `"${host}" passes only by the rules of ${passing.map((rule) => CLIENTS[rule]).join(' and ')}: the certificate is for ${names}`,
      }
}

/** Names that no certificate for `host` is also for: another one, and one that begins with it; for an address, other addresses. */
export const wrongNamesFor = (host: string): readonly string[] =>
  isIP(host) === 0 ? ['control.invalid', `${host}.invalid`] : ['control.invalid', '192.0.2.1', '2001:db8::1']

/** Whether every client's rules refuse the certificate under each wrong name. */
export const refusesWrongNames = (leaf: Certificate, host: string): boolean =>
  wrongNamesFor(host)
    .filter((name) => name !== host)
    .every((name) => Object.values(nameVerdicts(leaf, name)).every((passes) => !passes))
