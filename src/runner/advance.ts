import type { Position } from '../rules/position.ts'
import { isMet } from '../rules/standing.ts'
import { keptOf } from '../rules/kept.ts'
import { servedBefore } from '../rules/served.ts'
import type { Desk } from './desk.ts'
import type { LookFailure } from './failure.ts'
import { look, stepOf } from './look.ts'
import { observe } from './observe.ts'
import { calledBy } from '../rules/step.ts'

/** Why a rotation goes no further by itself. */
export type Stop =
  | { readonly kind: 'done' }
  /** The change is next and its gate is open: a person confirms it. */
  | { readonly kind: 'confirm'; readonly position: Position }
  /** The gate of the next step is closed. */
  | { readonly kind: 'closed'; readonly position: Position }
  /** It was looked at, and it is not met: the position says what is short. */
  | { readonly kind: 'short'; readonly position: Position }
  /** Time or AWS will change it, later than the runner waits. */
  | { readonly kind: 'waiting'; readonly position: Position }
  /** A change was sent, no answer came, and its effect is not to be seen. */
  | { readonly kind: 'unanswered'; readonly position: Position }
  /** A change was sent, no answer came, and its effect could not be looked for. */
  | { readonly kind: 'unobserved'; readonly position: Position; readonly failure: LookFailure }

/** How often one step may be looked at in one go without being met: what it sees changes under the runner's hands. */
const LOOKS = 3

/**
 * Does everything that needs no person: looks, looks again at what has aged, waits for AWS, ends the rotation. Returns why it stopped.
 * Nothing is ever sent from here. Throws HeldByAnother, and when aborted.
 */
export async function advance(desk: Desk, signal: AbortSignal): Promise<Stop> {
  const { now, patience, sleep, notify } = desk.deps
  await desk.hold(`rotating ${calledBy(desk.about)}`)
  // What was finished stays finished: another rotation is begun by looking at a step anew, never by asking how this one stands.
  const ended = desk.rotation?.end
  if (ended && ended.how !== 'abandoned') return { kind: 'done' }
  await desk.rotate()
  await desk.refresh()
  const looks = new Map<string, number>()
  const begun = now()
  for (;;) {
    signal.throwIfAborted()
    const assessment = desk.assess()
    if (assessment.rotation?.end) return { kind: 'done' }
    if (!assessment.next) {
      await end(desk)
      return { kind: 'done' }
    }
    // A change comes that is not ours: who is not proven is found out at once, and holds up nothing.
    const urgent = assessment.urgent.find((one) => !looks.has(one) && assessment.steps.get(one)?.gate.open)
    if (urgent !== undefined) {
      looks.set(urgent, 1)
      await look(desk, urgent, signal)
      continue
    }
    const id = assessment.next
    const position = assessment.steps.get(id)
    if (!position) throw new Error(`Bug: the next step ${id} has no position`)

    if (position.standing === 'running' || position.standing === 'interrupted') {
      const observed = await observe(desk, signal)
      const after = desk.assess().steps.get(id) ?? position
      if (observed === 'not-seen') return { kind: 'unanswered', position: after }
      if (typeof observed === 'object') return { kind: 'unobserved', position: after, failure: observed.cannot }
      continue
    }
    if (stepOf(desk, id).change) return { kind: position.gate.open ? 'confirm' : 'closed', position }
    if (!position.gate.open) return { kind: 'closed', position }

    if (position.standing === 'waiting' && now() < position.until) {
      if (position.until > begun + patience.settle) return { kind: 'waiting', position }
      notify({ kind: 'waiting', about: desk.about, step: id, reason: position.reason, until: position.until })
      await sleep(Math.max(0, position.until - now()), signal)
    }
    const times = (looks.get(id) ?? 0) + 1
    looks.set(id, times)
    const after = await look(desk, id, signal)
    if (isMet(after.standing)) continue
    if (after.standing === 'waiting') {
      if (now() > begun + patience.settle) return { kind: 'waiting', position: after }
      // A look that failed tells neither anything new nor when to look again.
      if (after.attempt && after.attempt.until === undefined) await sleep(patience.every, signal)
      continue
    }
    if (!after.gate.open) return { kind: 'closed', position: after }
    // `outdated` right after a look: something that it rests on moved meanwhile, so it is looked at again, a few times.
    if (after.standing === 'outdated' && times < LOOKS) continue
    return { kind: 'short', position: after }
  }
}

/** All steps are met: the rotation ends, and is not judged again. */
async function end(desk: Desk): Promise<void> {
  const assessment = desk.assess()
  const rotation = assessment.rotation
  if (!rotation || rotation.end) return
  // Only where it has left the CA that it served last: one that was there all along was not rolled back.
  const left = assessment.decided.target?.ca !== servedBefore(desk.record)[0]
  const how = rotation.sequence === 'rollback' && left ? 'rolled-back' : 'done'
  await desk.own.append({ kind: 'rotation-ended', rotation: rotation.id, how, kept: keptOf(assessment) })
  desk.deps.notify({ kind: 'ended', about: desk.about, how })
}
