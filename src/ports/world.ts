import type { Verification } from '../rules/decisions.ts'
import type { Instant, Subject } from '../rules/words.ts'
import type { ApplicationCheck, ApplicationChecks } from './application-checks.ts'
import type { Bundles } from './bundles.ts'
import type { ControlPlane } from './control-plane.ts'
import type { CredentialSource, Sql } from './sql.ts'
import type { TrustStoreLocation, TrustStores } from './trust-stores.ts'
import type { Wire } from './wire.ts'

/** An application as it is declared: what connects, whose it is, and what it really does with a certificate. */
export interface DeclaredApplication {
  readonly name: string
  readonly owner?: string
  /** Names of the databases that it connects to. */
  readonly databases: readonly string[]
  readonly verification: Verification
  /** The database users that are this application. */
  readonly users: readonly string[]
  readonly trustStores: readonly TrustStoreLocation[]
  readonly check?: ApplicationCheck
}

/** Everything that a step may look at, and nothing that writes. Opened for one subject, with its account's profile. */
export interface World {
  readonly control: ControlPlane
  readonly wire: Wire
  readonly sql: Sql
  readonly credentials: CredentialSource
  readonly bundles: Bundles
  readonly trustStores: TrustStores
  readonly checks: ApplicationChecks
  readonly applications: ReadonlyMap<string, DeclaredApplication>
  /** Milliseconds between two looks at something that AWS is changing. */
  readonly pollEvery: number
  now(): Instant
}

export interface Worlds {
  /** The world to look at a subject from. Throws CannotAsk when its account cannot be reached. */
  open(subject: Subject): Promise<World>
}
