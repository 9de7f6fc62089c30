/** Why the rehearsal's data plane cannot do what it was asked to. */
export type CannotServeCode =
  /** PostgreSQL's binaries are not installed, or do not run here. */
  | 'POSTGRES_MISSING'
  | 'POSTGRES_BROKEN'
  /** The library that makes certificates is not installed. */
  | 'PKI_MISSING'
  | 'PKI_UNUSABLE'
  /** There is no directory that the servers' account can reach. */
  | 'NO_PLACE'
  /** Another program listens on a port of this rehearsal. */
  | 'PORT_IN_USE'
  | 'SET_UP_FAILED'
  | 'START_FAILED'
  | 'STOP_FAILED'
  /** The server runs and does not serve the certificate that it was given. */
  | 'NOT_SERVED'

/** The message is for an operator: what happened, what state things are in, what to do next. */
export class CannotServe extends Error {
  override readonly name = 'CannotServe'
  readonly code: CannotServeCode

  constructor(code: CannotServeCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
