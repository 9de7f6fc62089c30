import type { CaId, Disguise, Pki } from '../data-plane.ts'
import type { Instant } from '../../rules/words.ts'
import type { Call } from '../api/call.ts'
import type { WireError } from '../api/wire-error.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { Effect } from '../state/effect.ts'
import type { RegionState } from '../state/region-state.ts'
import type { RequestLine } from '../state/request-log.ts'

/** What happened by itself, or because somebody else asked for it. */
export interface Strike {
  readonly effect: Effect
  readonly asked?: {
    readonly action: string
    readonly parameters: Readonly<Record<string, string>>
    readonly by: NonNullable<RequestLine['by']>
  }
}

/** What is struck: the world, and the CAs that are listed where the database is. */
export type StruckWorld = RegionState & { readonly cas: readonly CaId[] }

/**
 * Something that goes wrong on purpose. A fault says what it does at the few places where it can have a hand in things;
 * nothing else in the rehearsal knows faults by name.
 */
export interface Fault {
  readonly name: string
  /** For `--list-faults`: one sentence. */
  readonly sentence: string
  /** Whether it can be narrowed to one database: `NAME:DATABASE`. */
  readonly perDatabase: boolean
  /** What it changes in a database, once, when it is switched on. */
  readonly prepares?: (database: DatabaseState, now: Instant) => DatabaseState
  /**
   * The error that a call gets instead of being carried out. `earlier` counts the calls of this action since the fault
   * was switched on, `changes` those of any that asked for a change.
   */
  readonly refuses?: (call: Call, earlier: number, changes: number) => WireError | undefined
  /** What happens to a database in mid-run, once for each. */
  readonly strikes?: {
    /**
     * `looked-at`: before the call that comes after one which asked for this database by name. `change-asked`: before a
     * change of it, or of another member of its cluster, is carried out.
     */
    readonly when: 'looked-at' | 'change-asked'
    readonly strike: (database: DatabaseState, world: StruckWorld, pace: Pace, call: Call) => Strike | undefined
  }
  /** A database as a call is shown it, where that is not how it is. */
  readonly shows?: (database: DatabaseState, call: Call) => DatabaseState
  /** Milliseconds at speed 1 before each answer. */
  readonly delays?: number
  /** The call is carried out and its answer never arrives: the connection is cut. */
  readonly cutsAnswer?: (call: Call) => boolean
  /** Changes begin and never get on. */
  readonly holdsChanges?: true
  /** The certificate that a change really puts in place, when it is not the right one. */
  readonly serves?: 'wrong-root' | 'old-certificate'
  /** What clients meet in place of the database, as long as the fault is switched on. */
  readonly disguise?: (database: DatabaseState) => Disguise | undefined
  /** The bundle that is served instead. */
  readonly bundle?: (pki: Pki) => string
  /** One application of the pair does not come back after a restart. */
  readonly losesClients?: true
}
