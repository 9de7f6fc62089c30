/** Which steps are still to be met, and which are urgent. */
import type { Position } from './position.ts'
import { isMet } from './standing.ts'
import type { PlainRunbook } from './step.ts'

/**
 * The steps that are still to be met, in the order in which they are. Where the change does not apply (the database is on the target
 * already, or somebody else is changing it), it goes on behind the change at once, each step after what it needs itself; what only
 * the change would rest on is not waited for.
 */
export function dueOf(
  runbook: PlainRunbook,
  ids: readonly string[],
  steps: ReadonlyMap<string, Position>,
): readonly string[] {
  const change = ids.findIndex((id) => runbook.steps[id]?.change)
  if (change < 0 || steps.get(ids[change] ?? '')?.standing !== 'not-applicable') return ids
  const due = new Set<string>()
  const add = (id: string): void => {
    const step = runbook.steps[id]
    if (!step || due.has(id) || step.change || !ids.includes(id)) return
    for (const need of Object.values(step.needs)) if (need.of === 'own') add(need.step)
    due.add(id)
  }
  for (const id of ids.slice(change + 1)) add(id)
  return [...due]
}

/**
 * Where a change comes without us: what it would have rested on of its clients and that is not met. The database itself is looked at anyway.
 */
export function urgentOf(
  runbook: PlainRunbook,
  ids: readonly string[],
  steps: ReadonlyMap<string, Position>,
): readonly string[] {
  const at = ids.findIndex((id) => steps.get(id)?.reason?.urgent)
  return ids
    .slice(0, Math.max(0, at))
    .filter((id) => !runbook.steps[id]?.cheap && !isMet(steps.get(id)?.standing ?? 'missing'))
}
