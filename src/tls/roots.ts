import { hash } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { Anchors } from './anchors.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import { isCertificateBlock, readPem } from './pem.ts'
import { RecentlyUsed } from './recently-used.ts'

/** A set of trusted roots, ready to be asked: parsed for our own judge, and loaded for OpenSSL. */
export interface Roots {
  readonly anchors: Anchors
  /** One for each set of roots, not one for each connection: loading 108 roots takes about 30 ms. */
  readonly context: SecureContext
}

/**
 * Node's default list, with OpenSSL's security level 2 whatever Node's version. In full, because `--tls-cipher-list` and
 * `--tls-min-v1.0` change the defaults. A list without TLS 1.3 suites would turn TLS 1.3 off.
 */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'HIGH',
  '!aNULL',
  '!eNULL',
  '!EXPORT',
  '!DES',
  '!RC4',
  '!MD5',
  '!PSK',
  '!SRP',
  '!CAMELLIA',
  '@SECLEVEL=2',
].join(':')

const sets = new RecentlyUsed<string, Roots>(32)

function load(pems: readonly string[], crls: readonly string[]): Roots {
  const certificates = new Map<string, Certificate>()
  for (const pem of pems) {
    const blocks = readPem(pem).blocks.filter(isCertificateBlock)
    // Node takes a text without certificates for an empty store, silently.
    if (blocks.length === 0) throw new TypeError('A trusted root is not a PEM certificate')
    for (const { der } of blocks) {
      if (!der) throw new TypeError('A trusted root is not a PEM certificate')
      const certificate = readCertificate(der)
      certificates.set(certificate.sha256, certificate)
    }
  }
  const list = [...certificates.values()]
  const context = createSecureContext({
    // An empty list is an empty store, not Node's own: NODE_EXTRA_CA_CERTS, SSL_CERT_FILE and --use-system-ca add nothing.
    ca: list.map(({ x509 }) => x509.toString()),
    // Any list makes OpenSSL ask for one of every CA in the chain (X509_V_FLAG_CRL_CHECK_ALL).
    ...(crls.length > 0 && { crl: [...crls] }),
    ciphers: CIPHERS,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  })
  return { anchors: Anchors.of(list), context }
}

/** The last answer for an array, with what was in it: hashing a bundle takes a tenth as long as a handshake. */
const answers = new WeakMap<readonly string[], { readonly pems: readonly string[]; readonly roots: Roots }>()

/**
 * The given roots, and nothing else that this machine trusts.
 * @param pems PEM texts; one certificate each is usual
 * @param crls revocation lists, PEM, exactly one a text: Node reads no more than the first
 * @throws TypeError, or `BrokenCertificate`, when one of them is no certificate: a mistake of whoever calls
 */
export function trustedRoots(pems: readonly string[], crls: readonly string[] = []): Roots {
  if (crls.length > 0) return sets.get(hash('sha256', [...pems, ...crls].join('\n'), 'hex'), () => load(pems, crls))
  const known = answers.get(pems)
  if (known && known.pems.length === pems.length && known.pems.every((pem, i) => pem === pems[i])) return known.roots
  const roots = sets.get(hash('sha256', pems.join('\n'), 'hex'), () => load(pems, []))
  answers.set(pems, { pems: [...pems], roots })
  return roots
}
