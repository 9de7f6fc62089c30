import type { Change } from './change.ts'
import { changeDigest } from './change.ts'
import { Clearance } from './clearance.ts'
import { confirmationFails } from './confirmation.ts'
import type { Sending } from './record.ts'
import { sendingState } from './record.ts'
import type { Instant, Reason, Subject } from './words.ts'

/** Why a gate is closed: a code with arguments, and the steps or decisions that would open it. */
export interface Blocker extends Reason {
  /** What to do about it: look at a step, take a decision, wait, or something that only the text can say. */
  readonly cure:
    | { readonly do: 'step'; readonly step: string }
    | { readonly do: 'twin'; readonly step: string; readonly name: string }
    | { readonly do: 'decide'; readonly decision: string }
    | { readonly do: 'observe' }
    | { readonly do: 'wait' }
    | { readonly do: 'nothing' }
  /** The databases whose change it waits for, where that is all that it wants. */
  readonly after?: readonly Subject[]
}

/** A decision that only a person can take is missing. */
export const undecided = (decision: string): Blocker => ({
  code: 'undecided',
  args: { decision },
  cure: { do: 'decide', decision },
})

/** The pure answer to "may this step run now?". An open gate is made here only; a look-alike is not taken. */
export interface OpenGate {
  readonly open: true
  readonly rotation: string
  readonly step: string
  /** Until when, if nothing is looked at again. Infinity when nothing that it rests on ages. */
  readonly until: Instant
  readonly change?: Change
}
export interface ClosedGate {
  readonly open: false
  readonly blockers: readonly [Blocker, ...Blocker[]]
}
export type Gate = OpenGate | ClosedGate

const opened = new WeakSet<OpenGate>()

/** @internal For `assess` alone. */
export function openGate(gate: OpenGate): OpenGate {
  opened.add(gate)
  return gate
}

export const closedGate = (blockers: readonly [Blocker, ...Blocker[]]): ClosedGate => ({ open: false, blockers })

/** How long a clearance holds after it was granted: one request's time, not an operator's. */
const CLEARANCE_MS = 30_000

/**
 * The only way to a clearance: an open gate of the rules' own making that is open still, a confirmation by typing for this very
 * request, and an intent for it that is on disk and unanswered. Otherwise a sentence that says which of these is missing.
 */
export function clear(
  gate: Gate,
  sending: Sending | undefined,
  name: string,
  now: Instant,
): { readonly cleared: true; readonly clearance: Clearance } | { readonly cleared: false; readonly why: string } {
  const no = (why: string) => ({ cleared: false as const, why })
  if (!gate.open) return no(`the gate is closed: ${gate.blockers.map((blocker) => blocker.code).join(', ')}`)
  if (!opened.has(gate)) return no('this gate was not opened by the rules')
  if (!gate.change) return no('this step changes nothing')
  if (now > gate.until) return no('a proof ran out meanwhile')
  if (!sending || sendingState(sending) !== 'unanswered' || sending.answer)
    return no('there is no unanswered intent on disk')
  if (changeDigest(sending.change) !== changeDigest(gate.change)) return no('the intent on disk is for another request')
  const fails = confirmationFails(sending.confirmation, name, gate.change)
  if (fails) return no(fails)
  return {
    cleared: true,
    clearance: Clearance.grant(gate.change, sending.intent, Math.min(gate.until, now + CLEARANCE_MS)),
  }
}
