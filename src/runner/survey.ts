import { isMet } from '../rules/standing.ts'
import type { Desk } from './desk.ts'
import { look, stepOf } from './look.ts'
import { proposedFor } from './proposals.ts'

/**
 * Looks once at every step before the change that is not met and whose gate is open, past those that are stuck: so that a dry run or a
 * plan can show the request and everything that stands in its way. Returns the id of the change's step.
 */
export async function survey(desk: Desk, signal: AbortSignal): Promise<string> {
  await desk.rotate()
  await desk.refresh()
  const ids = [...desk.assess().steps.keys()]
  for (const id of ids) {
    signal.throwIfAborted()
    if (stepOf(desk, id).change) return id
    const position = desk.assess().steps.get(id)
    if (position && !position.history && !isMet(position.standing) && position.gate.open) await look(desk, id, signal)
    // What nobody has decided yet is shown as it is proposed, and is not put on record: that is a person's to do.
    const target = desk.decided.target === undefined ? proposedFor(desk, 'target') : undefined
    if (target) {
      desk.assume({ target })
      desk.deps.notify({
        kind: 'decided',
        about: desk.about,
        decision: 'target',
        value: target,
        said: 'assumed, as proposed; not on record',
      })
    }
  }
  throw new Error('Bug: this sequence has no step that makes a change')
}
