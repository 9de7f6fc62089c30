import { createHash } from 'node:crypto'
import {
  caIdsOf,
  type CaId,
  type Pki,
  type RehearsedCa,
  type ServerCertificate,
} from '../../src/rehearsal/data-plane.ts'
import type { CertificateSeen } from '../../src/ports/wire.ts'

const YEAR = 365 * 86_400_000
const sha = (algorithm: 'sha1' | 'sha256', text: string): string => createHash(algorithm).update(text).digest('hex')

/** A certificate of paper: what it says of itself, signed by nobody. For simulations in which no byte goes over a wire. */
export interface Paper {
  /** The root at which it ends: its Region and CA. */
  readonly root: string
  readonly serial: number
  readonly names: readonly string[]
  readonly from: number
  readonly till: number
}

export const paperRoot = (region: string, ca: string): string => `paper root ${region} ${ca}`

/** What a server of a simulation presents. */
export const paperOf = ({ chainPem }: Pick<ServerCertificate, 'chainPem'>): Paper => JSON.parse(chainPem) as Paper

/** A PKI that makes certificates of paper, by a clock of its own; nothing costs time. */
export function paperPki(region: string, now: () => number): Pki {
  let serials = 0
  const born = now() - 5 * YEAR
  const issue = async (
    root: string,
    ca: CaId,
    hostName: string,
    alsoNamed: readonly string[] = [],
  ): Promise<ServerCertificate> => {
    const [from, till] = [now(), now() + YEAR]
    const paper: Paper = { root, serial: (serials += 1), names: [...alsoNamed, hostName], from, till }
    return { ca, keyPem: '', chainPem: JSON.stringify(paper), validFrom: new Date(from), validTill: new Date(till) }
  }
  const cas = caIdsOf(region).map((id): RehearsedCa => {
    const rootPem = paperRoot(region, id)
    const [validFrom, validTill] = [new Date(born), new Date(born + 40 * YEAR)]
    return { id, rootPem, thumbprint: sha('sha1', rootPem), validFrom, validTill }
  })
  return {
    cas,
    bundle: (ids = caIdsOf(region)) => ids.map((id) => paperRoot(region, id)).join('\n'),
    issue: (ca, hostName, alsoNamed) => issue(paperRoot(region, ca), ca, hostName, alsoNamed),
    issueUnderWrongRoot: (ca, hostName, alsoNamed) => issue(paperRoot('elsewhere', ca), ca, hostName, alsoNamed),
    issueFlawed: (_flaw, ca, hostName) => issue(paperRoot('nowhere', ca), ca, hostName),
    retiredRootPem: paperRoot(region, 'rds-ca-2015'),
    https: async () => ({ keyPem: '', certPem: '', caPem: '' }),
  }
}

/** A root as whoever looks at the wire sees it; its SHA-1 is the API's thumbprint. */
export const rootSeen = (
  rootPem: string,
  { validFrom, validTill }: Pick<RehearsedCa, 'validFrom' | 'validTill'>,
): CertificateSeen => ({
  subject: `CN=${rootPem}`,
  issuer: `CN=${rootPem}`,
  serial: '01',
  notBefore: validFrom.getTime(),
  notAfter: validTill.getTime(),
  sha1: sha('sha1', rootPem),
  sha256: sha('sha256', rootPem),
  key: 'rsa2048',
  isCa: true,
  names: [],
})

/** A leaf likewise. */
export const leafSeen = ({ from, names, root, serial, till }: Paper): CertificateSeen => ({
  subject: `CN=${names.at(-1) ?? ''}`,
  issuer: `CN=${root}`,
  serial: serial.toString(16),
  notBefore: from,
  notAfter: till,
  sha1: sha('sha1', `${root} ${serial}`),
  sha256: sha('sha256', `${root} ${serial}`),
  key: 'ec-p256',
  isCa: false,
  names: names.map((name) => `DNS:${name}`),
})
