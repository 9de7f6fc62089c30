import type { Scene } from '../scene/scene.ts'
import { nameRefused } from '../state/dialog.ts'
import { submitted } from '../state/form.ts'
import { dialogOf } from '../state/state.ts'
import type { Hands } from './hands.ts'
import type { Press } from './press.ts'

/** Esc. What was asked for is declined or stopped; a request that is on its way is waited for. */
export function closeDialog({ key }: Press, { state }: Scene, { dispatch, perform, answer, say }: Hands): void {
  const dialog = dialogOf(state)
  if (dialog?.kind !== 'confirm') return dispatch({ kind: 'closed' })
  switch (dialog.phase.at) {
    case 'preparing':
      // A second Enter in a hurry is no wish to stop.
      if (key === 'enter') return
      perform(dialog.database, { do: 'cancel' })
      return dispatch({ kind: 'dismissed' })
    case 'asking':
      return answer(undefined)
    case 'sending':
      return say({
        tone: 'info',
        says: 'The request is on its way: its answer is waited for and put on record.',
        cure: '',
      })
    case 'done':
      return dispatch({ kind: 'dismissed' })
  }
}

/** Enter, where something is typed. */
export function submitDialog({ state, now, selected }: Scene, { dispatch, perform, answer }: Hands): void {
  const dialog = dialogOf(state)
  if (dialog?.kind === 'confirm' && dialog.phase.at === 'asking') {
    const error = nameRefused(dialog, now, state.overlay)
    if (error !== undefined) return dispatch({ kind: 'confirm-refused', error })
    const typed = dialog.phase.field.text
    dispatch({ kind: 'confirm-sending' })
    return answer(typed)
  }
  if (dialog?.kind !== 'form' || !selected) return
  // Enter in a field that is filled in leads on to the next one that is not.
  const empty = dialog.fields.findIndex((field, at) => at > dialog.at && field.text.trim() === '')
  const here = dialog.fields[dialog.at]?.text.trim() ?? ''
  if (here !== '' && empty >= 0) return dispatch({ kind: 'field-moved', by: 1 })
  const result = submitted(dialog.purpose, dialog.fields, now)
  if (!result.ok) return dispatch({ kind: 'form-refused', at: result.at, error: result.error })
  dispatch({ kind: 'dismissed' })
  perform(selected.key, result.intent)
}
