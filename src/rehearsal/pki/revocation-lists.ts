import 'reflect-metadata'

import { X509Certificate, X509CrlGenerator } from '@peculiar/x509'

import type { CertifiedKey } from './certified-key.ts'
import { importKey, type KeyKind, signingAlgorithm } from './keys.ts'

const DAY = 86_400_000

/** An authority's list of what it has taken back, PEM, valid for a month. `revoked`: certificates of its own, PEM. */
export async function makeRevocationList(
  issuer: CertifiedKey,
  issuerKind: KeyKind,
  revoked: readonly string[],
): Promise<string> {
  const now = Date.now()
  const list = await X509CrlGenerator.create({
    issuer: new X509Certificate(issuer.certificatePem).subjectName,
    thisUpdate: new Date(now - DAY),
    nextUpdate: new Date(now + 30 * DAY),
    entries: revoked.map((pem) => ({
      serialNumber: new X509Certificate(pem).serialNumber,
      revocationDate: new Date(now - DAY),
    })),
    signingKey: importKey(issuer.keyPem, issuerKind),
    signingAlgorithm: signingAlgorithm(issuerKind),
  })
  // The library's own label, "CRL", is one that OpenSSL does not know.
  const base64 = Buffer.from(list.rawData).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`
}
