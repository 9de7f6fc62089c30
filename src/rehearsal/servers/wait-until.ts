import { setTimeout as pause } from 'node:timers/promises'

export interface Patience {
  /** Milliseconds between two looks, and in all. */
  readonly every: number
  readonly atMost: number
}

/** Looks again and again until the look finds something, and resolves with that; undefined when patience runs out. */
export async function waitUntil<Found>(
  look: () => Promise<Found | undefined> | Found | undefined,
  patience: Patience,
): Promise<Found | undefined> {
  const end = performance.now() + patience.atMost
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() >= end) return undefined
    await pause(patience.every)
  }
}
