import { subjectKey } from '../../../rules/words.ts'
import type { Said } from '../../view/said.ts'
import type { UiEvent } from './event.ts'
import { reduceBusy } from './reduce-busy.ts'
import { reduceDialog } from './reduce-dialog.ts'
import { measured, scrolled, UNSCROLLED } from './scroll.ts'
import { dialogOf, type Message, type TuiState } from './state.ts'
import { calledBy } from '../../../rules/step.ts'

/** How many messages are kept. */
const LOG = 200

const logged = (
  messages: readonly Message[],
  at: number,
  about: string | undefined,
  { tone, says, cure }: Said,
): readonly Message[] => [...messages, { at, tone, says, cure, ...(about !== undefined && { about }) }].slice(-LOG)

const without = <V>(record: Readonly<Record<string, V>>, key: string): Readonly<Record<string, V>> => {
  const { [key]: _, ...rest } = record
  return rest
}

const fromTop = (state: TuiState): TuiState => ({ ...state, page: { ...state.page, offset: 0 } })

/** The screen after an event. Pure and total. */
export function reduce(state: TuiState, event: UiEvent): TuiState {
  switch (event.kind) {
    case 'focused':
      return { ...state, focus: event.pane }
    case 'database-selected':
      return event.index === state.selected ? state : fromTop({ ...state, selected: event.index })
    case 'filtered':
      return fromTop({ ...state, filter: event.filter, selected: event.index, focus: 'fleet' })
    case 'step-selected':
      return fromTop({ ...state, steps: { ...state.steps, [event.database]: event.step } })
    case 'followed':
      return fromTop({ ...state, steps: without(state.steps, event.database) })
    case 'scrolled':
      return { ...state, [event.area]: scrolled(state[event.area], event.by) }
    case 'measured': {
      const after = measured(state[event.area], event.content, event.view)
      return after === state[event.area] ? state : { ...state, [event.area]: after }
    }
    case 'opened':
    case 'closed':
    case 'dismissed':
    case 'confirm-asked':
      return { ...reduceDialog(state, event), overlay: UNSCROLLED }
    case 'option-moved':
    case 'typed':
    case 'field-moved':
    case 'form-refused':
    case 'confirm-refused':
    case 'confirm-sending':
    case 'confirm-done':
    case 'confirm-ended':
      return reduceDialog(state, event)
    case 'wave':
      return { ...state, wave: event.wave, ...(dialogOf(state)?.kind === 'wave' && { overlay: UNSCROLLED }) }
    case 'wave-refused':
      return state.wave?.phase.at === 'asking'
        ? { ...state, wave: { ...state.wave, phase: { ...state.wave.phase, error: event.error } } }
        : state
    case 'work-started':
      return { ...state, busy: { ...state.busy, [event.database]: { doing: event.doing, since: event.at } } }
    case 'work-ended':
      return { ...state, busy: without(state.busy, event.database), revision: state.revision + 1 }
    case 'recorded':
      return { ...state, revision: state.revision + 1 }
    case 'runner': {
      const { about } = event.event
      const busy = reduceBusy(state.busy, subjectKey(about.subject), event.event, event.at)
      const messages = event.said ? logged(state.messages, event.at, calledBy(about), event.said) : state.messages
      return { ...state, busy, messages, revision: state.revision + 1 }
    }
    case 'said':
      return { ...state, messages: logged(state.messages, event.at, event.about, event.said) }
    case 'leaving':
      return { ...state, leaving: event.how }
  }
}
