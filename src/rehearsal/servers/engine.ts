import type { Manner } from './manner.ts'
import type { Family } from './served-leaf.ts'

/** The folder of one server, and what it must know to run. */
export interface ServerPlace {
  /** Holds `data-…`, the certificate, the settings and the log. The servers' account can enter, and write in the data directory alone. */
  readonly directory: string
  readonly data: string
  /** Leaf, subordinate and private key in one file: replaced in one rename, so that they always belong together. */
  readonly certificateFile: string
  readonly port: number
}

/** A session of the server's administrator, `rdsadmin` as on Amazon RDS. */
export interface AdminSession {
  /** Throws when the session has ended. */
  dataDirectory(): Promise<string>
  /** Has the server read its certificate again. Returns before new connections see it. */
  reloadCertificate(): Promise<void>
  /** Makes a user that may log in, or gives it this password. */
  ensureUser(user: string, password: string): Promise<void>
  readonly ended: boolean
  end(): Promise<void>
}

/** What differs between PostgreSQL and MySQL servers. */
export interface Engine {
  readonly family: Family
  /** Names data directories: `postgres`, `mariadb`, `mysql`. */
  readonly kind: string
  /** For example `PostgreSQL 18.4`. */
  readonly runs: string
  /** The database that clients log in to. */
  readonly database: string
  /** A whole data directory, to be copied. */
  readonly template: string
  /** The file in the data directory whose first line is the server's own process id. */
  readonly pidFile: string
  /** Writes the settings beside the data, and returns the command that runs the server in the foreground. */
  prepare(place: ServerPlace, manner: Manner): Promise<{ readonly program: string; readonly args: readonly string[] }>
  /** Throws when the administrator cannot log in. */
  logIn(port: number, manner: Manner): Promise<AdminSession>
}

/** The administrator, as on Amazon RDS, and the user that the operator of the runbook logs in as. */
export const ADMINISTRATOR = 'rdsadmin'
export const OPERATOR = 'runbook'
