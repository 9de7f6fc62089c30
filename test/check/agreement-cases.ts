import { days, issue, x509, type Issued } from '../support/certificates.ts'
import { HOST, type CertificateCase } from '../tls/certificate-case.ts'
import { chainCases } from '../tls/chain-cases.ts'
import { nameCases } from '../tls/name-cases.ts'

/** A case, and the revocation lists that everybody is given. */
export interface AgreementCase extends CertificateCase {
  readonly crls?: readonly string[]
}

async function crlOf(issuer: Issued, revoked: readonly Issued[], nextUpdate = days(2)): Promise<string> {
  const crl = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: days(-3),
    nextUpdate,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    entries: revoked.map(({ certificate }) => ({ serialNumber: certificate.serialNumber, revocationDate: days(-1) })),
  })
  // OpenSSL reads no other label.
  return `${crl.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`
}

async function revocationCases(): Promise<AgreementCase[]> {
  const root = await issue({ subject: 'CN=Revoking Root, O=Cases', ca: true })
  const inter = await issue({ subject: 'CN=Revoking Sub, O=Cases', issuer: root, ca: { pathLength: 0 } })
  const leaf = await issue({ subject: HOST, issuer: inter, dns: [HOST] })
  const other = await issue({ subject: HOST, issuer: inter, dns: [HOST] })
  const base = { host: HOST, served: [leaf, inter], roots: [root.pem] }
  const fails = (code: string) => ({ check: 'chain' as const, code })
  return [
    { name: 'lists that revoke nothing', ...base, crls: [await crlOf(root, []), await crlOf(inter, [])] },
    { name: 'a list that revokes another', ...base, crls: [await crlOf(root, []), await crlOf(inter, [other])] },
    {
      name: 'a revoked leaf',
      ...base,
      crls: [await crlOf(root, []), await crlOf(inter, [leaf])],
      fails: fails('revoked'),
    },
    {
      name: 'a revoked intermediate',
      ...base,
      crls: [await crlOf(root, [inter]), await crlOf(inter, [])],
      fails: fails('revoked'),
    },
    { name: 'no list of the root', ...base, crls: [await crlOf(inter, [])], fails: fails('no-crl') },
    {
      name: 'lists past their next update',
      ...base,
      crls: [await crlOf(root, [], days(-1)), await crlOf(inter, [], days(-1))],
      fails: fails('stale-crl'),
    },
  ]
}

export const agreementCases = async (): Promise<readonly AgreementCase[]> => [
  ...(await chainCases()),
  ...(await nameCases()),
  ...(await revocationCases()),
]
