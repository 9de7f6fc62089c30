/** How a session uses TLS. */
export type TlsUse =
  | { readonly kind: 'plain' }
  | { readonly kind: 'unverified' }
  /** Chain and host name, against these roots (PEM) and no others. */
  | { readonly kind: 'verified'; readonly roots: string }

/** Where an application connects, and as whom. */
export interface Target {
  /** The database's endpoint: what its certificate must name. */
  readonly host: string
  /** Where TCP really goes. */
  readonly address: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** What the server shows as the client's name. */
  readonly application: string
}

/** A session that is logged in. */
export interface Session {
  readonly ended: boolean
  /** Never throws. */
  end(): Promise<void>
}

/** Opens a session. Throws what the driver throws, and leaves no connection behind. */
export type Connect = (target: Target, tls: TlsUse) => Promise<Session>

/** Milliseconds from the first packet to the end of the log-in. */
export const CONNECT_WITHIN = 5000
