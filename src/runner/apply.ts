import type { ControlPlaneWriter } from '../ports/control-plane.ts'
import { changeDigest, type Change, type Outcome } from '../rules/change.ts'
import { confirmationFails, type Confirmation } from '../rules/confirmation.ts'
import { clear, type ClosedGate, type OpenGate } from '../rules/gate.ts'
import { keptOf } from '../rules/kept.ts'
import type { Position } from '../rules/position.ts'
import { presentRotation, sendingState } from '../rules/record.ts'
import type { DecisionName } from '../rules/decisions.ts'
import { calledBy, type Decided } from '../rules/step.ts'
import type { Reason, Subject } from '../rules/words.ts'
import type { Desk } from './desk.ts'
import { failureOf } from './failure.ts'
import { look, stepOf } from './look.ts'

/** What came of asking for a change. In each case but `sent` and `unanswered`, nothing was sent. */
export type Applied =
  | { readonly kind: 'shown'; readonly change: Change | undefined; readonly position: Position }
  | { readonly kind: 'closed'; readonly gate: ClosedGate }
  /** `typed`: what was typed in place of the name, where anything was. */
  | { readonly kind: 'declined'; readonly why: string; readonly typed?: string }
  | { readonly kind: 'stopped'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'answered'; readonly outcome: Outcome }

/**
 * Asks a person, who sees exactly this request, to type the name; or hands over the confirmation by which a person has confirmed it
 * together with others. Undefined: declined.
 */
export type Confirm = (change: Change, gate: OpenGate) => Promise<string | Confirmation | undefined>

/** The whole of applying a change: what a dry run replaces, chosen once at start-up. */
export interface Applier {
  /** `sends`: changes really go out. `shows`: they never do. */
  readonly mode: 'sends' | 'shows'
  apply(desk: Desk, step: string, confirm: Confirm, signal: AbortSignal): Promise<Applied>
}

/** The writer for a subject's account and Region. */
export interface Writers {
  open(subject: Subject): Promise<ControlPlaneWriter>
}

/** Shows what would be sent, with the gate as it is. It has no writer: there is nothing that it could send with. */
export const showingApplier = (): Applier => ({
  mode: 'shows',
  async apply(desk, step) {
    await desk.refresh()
    const position = changePosition(desk, step)
    const blockers = position.gate.open ? [] : position.gate.blockers
    if (position.change) desk.deps.notify({ kind: 'shown', about: desk.about, step, change: position.change, blockers })
    else desk.deps.notify({ kind: 'closed', about: desk.about, step, blockers })
    return { kind: 'shown', change: position.change, position }
  },
})

function changePosition(desk: Desk, step: string): Position {
  const position = desk.assess().steps.get(step)
  if (!position) throw new Error(`Bug: ${step} is not in this rotation's sequence`)
  return position
}

/** Looks again at what is cheap to look at among the steps before the change: minutes are long at night. */
async function lookAgain(desk: Desk, change: string, signal: AbortSignal): Promise<void> {
  for (const [id, position] of desk.assess().steps) {
    if (id === change) return
    if (stepOf(desk, id).cheap && position.gate.open) await look(desk, id, signal)
  }
}

/** Whether another member of its group has been sent a change meanwhile: each of two who send at once sees the other's intent. */
async function peersUnderWay(desk: Desk): Promise<readonly string[]> {
  await desk.refresh()
  return (desk.known().peers ?? [])
    .filter(({ record }) => sendingState(presentRotation(record)?.sendings.at(-1)) === 'unanswered')
    .map(({ about }) => about.name)
}

/**
 * Sends one change, in the one order that is safe: gate → confirmation → the database read once more → gate again → intent on
 * disk → no peer's change under way → clearance → one request → receipt on disk. A process that dies anywhere in between leaves what {@link observe} needs.
 */
export const sendingApplier = (writers: Writers): Applier => ({
  mode: 'sends',
  async apply(desk, id, confirm, signal) {
    const { notify, who, now, worlds, newId } = desk.deps
    const { about } = desk
    await desk.hold(`sending the change of ${id} for ${calledBy(about)}`)
    const rotation = await desk.rotate()
    const step = stepOf(desk, id)
    await lookAgain(desk, id, signal)
    // What was seen may name subjects (another member of its cluster) whose journals are not open yet.
    await desk.refresh()

    const before = changePosition(desk, id)
    if (!before.gate.open) {
      notify({ kind: 'closed', about, step: id, blockers: before.gate.blockers })
      return { kind: 'closed', gate: before.gate }
    }
    const { change } = before.gate
    if (!change) throw new Error(`Bug: ${id} describes no change`)

    const said = await confirm(change, before.gate)
    signal.throwIfAborted()
    if (said === undefined) return { kind: 'declined', why: 'nothing was confirmed' }
    const confirmation =
      typeof said === 'string' ? { typed: said, digests: [changeDigest(change)], at: now(), by: who } : said
    const { typed } = confirmation
    const wrong = confirmationFails(confirmation, calledBy(about), change)
    if (wrong) return { kind: 'declined', why: wrong, typed }
    notify({ kind: 'confirmed', about, change, typed })

    const stop = async (reasons: readonly Reason[]): Promise<Applied> => {
      notify({ kind: 'stopped', about, step: id, reasons })
      // What was proven is not so any more: it is put on record at once, so that the gate says it too.
      await lookAgain(desk, id, signal)
      return { kind: 'stopped', reasons }
    }
    try {
      const world = await worlds.open(about.subject)
      const decided = desk.decided as Decided<DecisionName>
      const reasons = (await step.lastLook?.(world, about, before.footing?.given ?? {}, decided, signal)) ?? []
      if (reasons.length > 0) return await stop(reasons)
    } catch (error) {
      signal.throwIfAborted()
      const failure = failureOf(error)
      if (!failure) throw error
      return await stop([failure.reason])
    }

    // A writer that cannot be opened (credentials gone) must fail before there is an intent that nothing can come of.
    const writer = await writers.open(about.subject)
    const intent = newId()
    const kept = keptOf(desk.assess(), id)
    const still = changePosition(desk, id)
    if (!still.gate.open) return { kind: 'closed', gate: still.gate }
    await desk.own.append({ kind: 'intent', rotation: rotation.id, intent, step: id, change, confirmation, kept })

    const abandon = async (seen: Reason) => {
      await desk.own.append({ kind: 'resolved', rotation: rotation.id, intent, how: 'abandoned', seen })
    }
    const [peer] = await peersUnderWay(desk)
    if (peer !== undefined) {
      const seen = { code: 'peer-under-way', args: { name: peer } }
      await abandon(seen)
      return await stop([seen])
    }
    const sending = desk.rotation?.sendings.at(-1)
    const cleared = clear(still.gate, sending, calledBy(about), now())
    if (!cleared.cleared) {
      await abandon({ code: 'not-cleared', args: { why: cleared.why } })
      return { kind: 'declined', why: cleared.why }
    }
    notify({ kind: 'sending', about, change, intent })
    // From here on nothing is aborted half-way: an answer that is on its way is worth more than a quick exit.
    const outcome = await writer.send(change, cleared.clearance)
    await desk.own.append({ kind: 'receipt', rotation: rotation.id, intent, outcome })
    notify({ kind: 'answered', about, intent, outcome })
    return { kind: 'answered', outcome }
  },
})
