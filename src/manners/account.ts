import type { HandshakesSpent } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { SavedCapture } from './saved-capture.ts'
import type { HandshakeLimits } from './limits.ts'

/** What is remembered of one endpoint. */
export interface Account {
  /** When each handshake was made that no log-in followed, oldest first. */
  readonly spent: readonly Instant[]
  /** When the server last said that it blocks this address. */
  readonly blockedAt?: Instant
  /** A person has asked for one more, which has not been made. */
  readonly granted?: Instant
  /** The chain that was captured last. */
  readonly captured?: SavedCapture
}

export const EMPTY_ACCOUNT: Account = { spent: [] }

/** Within the window, whichever way the clock was set meanwhile: a time that lies ahead counts as well, but not for ever. */
const isRecent = (at: Instant | undefined, { window }: HandshakeLimits, now: Instant): at is Instant =>
  at !== undefined && Math.abs(now - at) < window

const recent = ({ spent }: Account, limits: HandshakeLimits, now: Instant): readonly Instant[] =>
  spent.filter((at) => isRecent(at, limits, now))

/** Why no handshake may be made now, and until when; undefined when one may. */
export function holdsBack(
  account: Account,
  limits: HandshakeLimits,
  now: Instant,
): { readonly why: 'spent' | 'blocked'; readonly until: Instant } | undefined {
  const spent = recent(account, limits, now)
  if (isRecent(account.granted, limits, now)) return undefined
  if (isRecent(account.blockedAt, limits, now)) return { why: 'blocked', until: account.blockedAt + limits.window }
  if (spent.length < limits.allowed) return undefined
  // Once this one is too old to count, fewer than are allowed are left.
  const frees = spent.toSorted((a, b) => a - b)[spent.length - limits.allowed] ?? now
  return { why: 'spent', until: frees + limits.window }
}

/** How many were made, of how many. */
export function countOf(account: Account, limits: HandshakeLimits, now: Instant): HandshakesSpent {
  const held = holdsBack(account, limits, now)
  return {
    spent: recent(account, limits, now).length,
    allowed: limits.allowed,
    ...(held && { nextAt: held.until }),
  }
}

/** One more handshake begins. What is too old to count is forgotten. */
export function spend({ granted: _used, ...account }: Account, limits: HandshakeLimits, now: Instant): Account {
  return { ...account, spent: [...recent(account, limits, now), now] }
}

/** A handshake that begun `at` an instant does not count: it never reached the server, or a log-in followed. */
export function giveBack(account: Account, at: Instant): Account {
  const index = account.spent.lastIndexOf(at)
  return { ...account, spent: account.spent.filter((_, each) => each !== index) }
}

/** The server answers this address: it is blocked no longer. */
export const unblocked = ({ blockedAt: _over, ...account }: Account): Account => account

/** A person asks for one more. Undefined: an hour's extra ones are spent too. */
export function grant(account: Account, limits: HandshakeLimits, now: Instant): Account | undefined {
  const spent = recent(account, limits, now).length
  return spent >= limits.allowed + limits.extra ? undefined : { ...account, granted: now }
}
