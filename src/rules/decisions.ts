import type { Subject } from './words.ts'

export const ENVIRONMENTS = ['production', 'staging'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** What an application really does with the certificate that it is shown. */
export const VERIFICATIONS = ['verify-full', 'verify-ca', 'none', 'plain'] as const
export type Verification = (typeof VERIFICATIONS)[number]

/**
 * How an application's connections reach a database. `rds-proxy` and `pooler`: something in between shows a certificate of its own to the
 * application, and connects onwards with a trust store of its own. `cname`: straight, under another name than the endpoint's.
 */
export const ROUTES = ['direct', 'rds-proxy', 'pooler', 'cname'] as const
export type Route = (typeof ROUTES)[number]

/**
 * An application as a database's rotation knows it: its name, how it verifies, and by what the census tells that a session is its.
 * What is absent is as most are: a direct route, no patterns, no check. So a record grows no member that says nothing.
 */
export interface ApplicationOnRecord {
  readonly name: string
  readonly verification: Verification
  /** The database users that are this application. */
  readonly users: readonly string[]
  /** Patterns of the names that its sessions give themselves, and of the addresses that they come from (see pattern.ts). */
  readonly sessionNames?: readonly string[] | undefined
  readonly addresses?: readonly string[] | undefined
  /** Absent: direct. */
  readonly route?: Exclude<Route, 'direct'> | undefined
  /** The host by which it connects to this database, where that is not the database's endpoint. */
  readonly host?: string | undefined
  /** Digest of how its own check is declared: another check is another proof. */
  readonly check?: string | undefined
}

/** How a TLS client that is no declared application is accounted for. */
export const ACCOUNTS = ['does-not-verify', 'through-proxy', 'not-ours', 'accepted'] as const
export type Account = (typeof ACCOUNTS)[number]

/** `application`: a person knows whose it is, by nothing that a rule could tell it by. */
export const ACCOUNTED_AS = [...ACCOUNTS, 'application'] as const
export type AccountedAs = (typeof ACCOUNTED_AS)[number]

export interface AccountedClient {
  readonly user: string
  readonly application: string
  readonly as: AccountedAs
  /** The declared application that it is, where it is one. */
  readonly of?: string | undefined
  readonly why: string
}

/** What stands surety for a database. Of a cluster whose members carry the CA, every member does. */
export interface Twin {
  readonly subject: Subject
  readonly name: string
  readonly members?: readonly { readonly subject: Subject; readonly name: string }[]
}

export const TIMINGS = ['now', 'window', 'without-restart'] as const
export type Timing = (typeof TIMINGS)[number]

/** What only a person can say. Each is put on record with who said it and when. */
export interface Decisions {
  /** Production is whatever is not declared otherwise. */
  readonly environment: Environment
  readonly target: { readonly ca: string }
  /** The staging database that stands surety, or the statement that there is none. */
  readonly twin: Twin | 'none'
  /** Everything declared that connects to this database. Empty is a statement too: "there are no applications". */
  readonly applications: readonly ApplicationOnRecord[]
  readonly clients: readonly AccountedClient[]
  readonly timing: Timing
}
export type DecisionName = keyof Decisions
export const DECISION_NAMES = [
  'environment',
  'target',
  'twin',
  'applications',
  'clients',
  'timing',
] as const satisfies readonly DecisionName[]
