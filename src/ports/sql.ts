import type { Instant } from '../rules/words.ts'
import type { Place, WireEngine } from './wire.ts'

/** How a client's session reaches the server, as the server sees it. No server can see whether the client verifies. */
export type Transport = 'tls' | 'plain' | 'local'

/** Sessions that are the same client as far as the server can tell, counted. */
export interface ClientSeen {
  readonly user: string
  /** PostgreSQL's application_name or MySQL's program_name connection attribute; empty when the client gives none. */
  readonly application: string
  /** Address without port; empty for local sockets. */
  readonly address: string
  readonly transport: Transport
  /** For example `TLSv1.3`; absent for plain sessions. */
  readonly protocol?: string
  readonly sessions: number
  /** When the oldest and the newest of these sessions began, by the server's clock. Absent where the server cannot say. */
  readonly oldest?: Instant
  readonly newest?: Instant
}

/** Whether this view shows everybody's sessions, and when not, why. A low-privilege answer must never read as "nobody". */
export type CensusView =
  | { readonly complete: true }
  | { readonly complete: false; readonly code: 'privilege' | 'performance-schema-off'; readonly detail: string }

export interface CensusSample {
  readonly at: Instant
  readonly view: CensusView
  readonly clients: readonly ClientSeen[]
  /** Whether the server refuses plain connections: read from it, never inferred. `unknown` when it cannot be read. */
  readonly tlsEnforced: boolean | 'unknown'
  /** When the server process started, by its own clock. Absent where it cannot be read. */
  readonly serverStarted?: Instant
}

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
    /** Leaf's SHA-256, hex. */ readonly leaf: string
  }
  /** Who is connected now. Our own session is left out, and so are AWS's (`rdsadmin`). */
  census(): Promise<CensusSample>
  close(): Promise<void>
}

/** There was no session: nothing is known. `code`: `CERTIFICATE`, `AUTHENTICATION`, `REFUSED`, `UNSUPPORTED`, `TIMEOUT`, or Node's. */
export class CannotLogIn extends Error {
  override readonly name = 'CannotLogIn'
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
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
