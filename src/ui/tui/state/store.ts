import type { UiEvent } from './event.ts'
import { reduce } from './reduce.ts'
import type { TuiState } from './state.ts'

/** The state of the screen, outside React: what is drawn subscribes to it. */
export interface Store {
  get(): TuiState
  dispatch(event: UiEvent): void
  /** Returns how to stop. */
  subscribe(listener: () => void): () => void
}

export function createStore(initial: TuiState): Store {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    dispatch(event) {
      const before = state
      state = reduce(before, event)
      if (state !== before) for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
