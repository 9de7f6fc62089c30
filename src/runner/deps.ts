import type { Declared } from '../ports/declared.ts'
import type { Progress } from '../ports/progress.ts'
import type { World, Worlds } from '../ports/world.ts'
import type { Body } from '../rules/entries.ts'
import type { SubjectRecord } from '../rules/record.ts'
import type { PlainRunbook } from '../rules/step.ts'
import type { Instant, Who } from '../rules/words.ts'
import type { Notify } from './events.ts'

export type SavedProgress = Progress<Body, SubjectRecord>

/** How long the runner waits for AWS, in milliseconds. A rehearsal divides them by its speed. */
export interface Patience {
  /** After an intent without an answer: how long AWS may show nothing of a change that it took. */
  readonly observe: number
  /** For a change to settle, before the runner says that it has not. */
  readonly settle: number
  /** Between two observations. */
  readonly every: number
}

export interface RunnerDeps {
  readonly runbook: PlainRunbook<World>
  readonly progress: SavedProgress
  readonly worlds: Worlds
  readonly declared: Declared
  readonly who: Who
  readonly patience: Patience
  readonly notify: Notify
  now(): Instant
  /** Resolves after so many milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  newId(): string
}
