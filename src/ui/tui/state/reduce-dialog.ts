import type { Chooser, Confirming, Dialog } from './dialog.ts'
import type { UiEvent } from './event.ts'
import { dialogOf, type TuiState } from './state.ts'
import { edited, EMPTY_FIELD, type Edit } from './text-field.ts'
import type { WaveShown } from './wave.ts'

const DIALOG_EVENTS = [
  'opened',
  'closed',
  'dismissed',
  'option-moved',
  'typed',
  'field-moved',
  'form-refused',
  'confirm-asked',
  'confirm-refused',
  'confirm-sending',
  'confirm-done',
  'confirm-ended',
] as const
export type DialogEvent = Extract<UiEvent, { kind: (typeof DIALOG_EVENTS)[number] }>

/** The dialogs after an event. An event for a dialog that is not open (any more) changes nothing. */
export function reduceDialog(state: TuiState, event: DialogEvent): TuiState {
  const top = dialogOf(state)
  const show = (next: Dialog): TuiState => ({ ...state, dialogs: [...state.dialogs.slice(0, -1), next] })
  const confirming = (then: (open: Confirming) => TuiState): TuiState =>
    top?.kind === 'confirm' && 'database' in event && top.database === event.database ? then(top) : state
  switch (event.kind) {
    case 'opened':
      return { ...state, dialogs: [...state.dialogs, event.dialog], hushed: state.messages.at(-1) }
    case 'closed':
      return { ...state, dialogs: state.dialogs.slice(0, -1) }
    case 'dismissed':
      return { ...state, dialogs: [] }
    case 'option-moved':
      return top?.kind === 'choose' ? show(moved(top, event.by)) : state
    case 'typed':
      if (top?.kind === 'wave') return { ...state, wave: typedForWave(state.wave, event.edit) }
      return top ? show(typed(top, event.edit)) : state
    case 'field-moved':
      return top?.kind === 'form'
        ? show({ ...top, at: (top.at + event.by + top.fields.length) % top.fields.length })
        : state
    case 'form-refused':
      return top?.kind === 'form' ? show({ ...top, at: event.at, error: event.error }) : state
    case 'confirm-asked':
      return confirming((open) =>
        show({ ...open, phase: { at: 'asking', change: event.change, until: event.until, field: EMPTY_FIELD } }),
      )
    case 'confirm-refused':
      return top?.kind === 'confirm' && top.phase.at === 'asking'
        ? show({ ...top, phase: { ...top.phase, error: event.error } })
        : state
    case 'confirm-sending':
      return top?.kind === 'confirm' && top.phase.at === 'asking'
        ? show({ ...top, phase: { at: 'sending', change: top.phase.change } })
        : state
    case 'confirm-done':
      return confirming((open) => show({ ...open, phase: { at: 'done', applied: event.applied } }))
    case 'confirm-ended':
      // What came of it stays until it has been read.
      return confirming(({ phase }) => (phase.at === 'done' ? state : { ...state, dialogs: [] }))
  }
}

function moved(dialog: Chooser, by: number | 'start' | 'end'): Chooser {
  const last = Math.max(0, dialog.options.length - 1)
  if (by === 'start') return { ...dialog, at: 0 }
  if (by === 'end') return { ...dialog, at: last }
  return { ...dialog, at: Math.min(last, Math.max(0, dialog.at + by)) }
}

/** Typing takes an error away: it was about what stood there before. */
function typed(dialog: Dialog, edit: Edit): Dialog {
  if (dialog.kind === 'form') {
    const { error: _, ...rest } = dialog
    return { ...rest, fields: dialog.fields.map((field, at) => (at === dialog.at ? edited(field, edit) : field)) }
  }
  if (dialog.kind === 'confirm' && dialog.phase.at === 'asking') {
    const { error: _, ...phase } = dialog.phase
    return { ...dialog, phase: { ...phase, field: edited(phase.field, edit) } }
  }
  return dialog
}

function typedForWave(wave: WaveShown | undefined, edit: Edit): WaveShown | undefined {
  if (wave?.phase.at !== 'asking') return wave
  const { error: _, ...phase } = wave.phase
  return { ...wave, phase: { ...phase, field: edited(phase.field, edit) } }
}
