import type { Instant } from './words.ts'

/** How a client's session reaches the server, as the server sees it. No server can see whether the client verifies. */
export const TRANSPORTS = ['tls', 'plain', 'local', 'unknown'] as const
export type Transport = (typeof TRANSPORTS)[number]

/** What cannot be seen is taken for TLS: a certificate's change would break it just the same. */
export const mayUseTls = ({ transport }: { readonly transport: Transport }): boolean =>
  transport === 'tls' || transport === 'unknown'

/** Sessions that are the same client as far as the server can tell, counted. */
export interface ClientSeen {
  readonly user: string
  /** PostgreSQL's application_name or MySQL's program_name connection attribute; empty when the client gives none. */
  readonly application: string
  /** Address without port; empty for local sockets, and where it cannot be seen. */
  readonly address: string
  readonly transport: Transport
  /** For example `TLSv1.3`, and the cipher's name in OpenSSL; absent for plain sessions. */
  readonly protocol?: string | undefined
  readonly cipher?: string | undefined
  /** How many are connected now. 0: the server's statistics know it, and it is not connected. */
  readonly sessions: number
  /** When the oldest and the newest of these sessions began, by the server's clock. Absent where the server cannot say. */
  readonly oldest?: Instant | undefined
  readonly newest?: Instant | undefined
  /** The end of the certificate that these sessions were shown when they connected, where the server tells it (MariaDB). */
  readonly met?: Instant | undefined
}

/** Why a view does not show everybody's sessions whole. */
export const VIEW_GAPS = ['privilege', 'performance-schema-off', 'version', 'threads-lost'] as const
export type ViewGap = (typeof VIEW_GAPS)[number]

/**
 * Whether this view shows everybody's sessions, and when not, why, and what it lacks: a statement or a setting, as it is given to
 * the server. A low-privilege answer must never read as "nobody".
 */
export type CensusView =
  | { readonly complete: true }
  | { readonly complete: false; readonly code: ViewGap; readonly lacks: readonly string[] }

export interface CensusSample {
  readonly at: Instant
  /** The server's clock at that moment, as far as one answer's way tells. */
  readonly clock: Instant
  readonly view: CensusView
  readonly clients: readonly ClientSeen[]
  /** Whether the server refuses plain connections: read from it, never inferred. `unknown` when it cannot be read. */
  readonly tlsEnforced: boolean | 'unknown'
  /** When the server process started, by its own clock. Absent where it cannot be read. */
  readonly serverStarted?: Instant | undefined
  /** What the server has counted since it started, our own included: where it shows no sessions, this is left. */
  readonly counted?: { readonly tls: number; readonly connections: number } | undefined
}
