import type { BundledCertificate } from '../ports/bundles.ts'
import type { CertificateSeen, HandshakesSpent, WireEngine, WireProof } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'

/** What is to be checked. */
export interface Target {
  readonly engine: WireEngine
  readonly host: string
  readonly port: number
  /** What the certificate must name: the host, unless another name was asked for. */
  readonly name: string
  /** PostgreSQL's direct TLS. */
  readonly direct?: true
  /** `ADDRESS:PORT` that TCP goes to in place of the host. */
  readonly address?: string
}

/** The roots that are trusted, and where they come from. */
export interface Store {
  readonly kind: 'bundle' | 'trust-store'
  readonly location: string
  readonly certificates: readonly BundledCertificate[]
  /** What a person should know about the store, one sentence each. */
  readonly notes: readonly string[]
  /** Revocation lists, PEM, one a string. */
  readonly crls: readonly string[]
}

/** Whether the certificate's names pass, by each client's own rules. */
export interface NameRules {
  readonly libpq: boolean
  readonly openssl: boolean
  readonly node: boolean
  /** MariaDB's client takes a DNS name for an address too, and wildcards for part of a label. */
  readonly mariadb: boolean
  /** mysql2 compares an address with `localhost`. */
  readonly mysql2: boolean
}

/** All that one handshake showed: every report and every verdict is made of this, without another connection. */
export interface Checked {
  readonly target: Target
  readonly store: Store
  readonly proof: WireProof
  /** The path that was found, leaf first, trusted root last; absent when there is none. */
  readonly path?: readonly CertificateSeen[]
  readonly names: NameRules
  /** Where handshakes are counted: how many an hour has seen. */
  readonly handshakes?: HandshakesSpent
  /** No handshake was made: this chain was captured by an earlier one. */
  readonly waits?: Waits
}

/** Why no handshake may be made now, and until when. */
export interface Waits {
  readonly why: 'spent' | 'blocked'
  readonly until: Instant
  /** The store is another one than that handshake's: OpenSSL has not judged by it, only we have. */
  readonly oneJudge: boolean
  /** Whether a person may have one more made now. */
  readonly more: boolean
}
