import type { Scene } from '../scene/scene.ts'
import { shownOf } from '../scene/shown.ts'
import type { UiEvent } from '../state/event.ts'
import { dialogOf } from '../state/state.ts'

type Dispatch = (event: UiEvent) => void

const clamp = (index: number, count: number): number => Math.min(Math.max(0, index), Math.max(0, count - 1))

const stepsOf = ({ selected }: Scene): { readonly ids: readonly string[]; readonly at: number } => {
  const ids = selected ? [...selected.assessment.steps.keys()] : []
  return { ids, at: ids.indexOf(selected?.position.step ?? '') }
}

function toStep(scene: Scene, index: number, dispatch: Dispatch): void {
  const { ids } = stepsOf(scene)
  const step = ids[clamp(index, ids.length)]
  if (scene.selected && step !== undefined) dispatch({ kind: 'step-selected', database: scene.selected.key, step })
}

/** To another of the databases that are listed: so many further, or to the first or last. */
export function moveAmongDatabases({ session, state }: Scene, by: number | 'start' | 'end', dispatch: Dispatch): void {
  const shown = shownOf(session, state.filter)
  const at = typeof by === 'number' ? shown.indexOf(state.selected) + by : by === 'start' ? 0 : shown.length - 1
  const index = shown[clamp(at, shown.length)]
  if (index !== undefined) dispatch({ kind: 'database-selected', index })
}

/** Up or down in what has the focus. */
export function moveBy(scene: Scene, by: 1 | -1, dispatch: Dispatch): void {
  const { state } = scene
  const dialog = dialogOf(state)
  if (dialog?.kind === 'choose') return dispatch({ kind: 'option-moved', by })
  if (dialog) return dispatch({ kind: 'scrolled', area: 'overlay', by })
  switch (state.focus) {
    case 'fleet':
      return moveAmongDatabases(scene, by, dispatch)
    case 'steps':
      return toStep(scene, stepsOf(scene).at + by, dispatch)
    case 'page':
      return dispatch({ kind: 'scrolled', area: 'page', by })
  }
}

/** To the first or the last of what has the focus. */
export function moveTo(scene: Scene, to: 'start' | 'end', dispatch: Dispatch): void {
  const { state } = scene
  const dialog = dialogOf(state)
  if (dialog?.kind === 'choose') return dispatch({ kind: 'option-moved', by: to })
  if (dialog) return dispatch({ kind: 'scrolled', area: 'overlay', by: to })
  switch (state.focus) {
    case 'fleet':
      return moveAmongDatabases(scene, to, dispatch)
    case 'steps':
      return toStep(scene, to === 'start' ? 0 : stepsOf(scene).ids.length - 1, dispatch)
    case 'page':
      return dispatch({ kind: 'scrolled', area: 'page', by: to })
  }
}
