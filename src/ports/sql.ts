import type { CensusSample } from '../rules/census.ts'
import type { Instant } from '../rules/words.ts'
import type { Place, WireEngine } from './wire.ts'

/** The user, password and database to log in with. Never written anywhere. */
export interface Credentials {
  readonly user: string
  readonly password: string
  readonly database?: string
  /** The password is an IAM token, which MySQL wants in clear text: over TLS that is verified, and nothing less. */
  readonly token?: true
}

export interface LogInQuestion {
  readonly engine: WireEngine
  /** The real endpoint: what the certificate must name. */
  readonly host: string
  readonly port: number
  /** The trusted roots, PEM, one certificate a string. */
  readonly roots: readonly string[]
  readonly credentials: Credentials
  readonly signal?: AbortSignal
}

/** An open, verified session. */
export interface SqlSession {
  readonly place: Place
  readonly server: { readonly flavour: 'postgres' | 'mysql' | 'mariadb'; readonly version: string }
  readonly tls: {
    readonly protocol: string
    readonly cipher: string
    /** Leaf's SHA-256, hex, and the end of its validity. */
    readonly leaf: string
    readonly leafEnds: Instant
  }
  /**
   * Who is connected now, by one query once the session has found out what it may see. Our own session is left out, and so are
   * AWS's (`rdsadmin`).
   */
  census(): Promise<CensusSample>
  close(): Promise<void>
}

/** A certificate that verify-full refuses, before any password was sent. */
export interface CertificateRefused {
  readonly engine: WireEngine
  /** `HOST:PORT`. */
  readonly endpoint: string
  /** The codes of the checks that failed: `unknown-root`, `wrong-name` … */
  readonly checks: readonly string[]
}

/** There was no session: nothing is known. `code`: `CERTIFICATE`, `AUTHENTICATION`, `REFUSED`, `UNSUPPORTED`, `TIMEOUT`, or Node's. */
export class CannotLogIn extends Error {
  override readonly name = 'CannotLogIn'
  readonly code: string
  readonly certificate?: CertificateRefused
  constructor(code: string, message: string, options?: ErrorOptions & { readonly certificate?: CertificateRefused }) {
    super(message, options)
    this.code = code
    if (options?.certificate) this.certificate = options.certificate
  }
}

export interface Sql {
  /** Logs in with verify-full and nothing less. Throws {@link CannotLogIn}; a certificate that fails is code `CERTIFICATE`. */
  logIn(question: LogInQuestion): Promise<SqlSession>
}

/**
 * Where log-in credentials come from. Resolves with undefined where there are none: that is no error. Throws `CannotAsk` where AWS does not
 * give what is declared, and {@link CannotLogIn} where what is declared is none.
 */
export interface CredentialSource {
  find(endpoint: {
    readonly engine: WireEngine
    readonly host: string
    readonly port: number
  }): Promise<Credentials | undefined>
}
