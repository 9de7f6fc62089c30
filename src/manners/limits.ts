/**
 * How often a MySQL endpoint may be asked for a handshake that no log-in follows. Each counts towards `max_connect_errors` (100 by
 * default), after which the server blocks this address for everybody who comes from it; any log-in from it sets the count back.
 * https://dev.mysql.com/doc/refman/8.4/en/host-cache.html
 */
export interface HandshakeLimits {
  /** Anonymous handshakes within one `window`. */
  readonly allowed: number
  /** More of them that a person may ask for by typing, within one `window`. */
  readonly extra: number
  /** Milliseconds. */
  readonly window: number
  /** Milliseconds to wait for another look at the same endpoint to end: one at a time. */
  readonly turn: number
}

/** Even without a single log-in it takes a day and a half to come to a hundred. */
export const HANDSHAKE_LIMITS: HandshakeLimits = { allowed: 2, extra: 1, window: 60 * 60_000, turn: 30_000 }
