import type { Instant } from '../rules/words.ts'
import type { Credentials } from './sql.ts'

/** The wire protocol in front of TLS. `mysql` is MariaDB's too. */
export type WireEngine = 'postgres' | 'mysql'

/** Where a look was made from. Part of the evidence. */
export type Place =
  | { readonly kind: 'here' }
  /** Through a tunnel or bastion: TCP goes to `address`, the TLS name stays the real endpoint. */
  | { readonly kind: 'connect'; readonly address: string }

/** One certificate, as far as a runbook needs it. Digests are lower-case hex of the DER. */
export interface CertificateSeen {
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly sha1: string
  readonly sha256: string
  /** For example `rsa2048`, `ec-secp384r1`. */
  readonly key: string
  readonly isCa: boolean
  /** DNS and IP subject alternative names, as `DNS:…` / `IP:…`. */
  readonly names: readonly string[]
}

/** Passed, or failed with a code and the certificate concerned. */
export type Check =
  | { readonly passed: true }
  | { readonly passed: false; readonly code: string; readonly detail: string; readonly certificate?: string }

/** How many anonymous handshakes with a MySQL endpoint an hour has seen, of how many. */
export interface HandshakesSpent {
  readonly spent: number
  readonly allowed: number
  /** When the next one is possible; absent while one is. */
  readonly nextAt?: Instant
}

/** What a negative control must show: `refused`. `passed` means that the proof proves nothing. */
export type Control = 'refused' | 'passed'

/**
 * What one TLS handshake without credentials showed, judged against one set of roots.
 * `strict` is the verdict: the chain is valid at security level 2 and the name passes libpq's, OpenSSL's and Node's rules.
 */
export interface WireProof {
  readonly place: Place
  readonly at: Instant
  /** Milliseconds from connect to the end of the handshake. */
  readonly ms: number
  readonly protocol: string
  readonly cipher: string
  /** As the server sent them, leaf first. Never empty. */
  readonly served: readonly CertificateSeen[]
  /** The trusted root at which the served chain ends; absent when it ends at none of the given roots. */
  readonly root?: CertificateSeen
  /** Signatures up to a trusted root; the validity dates of every certificate; the host name. */
  readonly chain: Check
  readonly dates: Check
  readonly name: Check
  readonly strict: boolean
  /** The same chain without the root that is served, and under another name. */
  readonly controls: { readonly withoutServedRoot: Control; readonly wrongName: Control }
  /** A log-in made the handshake; else it was anonymous. */
  readonly by?: 'log-in'
  /** Where handshakes are counted: MySQL's and MariaDB's. */
  readonly handshakes?: HandshakesSpent
}

export interface WireQuestion {
  readonly engine: WireEngine
  /** The real endpoint: what the certificate must name, whatever tunnel leads there. */
  readonly host: string
  readonly port: number
  /** What the certificate must name (and SNI says), where that is not `host`. */
  readonly servername?: string
  /** The trusted roots, PEM, one certificate a string. */
  readonly roots: readonly string[]
  /** Revocation lists, PEM, one a string. With any, every CA of the chain needs one, as with libpq's `sslcrl`. */
  readonly crls?: readonly string[]
  /** Where handshakes are counted, a log-in is the better probe: it gives back what it took. Used for nothing else. */
  readonly credentials?: Credentials
  /** Where no handshake may be made now, the chain captured last serves, if it is no older than this. Absent: none serves. */
  readonly since?: Instant
  /**
   * PostgreSQL's direct TLS, from version 17 on: no SSLRequest; TLS begins at once, and ALPN must agree on `postgresql`.
   * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
   */
  readonly direct?: boolean
  readonly signal?: AbortSignal
}

/** How far a connection got before it failed. */
export const WIRE_STAGES = ['resolve', 'connect', 'greeting', 'tls'] as const
export type WireStage = (typeof WIRE_STAGES)[number]

/** The wire could not be looked at: nothing is known about the certificate. Never a verdict. */
export class CannotReach extends Error {
  override readonly name = 'CannotReach'
  readonly code: string
  readonly stage: WireStage
  /** `code`: `TIMEOUT`, `NO_TLS`, `NOT_POSTGRES`, `NOT_MYSQL`, `HOST_BLOCKED`, `SERVER_ERROR`, `CLOSED`, or Node's (`ECONNREFUSED`, `ENOTFOUND` …). */
  constructor(code: string, stage: WireStage, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.stage = stage
  }
}

/**
 * No handshake may be made with this endpoint now: MySQL counts each that ends without a log-in, and blocks an address for everybody
 * after too many. It is no failure: time cures it, or a person who asks for one more.
 */
export class HandshakesWait extends Error {
  override readonly name = 'HandshakesWait'
  /** `spent`: an hour's handshakes are. `blocked`: the server blocks this address (error 1129). */
  readonly why: 'spent' | 'blocked'
  /** `HOST:PORT`. */
  readonly endpoint: string
  readonly until: Instant
  constructor(why: 'spent' | 'blocked', endpoint: string, until: Instant) {
    super(`no handshake with ${endpoint} before ${new Date(until).toISOString()} (${why})`)
    this.why = why
    this.endpoint = endpoint
    this.until = until
  }
}

export interface Wire {
  /**
   * One handshake: what the server serves and what a strictly verifying client says to it. Anonymous, but for a log-in as `credentials`
   * says. Resolves with a proof that may well say "not verified"; throws {@link CannotReach} when there was no handshake to judge, and
   * {@link HandshakesWait} when none may be made yet.
   */
  verify(question: WireQuestion): Promise<WireProof>
}
