import type * as Store from './snapshot-store.ts'

/** The signals by which a person or a supervisor asks for an end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Loads the snapshot store, and with it conf, when the first line is appended: that takes 100 ms.
 *
 * What conf brings along (when-exit, through atomically) listens once for every signal that ends a process, and then sends this process
 * the same signal again. An operator's one Ctrl-C would be two: not "finish what is under way", but "now". So these listeners go again;
 * the one for `exit`, which removes a temporary file, stays.
 */
export async function loadSnapshotStore(): Promise<typeof Store> {
  const before = new Set(listeners().map(({ listener }) => listener))
  const loaded = await import('./snapshot-store.ts')
  for (const { signal, listener } of listeners())
    if (isOnce(listener) && !before.has(listener)) process.removeListener(signal, listener)
  return loaded
}

const listeners = () =>
  SIGNALS.flatMap((signal) =>
    process.rawListeners(signal).map((listener) => ({ signal, listener: listener as NodeJS.SignalsListener })),
  )

/** Node wraps what listens once, and keeps what it wraps as `listener`. */
const isOnce = (listener: object): boolean => 'listener' in listener
