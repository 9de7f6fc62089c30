import { sendingState, type Sending } from '../rules/record.ts'
import type { Desk } from './desk.ts'
import { failureOf, type LookFailure } from './failure.ts'
import { stepOf } from './look.ts'
import { calledBy } from '../rules/step.ts'

/** The intent that has no usable answer, if there is one: found after a crash, a lost connection, a timeout. */
export function unanswered(desk: Desk): Sending | undefined {
  const sending = desk.rotation?.sendings.at(-1)
  return sending && sendingState(sending) === 'unanswered' ? sending : undefined
}

/** `cannot`: why it could not be looked for. That is not "nothing was seen": the intent stays as it is. */
export type Observed = 'nothing-to-observe' | 'adopted' | 'not-seen' | { readonly cannot: LookFailure }

/**
 * Looks for the effect of an unanswered intent until it is seen — then it is adopted, with what was seen — or until AWS has had
 * the time that it may need to show it. `not-seen`: a person decides between retry and abandon; nothing is sent again here. What keeps
 * it from looking is `cannot` when that is so to the end; at once when the database is gone, or another has its name. Throws when aborted.
 */
export async function observe(desk: Desk, signal: AbortSignal): Promise<Observed> {
  const { notify, now, patience, sleep, worlds } = desk.deps
  const sending = unanswered(desk)
  const rotation = desk.rotation
  if (!sending || !rotation) return 'nothing-to-observe'
  await desk.hold(`observing what became of a change to ${calledBy(desk.about)}`)
  const step = stepOf(desk, sending.step)
  let until = sending.intendedAt + patience.observe
  // A clock that was set back cannot make it wait for ever: the intent lies in the future then.
  const hadItsTime = () => now() >= until || now() < sending.intendedAt
  notify({ kind: 'observing', about: desk.about, intent: sending.intent, until })
  for (let lookedAt = now(); ;) {
    try {
      const world = await worlds.open(desk.about.subject)
      const seen = await step.arrived?.(world, desk.about, sending.change, signal, sending.intendedAt)
      if (seen) {
        await desk.own.append({ kind: 'resolved', rotation: rotation.id, intent: sending.intent, how: 'adopted', seen })
        notify({ kind: 'adopted', about: desk.about, step: sending.step, intent: sending.intent, seen })
        return 'adopted'
      }
      // A clock that jumped ahead, or a machine that slept: AWS may not have had that time, and gets it.
      const passed = now() - lookedAt
      lookedAt = now()
      if (passed > 2 * patience.every) until += passed - patience.every
      if (hadItsTime()) return 'not-seen'
    } catch (error) {
      signal.throwIfAborted()
      const failure = failureOf(error)
      if (!failure) throw error
      notify({ kind: 'look-failed', about: desk.about, step: sending.step, ...failure })
      if (failure.refutes || hadItsTime()) return { cannot: failure }
    }
    await sleep(patience.every, signal)
  }
}

/** Gives an unanswered intent up, by a person's word: the way to a new gate, a new confirmation and a new intent. */
export async function abandonIntent(desk: Desk, why: string): Promise<void> {
  const sending = unanswered(desk)
  const rotation = desk.rotation
  if (!sending || !rotation) return
  const seen = { code: 'given-up', args: { why } }
  await desk.own.append({ kind: 'resolved', rotation: rotation.id, intent: sending.intent, how: 'abandoned', seen })
}
