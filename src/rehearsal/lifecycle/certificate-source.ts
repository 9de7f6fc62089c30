import { X509Certificate } from 'node:crypto'
import type { CaId, Pki } from '../data-plane.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import type { Fault } from '../faults/fault.ts'
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
  readonly #pki: Pki
  readonly #faults: ActiveFaults

  constructor(pki: Pki, faults: ActiveFaults) {
    this.#pki = pki
    this.#faults = faults
  }

  /** For a change to this CA. */
  async forChange(database: DatabaseState, ca: CaId, now: DatabaseCertificates): Promise<Provision> {
    const right = storeCertificate(await this.#pki.issue(ca, database.hostName))
    const leaf = leafOf(right)
    if (this.#serves(database, 'old-certificate')) return { certificate: { ...now.live, flawed: true }, leaf }
    if (this.#serves(database, 'wrong-root')) return { certificate: await this.#underWrongRoot(database, ca), leaf }
    return { certificate: right, leaf }
  }

  /** For a restart: the staged certificate goes live, and one that is not what the API says is put right. */
  async forRestart(database: DatabaseState, now: DatabaseCertificates): Promise<Provision> {
    if (database.staged && now.staged) return { certificate: now.staged, leaf: leafOf(now.staged) }
    if (!now.live.flawed) return { certificate: now.live, leaf: { ca: database.ca, ...database.leaf } }
    const right = storeCertificate(await this.#pki.issue(database.ca, database.hostName))
    const wrong = this.#serves(database, 'wrong-root')
    return { certificate: wrong ? await this.#underWrongRoot(database, database.ca) : right, leaf: leafOf(right) }
  }

  #serves(database: DatabaseState, what: NonNullable<Fault['serves']>): boolean {
    return this.#faults.of(database.id).some(({ serves }) => serves === what)
  }

  async #underWrongRoot({ hostName }: DatabaseState, ca: CaId): Promise<StoredCertificate> {
    return storeCertificate(await this.#pki.issueUnderWrongRoot(ca, hostName), true)
  }
}

/** What the API says of a certificate that is what it should be. */
export function leafOf(certificate: StoredCertificate): NewLeaf {
  // The first certificate of the chain is the leaf, and the parser reads the first.
  const { validFrom, validTo } = new X509Certificate(certificate.chainPem)
  return { ca: certificate.ca, from: Date.parse(validFrom), till: Date.parse(validTo) }
}
