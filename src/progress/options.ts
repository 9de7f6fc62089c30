import type { Holder, Line } from '../ports/progress.ts'
import type { Instant, Who } from '../rules/words.ts'

/** What a journal's lines mean, and who writes them. Progress itself knows nothing of steps or evidence. */
export interface ProgressOptions<Body, State> {
  /** Where saved progress lives; made, 0700, when the first line is saved. */
  readonly directory: string
  /** The state of a journal without lines. Plain JSON, as every state is. */
  readonly initial: State
  /** The state after a line. Pure; never alters the state it is given. */
  fold(state: State, line: Line<Body>): State
  /** Takes a saved body for one this program knows, or throws with the reason. */
  parse(body: unknown): Body
  now(): Instant
  /** Who appends and holds, unless an append says otherwise. */
  readonly who: Who
  /** Raised whenever `fold` comes to mean something else: snapshots of another version are folded again. 1 when absent. */
  readonly stateVersion?: number
}

/** This process, as a holder. */
export const meFor = (options: Pick<ProgressOptions<unknown, unknown>, 'who' | 'now'>, purpose: string): Holder => ({
  user: options.who.user,
  host: options.who.host,
  pid: process.pid,
  since: options.now(),
  purpose,
})
