import { X509Certificate } from 'node:crypto'

import type { CaId, ServerCertificate } from '../data-plane.ts'
import { leafName } from './amazon-names.ts'
import type { Authorities } from './authorities.ts'
import { certificateMaker } from './certificate-maker.ts'

/** A server certificate of Amazon's lives for a year, or as long as its authority. */
const LEAF_LIFE = 365 * 86_400_000

/** A new server certificate for this host name, with a new key and serial number, under one of these authorities. */
export async function issueUnder(
  authorities: Authorities,
  ca: CaId,
  hostName: string,
  alsoNamed: readonly string[] = [],
): Promise<ServerCertificate> {
  const [subordinate, { makeLeaf }] = await Promise.all([authorities.subordinate(ca), certificateMaker()])
  const leaf = await makeLeaf(subordinate, authorities.shape(ca).key, {
    subject: leafName(hostName),
    names: [...alsoNamed, hostName].map((value) => ({ type: 'dns', value })),
    life: LEAF_LIFE,
  })
  const { validFrom, validTo } = new X509Certificate(leaf.certificatePem)
  return {
    ca,
    keyPem: leaf.keyPem,
    chainPem: leaf.certificatePem + subordinate.certificatePem,
    validFrom: new Date(validFrom),
    validTill: new Date(validTo),
  }
}
