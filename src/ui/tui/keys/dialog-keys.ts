import type { Scene } from '../scene/scene.ts'
import { shownOf } from '../scene/shown.ts'
import { nameRefused } from '../state/dialog.ts'
import { submitted } from '../state/form.ts'
import { dialogOf } from '../state/state.ts'
import { wholeRefused, type WaveShown } from '../state/wave.ts'
import type { Hands } from './hands.ts'
import type { Press } from './press.ts'

/** Esc. What was asked for is declined or stopped; a request that is on its way is waited for. */
export function closeDialog({ key }: Press, { state }: Scene, hands: Hands): void {
  const { dispatch, perform, answer, say } = hands
  const dialog = dialogOf(state)
  if (dialog?.kind === 'wave') return closeWave(state.wave, hands)
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

function closeWave(wave: WaveShown | undefined, { dispatch, answerWave, say }: Hands): void {
  if (wave?.phase.at === 'asking') return answerWave(undefined)
  dispatch({ kind: 'dismissed' })
  if (wave?.phase.at === 'surveying' || wave?.phase.at === 'changing')
    return say({ tone: 'info', says: `The wave ${wave.name} goes on.`, cure: 'v shows it.' })
  dispatch({ kind: 'wave', wave: undefined })
}

/** Enter, where something is typed. */
export function submitDialog(scene: Scene, hands: Hands): void {
  const { state, now, selected } = scene
  const { dispatch, perform, answer } = hands
  const dialog = dialogOf(state)
  if (dialog?.kind === 'confirm' && dialog.phase.at === 'asking') {
    const error = nameRefused(dialog, now, state.overlay)
    if (error !== undefined) return dispatch({ kind: 'confirm-refused', error })
    const typed = dialog.phase.field.text
    dispatch({ kind: 'confirm-sending' })
    return answer(typed)
  }
  if (dialog?.kind === 'wave' && state.wave?.phase.at === 'asking') {
    const error = wholeRefused(state.wave, state.overlay)
    return error === undefined ? hands.answerWave(state.wave.phase.expected) : dispatch({ kind: 'wave-refused', error })
  }
  if (dialog?.kind === 'form' && dialog.purpose.for === 'filter')
    return list(scene, dialog.fields[0]?.text.trim() ?? '', hands)
  if (dialog?.kind !== 'form' || !selected) return
  // Enter in a field that is filled in leads on to the next one that is not.
  const empty = dialog.fields.findIndex((field, at) => at > dialog.at && field.text.trim() === '')
  const here = dialog.fields[dialog.at]?.text.trim() ?? ''
  if (here !== '' && empty >= 0) return dispatch({ kind: 'field-moved', by: 1 })
  const result = submitted(dialog.purpose, dialog.fields, now)
  if (!result.ok) return dispatch({ kind: 'form-refused', at: result.at, error: result.error })
  // A halt is put from the wave that it is about: back to that.
  dispatch({ kind: dialog.purpose.for === 'halt' ? 'closed' : 'dismissed' })
  perform(selected.key, result.intent)
}

/** Lists what holds these words; what was selected stays so where it is among them. */
function list({ session, state }: Scene, filter: string, { dispatch }: Hands): void {
  const shown = shownOf(session, filter)
  const [first] = shown
  if (first === undefined)
    return dispatch({
      kind: 'form-refused',
      at: 0,
      error: `No database holds "${filter}". Esc leaves the list as it is.`,
    })
  dispatch({ kind: 'dismissed' })
  dispatch({ kind: 'filtered', filter, index: shown.includes(state.selected) ? state.selected : first })
}
