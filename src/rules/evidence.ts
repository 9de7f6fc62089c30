import type { Args, Digest, Instant, Reason, Subject, Who } from './words.ts'
import { digestOf } from './words.ts'

/**
 * What a step saw. Only `basis` is hashed: when it changes, what rests on it is outdated.
 * `detail` is saved, judged and shown, but its change outdates nothing (counts, times, texts).
 */
export interface Seen {
  readonly basis: object
  readonly detail: object
}

/** Saved facts. A verdict is never saved: it is judged again from these. */
export interface Evidence {
  readonly step: string
  /** The version of the step that looked. Another version's facts are outdated. */
  readonly version: number
  readonly subject: Subject
  readonly at: Instant
  readonly by: Who
  readonly facts: unknown
  /** Digest of the basis. */
  readonly digest: Digest
  /** What it rests on: the name of a need or decision, and the digest that it had. */
  readonly rests: Readonly<Record<string, Digest>>
}

/** A look that failed. On record, and never evidence. */
export interface Attempt {
  readonly step: string
  readonly at: Instant
  readonly by: Who
  readonly reason: Reason
  /** Nothing failed: it waits, and may look again from then on. */
  readonly until?: Instant
  /** What was seen before is not so any more. */
  readonly refutes?: true
}

/** How else a shortfall may be met, when it cannot be proven. `proof`: not at all. */
export type Allowance = 'proof' | 'attestation' | 'waiver'

/**
 * What stands between a look and "proven". `args` must be whole and steady: an attestation or waiver covers exactly this
 * code with exactly these arguments, so a time or a count in them would undo every acceptance.
 */
export interface Shortfall extends Reason {
  readonly allows: Allowance
  /** The databases for the same clients whose own change has to come first, and is all that it wants. */
  readonly after?: readonly Subject[]
  /** What was sent has come, and somebody has changed it since: there is nothing to finish, and a CA change may be begun. */
  readonly undone?: true
}

/** What an attestation or waiver covers: this shortfall of this step and no other. */
export const coverOf = (step: string, reason: Reason): Digest =>
  digestOf({ step, code: reason.code, args: reason.args })

/** A named person's word, with a ticket, until a date. Shown as attested everywhere, never as proven. */
export interface Attestation {
  readonly covers: Digest
  readonly step: string
  readonly code: string
  readonly args: Args
  readonly name: string
  readonly ticket: string
  readonly at: Instant
  readonly until: Instant
  readonly by: Who
}

/** A typed reason for going on without proof. Counts in its own rotation alone. */
export interface Waiver {
  readonly covers: Digest
  readonly step: string
  readonly code: string
  readonly args: Args
  readonly why: string
  readonly at: Instant
  readonly by: Who
}
