import type { Change } from '../../../rules/change.ts'
import type { Instant } from '../../../rules/words.ts'
import type { Applied } from '../../../runner/apply.ts'
import type { RunnerEvent } from '../../../runner/events.ts'
import type { Said } from '../../view/said.ts'
import type { IntentKind } from '../work/intent.ts'
import type { Dialog } from './dialog.ts'
import type { Pane } from './state.ts'
import type { Edit } from './text-field.ts'
import type { WaveShown } from './wave.ts'

export type ScrollBy = number | 'page-up' | 'page-down' | 'start' | 'end'

/** Everything that can change what is on screen. */
export type UiEvent =
  | { readonly kind: 'focused'; readonly pane: Pane }
  | { readonly kind: 'database-selected'; readonly index: number }
  /** Only databases that hold these words are listed; one of them is selected. */
  | { readonly kind: 'filtered'; readonly filter: string; readonly index: number }
  | { readonly kind: 'step-selected'; readonly database: string; readonly step: string }
  /** The screen follows the next step of this database again. */
  | { readonly kind: 'followed'; readonly database: string }
  | { readonly kind: 'scrolled'; readonly area: 'page' | 'overlay'; readonly by: ScrollBy }
  | { readonly kind: 'measured'; readonly area: 'page' | 'overlay'; readonly content: number; readonly view: number }
  /** Over the screen, or over the dialog that is seen. */
  | { readonly kind: 'opened'; readonly dialog: Dialog }
  /** Back to what lies beneath. */
  | { readonly kind: 'closed' }
  /** Back to the screen. */
  | { readonly kind: 'dismissed' }
  | { readonly kind: 'option-moved'; readonly by: number | 'start' | 'end' }
  | { readonly kind: 'typed'; readonly edit: Edit }
  | { readonly kind: 'field-moved'; readonly by: 1 | -1 }
  | { readonly kind: 'form-refused'; readonly at: number; readonly error: string }
  | { readonly kind: 'confirm-asked'; readonly database: string; readonly change: Change; readonly until: Instant }
  | { readonly kind: 'confirm-refused'; readonly error: string }
  | { readonly kind: 'confirm-sending' }
  | { readonly kind: 'confirm-done'; readonly database: string; readonly applied: Applied }
  | { readonly kind: 'confirm-ended'; readonly database: string }
  /** How far the wave is that is run from here; undefined: what came of it has been read. */
  | { readonly kind: 'wave'; readonly wave: WaveShown | undefined }
  | { readonly kind: 'wave-refused'; readonly error: string }
  | { readonly kind: 'work-started'; readonly database: string; readonly doing: IntentKind; readonly at: Instant }
  | { readonly kind: 'work-ended'; readonly database: string }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'runner'; readonly event: RunnerEvent; readonly at: Instant; readonly said?: Said | undefined }
  | { readonly kind: 'said'; readonly at: Instant; readonly said: Said; readonly about?: string | undefined }
  | { readonly kind: 'leaving'; readonly how: 'quit' | 'interrupted' }
