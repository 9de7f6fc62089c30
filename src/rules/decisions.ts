import type { Subject } from './words.ts'

export const ENVIRONMENTS = ['production', 'staging'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** What an application really does with the certificate that it is shown. */
export const VERIFICATIONS = ['verify-full', 'verify-ca', 'none', 'plain'] as const
export type Verification = (typeof VERIFICATIONS)[number]

/** An application as a database's rotation knows it: its name, how it verifies, and the database users that are it. */
export interface ApplicationOnRecord {
  readonly name: string
  readonly verification: Verification
  readonly users: readonly string[]
}

/** How a TLS client that is no declared application is accounted for. */
export const ACCOUNTS = ['does-not-verify', 'through-proxy', 'not-ours', 'accepted'] as const
export type Account = (typeof ACCOUNTS)[number]

export interface AccountedClient {
  readonly user: string
  readonly application: string
  readonly as: Account
  readonly why: string
}

export const TIMINGS = ['now', 'window', 'without-restart'] as const
export type Timing = (typeof TIMINGS)[number]

/** What only a person can say. Each is put on record with who said it and when. */
export interface Decisions {
  /** Production is whatever is not declared otherwise. */
  readonly environment: Environment
  readonly target: { readonly ca: string }
  /** The staging database that stands surety, or the statement that there is none. */
  readonly twin: { readonly subject: Subject; readonly name: string } | 'none'
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
