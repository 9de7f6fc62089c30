import type { Said } from '../../view/said.ts'
import type { UiEvent } from '../state/event.ts'
import type { Intent } from '../work/intent.ts'

/** What keys can do. */
export interface Hands {
  dispatch(event: UiEvent): void
  /** Has something done for a database, by its key. */
  perform(database: string, intent: Intent): void
  /** Answers the confirmation that is asked for. Undefined: declined. */
  answer(typed: string | undefined): void
  /** Answers the confirmation of a wave that is asked for. Undefined: declined. */
  answerWave(typed: string | undefined): void
  say(said: Said): void
  leave(how: 'quit' | 'interrupted'): void
  redraw(): void
  suspend(): void
}
