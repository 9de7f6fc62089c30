import type { Route, Verification } from '../rules/decisions.ts'
import type { Instant, Subject } from '../rules/words.ts'
import type { ApplicationCheck, ApplicationChecks } from './application-checks.ts'
import type { Answers } from './answers.ts'
import type { Bundles } from './bundles.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Sightings } from './sightings.ts'
import type { CredentialSource, Sql } from './sql.ts'
import type { TrustStoreLocation, TrustStores } from './trust-stores.ts'
import type { Wire } from './wire.ts'

/** Whose an application is, and where they are asked. */
export interface Owner {
  readonly name: string
  readonly mail?: string | undefined
  /** A channel or a member, as Slack writes them: `#orders`, `@sato`, or an id. */
  readonly slack?: string | undefined
}

/** An application as it is declared: what connects, whose it is, and what it really does with a certificate. */
export interface DeclaredApplication {
  readonly name: string
  readonly owner?: Owner
  /** Names of the databases that it connects to. */
  readonly databases: readonly string[]
  /** What it does with the certificate that it is shown, which behind a proxy or pooler is not the database's. */
  readonly verification: Verification
  /** The database users that are this application. */
  readonly users: readonly string[]
  /** Patterns of the names that its sessions give themselves, and of the addresses that they come from (see rules/pattern.ts). */
  readonly sessionNames: readonly string[]
  readonly addresses: readonly string[]
  readonly route: Route
  /** By which host it connects to a database, by the database's name, where that is not the database's endpoint. */
  readonly hosts: Readonly<Record<string, string>>
  /** Those that meet the database's certificate: the pooler's, where one stands in between. */
  readonly trustStores: readonly TrustStoreLocation[]
  readonly check?: ApplicationCheck
  /** What it connects with, by the name of its page of how-tos. */
  readonly client?: string
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
  readonly answers: Answers
  /** Who was seen connected to a database, where somebody has watched it over time. */
  readonly sightings: Sightings
  readonly applications: ReadonlyMap<string, DeclaredApplication>
  /** Milliseconds between two looks at something that AWS is changing. */
  readonly pollEvery: number
  now(): Instant
}

export interface Worlds {
  /** The world to look at a subject from. Throws CannotAsk when its account cannot be reached. */
  open(subject: Subject): Promise<World>
}
