import { subjectKey } from '../rules/words.ts'
import type { SavedProgress } from './deps.ts'

type Opened = ReturnType<SavedProgress['open']>

/**
 * Saved progress whose journals are opened once, and shared by all desks of the process: what one database puts on record of a bundle
 * or an application is at once what the others see, and a fleet of thousands opens each once.
 */
export function sharedJournals(progress: SavedProgress): SavedProgress {
  const opened = new Map<string, Opened>()
  return {
    ...progress,
    open(subject) {
      const key = subjectKey(subject)
      const found = opened.get(key)
      if (found) return found
      const opening = progress.open(subject).catch((error: unknown) => {
        // What could not be opened is tried again by the next who asks.
        opened.delete(key)
        throw error
      })
      opened.set(key, opening)
      return opening
    },
  }
}
