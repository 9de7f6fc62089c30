import { createHash, X509Certificate } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { caIdsOf, type CaId, type Pki, type RehearsedCa, RETIRED_CA } from '../data-plane.ts'
import { retiredRoot as retired } from './amazon-names.ts'
import { Authorities } from './authorities.ts'
import { certificateMaker } from './certificate-maker.ts'
import { keptCertifiedKey } from './certified-key.ts'
import { httpsCertificate } from './https-certificate.ts'
import { issueUnder } from './issue.ts'

/** Regions whose roots stand in the bundle beside the rehearsed Region's: P-384 alone, which costs milliseconds. */
const OTHER_REGIONS = ['eu-central-1', 'ap-southeast-2', 'sa-east-1', 'ca-central-1'] as const
const OTHERS_IN_BUNDLE = 3
const OTHER_CA: CaId = 'rds-ca-ecc384-g1'

/** The Region whose root `wrong-root` serves. It is in no bundle, so that the fault looks alike for every CA. */
const wrongRegionFor = (region: string): string => (region === 'us-west-2' ? 'us-east-2' : 'us-west-2')

/**
 * Opens the PKI kept in `pkiDirectory`, making what is not there yet: the Region's own roots and three of other Regions. Authorities
 * that sign are made when the first certificate is issued under them. Throws CannotServe (`PKI_MISSING`, `PKI_UNUSABLE`).
 */
export async function openPki(pkiDirectory: string, region: string): Promise<Pki> {
  await mkdir(pkiDirectory, { recursive: true, mode: 0o700 })
  const own = new Authorities(pkiDirectory, region, false)
  const wrong = new Authorities(pkiDirectory, wrongRegionFor(region), true)
  const others = OTHER_REGIONS.filter((other) => other !== region)
    .slice(0, OTHERS_IN_BUNDLE)
    .map((other) => new Authorities(pkiDirectory, other, true))

  // RSA-4096 first: it takes longer than all the rest together.
  const ids = caIdsOf(region)
  const slowestFirst = ids.toSorted((a, b) => Number(b.includes('4096')) - Number(a.includes('4096')))
  const ownRoots = new Map(
    await Promise.all(slowestFirst.map(async (id) => [id, (await own.root(id)).certificatePem] as const)),
  )
  const retiredRoot = await keptCertifiedKey(join(pkiDirectory, `${RETIRED_CA}.root.pem`), async () =>
    (await certificateMaker()).makeRoot(retired.name, 'p256', retired),
  )
  const otherRoots = await Promise.all(others.map(async (other) => (await other.root(OTHER_CA)).certificatePem))

  const rootOf = (id: CaId): string => {
    const pem = ownRoots.get(id)
    if (pem === undefined) throw new Error(`Bug: there is no root for ${id}`)
    return pem
  }
  return {
    cas: ids.map((id) => describeRoot(id, rootOf(id))),
    bundle: (wanted = ids) => [...wanted.map((id) => rootOf(id)), ...otherRoots].join(''),
    issue: (ca, hostName, alsoNamed) => issueUnder(own, ca, hostName, alsoNamed),
    issueUnderWrongRoot: (ca, hostName, alsoNamed) => issueUnder(wrong, ca, hostName, alsoNamed),
    issueFlawed: async (flaw, ca, hostName) => {
      await certificateMaker()
      const { issueFlawed } = await import('./flawed-certificates.ts')
      return issueFlawed({ directory: pkiDirectory, authorities: own, retiredRoot }, flaw, ca, hostName)
    },
    retiredRootPem: retiredRoot.certificatePem,
    https: () => httpsCertificate(pkiDirectory),
  }
}

function describeRoot(id: CaId, rootPem: string): RehearsedCa {
  const root = new X509Certificate(rootPem)
  return {
    id,
    rootPem,
    thumbprint: createHash('sha1').update(root.raw).digest('hex'),
    validFrom: new Date(root.validFrom),
    validTill: new Date(root.validTo),
  }
}
