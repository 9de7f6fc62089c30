import type { Instant } from '../../rules/words.ts'

/** The time, and how to wait for it: the machine's own, or one that a test moves. */
export interface Clock {
  now(): Instant
  /** Does something after so many milliseconds, unless it is called off before. Returns what calls it off. */
  after(milliseconds: number, deed: () => void): () => void
}

export const machineClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, deed) => {
    const timer = setTimeout(deed, milliseconds)
    return () => clearTimeout(timer)
  },
}
