import { coverOf, type Shortfall } from './evidence.ts'
import type { Place } from './gate-of.ts'
import type { Judged } from './position.ts'
import { isMet } from './standing.ts'
import { digestOf } from './words.ts'

/** How a look stands where an earlier step has opened it: what is not met may be waived whole, with a typed reason. */
export function orWaived({ runbook, step, steps, rotation }: Place, judged: Judged): Judged {
  const opened = [...steps.values()].some(
    (one) => one.standing === 'proven' && runbook.steps[one.step]?.opens?.includes(step.id),
  )
  if (!opened || isMet(judged.standing)) return judged
  const shortfall: Shortfall = { code: 'too-late-to-prove', args: { step: step.id }, allows: 'waiver' }
  const covers = coverOf(step.id, shortfall)
  const waiver = rotation?.waivers.findLast((one) => one.covers === covers)
  if (!waiver) return { ...judged, shortfalls: [{ shortfall, covers }, ...judged.shortfalls] }
  const met = { by: 'waived', who: waiver.by.user } as const
  return {
    standing: 'waived',
    digest: digestOf(covers),
    shortfalls: [{ shortfall, covers, met }],
    notes: [],
    until: Infinity,
  }
}
