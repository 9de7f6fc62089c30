import type { Asked } from './asking.ts'
import type { Change } from './change.ts'
import type { Attempt, Seen, Shortfall } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import type { Gate } from './gate.ts'
import type { Standing } from './standing.ts'
import type { About } from './step.ts'
import type { Digest, Instant, Reason, Subject } from './words.ts'

/** A shortfall as it stands: what it concerns, and whether somebody answers for it. */
export interface StandingShortfall {
  readonly shortfall: Shortfall
  /** What an attestation or waiver must cover. */
  readonly covers: Digest
  /** The application concerned, where the step judges each. */
  readonly about?: About
  readonly met?: { readonly by: 'attested' | 'waived'; readonly who: string; readonly until?: Instant }
}

/** How what one look saw stands: for one subject, before the gate. */
export interface Judged {
  readonly standing: Standing
  /** What others rest on; present whenever the standing is met or expired. */
  readonly digest?: Digest
  readonly facts?: Seen
  readonly evidence?: Evidence
  readonly attempt?: Attempt
  readonly shortfalls: readonly StandingShortfall[]
  readonly notes: readonly Reason[]
  /** Why it waits or does not apply. `urgent`: a change comes that is not ours. */
  readonly reason?: Reason & { readonly urgent?: true }
  /** What changed under it: names of needs and decisions. */
  readonly changed?: readonly string[]
  /** When the people of the application that is judged were asked last, and by when their answer is wanted. */
  readonly asked?: Pick<Asked, 'to' | 'at' | 'due'>
  /** When time alone can change this. Infinity: never. */
  readonly until: Instant
}

/** How one step of a rotation stands, and whether it may run now. */
export interface Position extends Judged {
  readonly step: string
  readonly gate: Gate
  /** What would be sent if the gate were open: for a dry run and a plan to show. */
  readonly change?: Change
  /** What its needs give it: a look and a last look are handed the same. Absent in history. */
  readonly footing?: {
    readonly given: Readonly<Record<string, Seen | undefined>>
    readonly rests: Readonly<Record<string, Digest | undefined>>
  }
  /** Kept with a receipt or an end: history, not judged again. */
  readonly history: boolean
  /** Of a cluster's step as a whole: the members that have not met it. */
  readonly behind?: readonly Subject[]
  /** Each application's own, where the step judges each. */
  readonly applications?: ReadonlyMap<string, Judged>
}
