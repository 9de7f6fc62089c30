import type { DecisionName, Decisions } from '../rules/decisions.ts'
import type { Desk } from './desk.ts'

/** What the steps propose for a decision, by what they have seen; undefined when none proposes anything (yet). */
export function proposedFor<D extends DecisionName>(desk: Desk, decision: D): Decisions[D] | undefined {
  for (const [id, position] of desk.assess().steps) {
    const offers = position.facts && desk.deps.runbook.steps[id]?.offers?.(position.facts)
    const proposed = offers?.[decision]?.find((one) => one.proposed)
    if (proposed) return proposed.value
  }
  return undefined
}
