import type { CaId, Pki } from '../data-plane.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import type { Fault } from '../faults/fault.ts'
import { endpointsOf, type ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { storeCertificate, type DatabaseCertificates, type StoredCertificate } from '../state/region-state.ts'
import type { NewLeaf } from './transitions.ts'

/** A certificate to put in place, and what the API will say of it. */
export interface Provision {
  readonly certificate: StoredCertificate
  readonly leaf: NewLeaf
}

/** Issues the certificates that changes and restarts put in place; faults have their hand in it here. */
export class CertificateSource {
  readonly #pkis: ReadonlyMap<string, Pki>
  readonly #faults: ActiveFaults
  readonly #clusters: () => readonly ClusterState[]

  constructor(pkis: ReadonlyMap<string, Pki>, faults: ActiveFaults, clusters: () => readonly ClusterState[]) {
    this.#pkis = pkis
    this.#faults = faults
    this.#clusters = clusters
  }

  /** A right one, under this CA. */
  async issue(database: DatabaseState, ca: CaId): Promise<StoredCertificate> {
    const alsoNamed = clusterNames(database, this.#clusters())
    return storeCertificate(await pkiOf(this.#pkis, database.region).issue(ca, database.hostName, alsoNamed))
  }

  /** For a change to this CA. */
  async forChange(database: DatabaseState, ca: CaId, now: DatabaseCertificates): Promise<Provision> {
    const right = await this.issue(database, ca)
    const leaf = leafOf(right)
    // A Babelfish endpoint takes up a new certificate with the next reboot only.
    if (database.babelfish || this.#serves(database, 'old-certificate'))
      return { certificate: { ...now.live, flawed: true }, leaf }
    if (this.#serves(database, 'wrong-root')) return { certificate: await this.#underWrongRoot(database, ca), leaf }
    return { certificate: right, leaf }
  }

  /** For a restart: the staged certificate goes live, and one that is not what the API says is put right. */
  async forRestart(database: DatabaseState, now: DatabaseCertificates): Promise<Provision> {
    if (database.staged && now.staged) return { certificate: now.staged, leaf: leafOf(now.staged) }
    if (!now.live.flawed) return { certificate: now.live, leaf: { ca: database.ca, ...database.leaf } }
    const right = await this.issue(database, database.ca)
    const wrong = this.#serves(database, 'wrong-root')
    return { certificate: wrong ? await this.#underWrongRoot(database, database.ca) : right, leaf: leafOf(right) }
  }

  #serves(database: DatabaseState, what: NonNullable<Fault['serves']>): boolean {
    return this.#faults.of(database).some(({ serves }) => serves === what)
  }

  async #underWrongRoot(database: DatabaseState, ca: CaId): Promise<StoredCertificate> {
    const alsoNamed = clusterNames(database, this.#clusters())
    const pki = pkiOf(this.#pkis, database.region)
    return storeCertificate(await pki.issueUnderWrongRoot(ca, database.hostName, alsoNamed), true)
  }
}

/** The PKI of a Region. */
export function pkiOf(pkis: ReadonlyMap<string, Pki>, region: string): Pki {
  const pki = pkis.get(region)
  if (!pki) throw new Error(`Bug: no PKI for ${region}`)
  return pki
}

/** The names of its cluster's endpoints, all of which lead to a member: its certificate names them before its own. */
export function clusterNames(
  database: Pick<DatabaseState, 'member'>,
  clusters: readonly ClusterState[],
): readonly string[] {
  const cluster = clusters.find(({ key }) => key === database.member?.cluster)
  return cluster ? endpointsOf(cluster).map(({ hostName }) => hostName) : []
}

/** What the API says of a certificate that is what it should be. */
export const leafOf = (certificate: StoredCertificate): NewLeaf => ({
  ca: certificate.ca,
  from: Date.parse(certificate.validFrom),
  till: Date.parse(certificate.validTill),
})
