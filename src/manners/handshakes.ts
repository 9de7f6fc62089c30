import type { LogInQuestion } from '../ports/sql.ts'
import { CannotReach, HandshakesWait, type HandshakesSpent, type WireQuestion } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { Capture } from '../tls/capture.ts'
import { judge } from '../tls/judge.ts'
import { trustedRoots } from '../tls/roots.ts'
import { countOf, giveBack, grant, holdsBack, spend, unblocked, type Account } from './account.ts'
import { openAccounts, type Turn } from './accounts.ts'
import type { HandshakeLimits } from './limits.ts'
import { readCapture, saveCapture, type SavedCapture } from './saved-capture.ts'

/** How a log-in went on after its handshake. One that we stopped counts as a handshake that came to nothing. */
export interface LogInLook<S> {
  readonly capture: Capture
  /** `refused`: the server said no to the user; by what was measured, that does not count towards `max_connect_errors`. */
  readonly end: 'logged-in' | 'refused' | 'stopped'
  readonly session: S
}

/** A look that was made, with what an hour has seen of them. */
export interface Looked {
  readonly capture: Capture
  readonly handshakes: HandshakesSpent
}

/** What was captured last, for which roots and name it was judged, and why there is nothing newer. */
export interface Kept extends Looked {
  readonly asked: string
}

export interface HandshakesOptions {
  /** Where they are counted. Made when first needed. */
  readonly directory: string
  readonly limits: HandshakeLimits
  readonly now: () => Instant
}

/** The handshakes with MySQL endpoints, under one count each. */
export interface Handshakes {
  /** Makes an anonymous handshake, if one may be made. Throws {@link HandshakesWait}, and what `make` throws. */
  anonymous(question: WireQuestion, make: () => Promise<Capture>): Promise<Looked>
  /**
   * Logs in, if a handshake may be made; or else where the chain captured last passes, so that it is nearly sure to be followed by a
   * log-in. Throws {@link HandshakesWait}, and what `make` throws.
   */
  logIn<S>(
    question: WireQuestion | LogInQuestion,
    make: () => Promise<LogInLook<S>>,
  ): Promise<Looked & { readonly session: S }>
  /** The chain captured last, if there is one. */
  kept(endpoint: string): Kept | undefined
  /** Whether {@link onceMore} would let one be made now. */
  allowsMore(endpoint: string): boolean
  /** Lets one more be made, because a person asks for it. False: this hour's extra one is spent too. */
  onceMore(endpoint: string): Promise<boolean>
}

export const endpointOf = ({ host, port }: Pick<WireQuestion, 'host' | 'port'>): string =>
  `${host}:${port}`.toLowerCase()

/** A server that was not spoken to has counted nothing. */
function neverReached(error: unknown): boolean {
  const reached = error instanceof Error && error.cause instanceof CannotReach ? error.cause : error
  return reached instanceof CannotReach && (reached.stage === 'resolve' || reached.stage === 'connect')
}

const isBlocked = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'HOST_BLOCKED'

/** Whether the chain captured last would be accepted now, as far as our own reading of it goes. */
function wouldPass(captured: SavedCapture | undefined, { host, roots }: WireQuestion | LogInQuestion, now: Instant) {
  if (!captured) return false
  const { served } = readCapture(captured).captured
  return judge({ served, openssl: { authorized: true } }, trustedRoots(roots).anchors, host, now).strict
}

export function openHandshakes({ directory, limits, now }: HandshakesOptions): Handshakes {
  const accounts = openAccounts(directory)

  const refuseIfHeld = (account: Account, endpoint: string): void => {
    const held = holdsBack(account, limits, now())
    if (held) throw new HandshakesWait(held.why, endpoint, held.until)
  }

  /** Counts a handshake before it is made, and takes it back where it turns out not to count. */
  async function counted<T>(turn: Turn, make: () => Promise<T>): Promise<{ readonly made: T; readonly at: Instant }> {
    const at = now()
    turn.save(spend(turn.account, limits, at))
    try {
      return { made: await make(), at }
    } catch (error) {
      if (neverReached(error)) turn.save(giveBack(turn.account, at))
      if (isBlocked(error)) turn.save({ ...turn.account, blockedAt: at })
      throw error
    }
  }

  const keep = (turn: Turn, account: Account, capture: Capture, question: WireQuestion): HandshakesSpent => {
    turn.save({ ...unblocked(account), captured: saveCapture(capture, question) })
    return countOf(turn.account, limits, now())
  }

  return {
    anonymous: (question, make) => {
      const endpoint = endpointOf(question)
      return accounts.inTurn(
        endpoint,
        limits.turn,
        async (turn) => {
          refuseIfHeld(turn.account, endpoint)
          const { made: capture } = await counted(turn, make)
          return { capture, handshakes: keep(turn, turn.account, capture, question) }
        },
        question.signal,
      )
    },

    logIn: (question, make) => {
      const endpoint = endpointOf(question)
      return accounts.inTurn(
        endpoint,
        limits.turn,
        async (turn) => {
          if (!wouldPass(turn.account.captured, question, now())) refuseIfHeld(turn.account, endpoint)
          const { made, at } = await counted(turn, make)
          const account = made.end === 'stopped' ? turn.account : giveBack(turn.account, at)
          const handshakes = keep(turn, account, made.capture, question)
          return { capture: made.capture, handshakes, session: made.session }
        },
        question.signal,
      )
    },

    kept(endpoint) {
      const { captured, ...account } = accounts.read(endpoint)
      if (!captured) return undefined
      return { capture: readCapture(captured), asked: captured.asked, handshakes: countOf(account, limits, now()) }
    },

    allowsMore: (endpoint) => grant(accounts.read(endpoint), limits, now()) !== undefined,

    onceMore: (endpoint) =>
      accounts.inTurn(endpoint, limits.turn, async (turn) => {
        const granted = grant(turn.account, limits, now())
        if (granted) turn.save(granted)
        return granted !== undefined
      }),
  }
}
