import type { Change, Outcome } from '../rules/change.ts'
import type { Blocker } from '../rules/gate.ts'
import type { Position } from '../rules/position.ts'
import type { About } from '../rules/step.ts'
import type { Instant, Reason } from '../rules/words.ts'

/** What the runner tells while it works. Front ends show it; nothing rests on it. */
export type RunnerEvent =
  | { readonly kind: 'looking'; readonly about: About; readonly step: string }
  | { readonly kind: 'looked'; readonly about: About; readonly step: string; readonly position: Position }
  | {
      readonly kind: 'look-failed'
      readonly about: About
      readonly step: string
      readonly reason: Reason
      readonly detail: string
    }
  | { readonly kind: 'closed'; readonly about: About; readonly step: string; readonly blockers: readonly Blocker[] }
  | {
      readonly kind: 'decided'
      readonly about: About
      readonly decision: string
      readonly value: unknown
      readonly said: string
    }
  | {
      readonly kind: 'shown'
      readonly about: About
      readonly step: string
      readonly change: Change
      readonly blockers: readonly Blocker[]
    }
  | { readonly kind: 'confirmed'; readonly about: About; readonly change: Change; readonly typed: string }
  | { readonly kind: 'sending'; readonly about: About; readonly change: Change; readonly intent: string }
  | { readonly kind: 'answered'; readonly about: About; readonly intent: string; readonly outcome: Outcome }
  | { readonly kind: 'stopped'; readonly about: About; readonly step: string; readonly reasons: readonly Reason[] }
  | { readonly kind: 'observing'; readonly about: About; readonly intent: string; readonly until: Instant }
  | {
      readonly kind: 'adopted'
      readonly about: About
      readonly step: string
      readonly intent: string
      readonly seen: Reason
    }
  | {
      readonly kind: 'waiting'
      readonly about: About
      readonly step: string
      readonly reason: Reason | undefined
      readonly until: Instant
    }
  | { readonly kind: 'ended'; readonly about: About; readonly how: string }

export type Notify = (event: RunnerEvent) => void
