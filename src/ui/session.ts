import type { Instant } from '../rules/words.ts'
import type { ClusterRecord, DatabaseRecord } from '../ports/control-plane.ts'
import type { World } from '../ports/world.ts'
import type { Applier } from '../runner/apply.ts'
import type { Desk } from '../runner/desk.ts'
import type { Said } from './view/said.ts'
import type { RunnerEvent } from '../runner/events.ts'
import type { Verification } from '../rules/decisions.ts'
import type { StandingShortfall } from '../rules/position.ts'
import type { PlainRunbook } from '../rules/step.ts'
import type { WaveDeclared } from '../rules/waves.ts'

/** World and mode, always on screen. */
export interface Badge {
  /** `REHEARSAL`, `ACCOUNT 123456789012`, `ENDPOINT http://…`. */
  readonly world: string
  /** `DRY RUN`, `EXECUTE`. */
  readonly mode: 'DRY RUN' | 'EXECUTE'
  readonly region: string
}

/** One database of the session. */
export interface SessionDatabase {
  readonly desk: Desk
  /** Every name that means it in a configuration, or the cluster that it is a member of, and nothing else; absent where it is known by its own alone. */
  readonly meantBy?: readonly string[]
  /** What AWS said of it when the list was read; absent offline. */
  readonly record?: DatabaseRecord | ClusterRecord
  /** What comes next to its certificates and whether that restarts it, in a few words. */
  readonly rotates?: string
  /** When that list was read; absent offline. */
  readonly listedAt?: Instant
}

/** Something that the operator can have done about a shortfall from here, because this world allows it. */
export interface Remedy {
  readonly label: string
  /** Whether it is a remedy for this. */
  cures(step: string, shortfall: StandingShortfall): boolean
  /** What must be typed before it is done, where a "yes" is not enough; whoever plays the operator leaves it alone. */
  typed?(shortfall: StandingShortfall): string
  /** Does it; resolves to a sentence that says what was done. */
  run(desk: Desk, shortfall: StandingShortfall): Promise<string>
}

/** What somebody types to declare an application: `users` with commas between, `store` as KIND:PATH; `-` for none. */
export interface ApplicationTyped {
  readonly name: string
  readonly owner: string
  readonly verification: Verification
  readonly users: string
  readonly store: string
}

/** What a front end works on. Built by a command; the front end knows nothing of AWS, files or the rehearsal. */
export interface Session {
  readonly runbook: PlainRunbook<World>
  readonly badge: Badge
  /** In the order in which they should be rotated: twins before those that rest on them. */
  readonly databases: readonly SessionDatabase[]
  /** The default CA of each account and Region that was looked in, to be shown and changed like a database's. */
  readonly accountDefaults?: readonly SessionDatabase[]
  readonly applier: Applier
  /** What is declared about changing several under one confirmation. */
  readonly waves: readonly WaveDeclared[]
  readonly remedies: readonly Remedy[]
  /**
   * Declares an application of a database in the configuration; resolves to what was done, or to why nothing was. Absent where the
   * configuration is not the operator's.
   */
  readonly declare?: (desk: Desk, typed: ApplicationTyped) => Promise<{ readonly done: boolean; readonly says: string }>
  /** The accounts and Regions that were to be looked in and could not be read; absent where all were. */
  readonly unread?: readonly string[]
  /** What a person should know before anything else: what could not be read, what stands in for what. */
  readonly notices: readonly string[]
  /** Takes in the replies in a pasted text, and says what became of each; none where there is no reply in it. Throws ProgressUnusable. */
  takeReplies(text: string): Promise<readonly Said[]>
  now(): number
  /** Every event of the runner; returns how to stop listening. */
  listen(listener: (event: RunnerEvent) => void): () => void
}
