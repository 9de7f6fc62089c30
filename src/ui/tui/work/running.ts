import type { IntentKind } from './intent.ts'

/** What is being done for one database. */
export interface Running {
  readonly abort: AbortController
  readonly done: Promise<void>
  readonly doing: IntentKind
}

/** Why it is stopped: a wave goes on with it. There is nothing to tell of that. */
export const TAKEN_OVER = 'a wave goes on with it'
