/** What an operator works on: the program, started as often as it ends, and what may be done about each thing that its screen names. */
import type { Args } from '../../../src/rules/words.ts'
import type { SavedProgress } from '../../../src/runner/deps.ts'
import type { Desk } from '../../../src/runner/desk.ts'
import type { Session } from '../../../src/ui/session.ts'

/** One thing that is named: of which database, at which step. */
export interface Case {
  readonly desk: Desk
  readonly step: string
  readonly args: Args
  /** Rotates other databases of these names first, each alone. */
  rotateFirst(names: readonly string[]): Promise<void>
  /** Begins a CA change of another database anew, and takes it to its end. */
  beginAnew(name: string): Promise<void>
}

export interface Hand {
  /** What the sentence must say for it to be done. */
  readonly named: RegExp
  does(one: Case): Promise<void>
}

/** By code; by step and code where a step says it in words of its own. */
export type Hands = Readonly<Record<string, Hand>>

export interface Ground {
  readonly worlds: readonly string[]
  readonly progress: SavedProgress
  readonly clock: { now(): number; sleep(milliseconds: number, signal: AbortSignal): Promise<void> }
  readonly hands: Hands
  /** Lists the databases and opens a session on them, as starting the program does. */
  open(): Promise<Session>
  /** Gets credentials that have expired anew. */
  logIn(): Promise<void> | void
  makeRoom(): void
  /** Leaves a wave, in the configuration, to those that are called so. */
  leaveWaveTo?(wave: string, names: readonly string[]): void
}

/** The list of databases is read again: the program is started anew. */
export class StartAgain extends Error {
  override readonly name = 'StartAgain'
}

/** What was to be done is not to be done any more: the screen says what to do instead. */
export class Moot extends Error {
  override readonly name = 'Moot'
}

export const never = new AbortController().signal
