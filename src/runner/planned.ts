/** A plan carried out: what was approved is held against what is so now, before anything is sent and again before each request. */
import type { Decisions } from '../rules/decisions.ts'
import { decisionsToTake, differs, wasApplied, type Plan, type PlannedDatabase } from '../rules/plan.ts'
import type { Reason } from '../rules/words.ts'
import type { Desk } from './desk.ts'
import { look, stepOf } from './look.ts'

/** A planned database and its desk. `resumes`: the plan's request was sent before, and what is left is to follow it to its end. */
export interface PlannedDesk {
  readonly desk: Desk
  readonly planned: PlannedDatabase
  readonly resumes: boolean
}

export interface Difference {
  readonly name: string
  /** The step whose texts say it best. */
  readonly step: string
  readonly reasons: readonly Reason[]
}

/** Looks again at everything before the change that can be looked at, whether or not what was seen holds still. */
async function lookAgainAtAll(desk: Desk, change: string, signal: AbortSignal): Promise<void> {
  await desk.refresh()
  for (const id of desk.assess().steps.keys()) {
    if (id === change) return
    signal.throwIfAborted()
    const position = desk.assess().steps.get(id)
    if (position && !position.history && position.gate.open && stepOf(desk, id).look) await look(desk, id, signal)
  }
}

/** What differs now from what was approved, by what is on record. */
const differenceOf = ({ desk, planned }: PlannedDesk): readonly Reason[] =>
  differs(desk.deps.runbook, planned, desk.assess(), desk.deps.now())

/**
 * Looks at every database of a plan and says what differs from what was approved. The decisions that were approved and that nobody has
 * taken here are assumed: see {@link takeDecisions}.
 */
export async function differences(
  databases: readonly PlannedDesk[],
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const found: Difference[] = []
  for (const one of databases) {
    const { desk, planned, resumes } = one
    if (resumes) continue
    desk.assume(
      Object.fromEntries(decisionsToTake(planned, desk.decided).map((name) => [name, planned.decisions[name]])),
    )
    await lookAgainAtAll(desk, planned.step, signal)
    const reasons = differenceOf(one)
    if (reasons.length > 0) found.push({ name: planned.name, step: planned.step, reasons })
  }
  return found
}

/** Puts the approved decisions on record that nobody has taken here, as what they are. */
export async function takeDecisions({ desk, planned, resumes }: PlannedDesk, plan: Plan): Promise<void> {
  if (resumes) return
  const recorded = desk.rotation?.decisions ?? {}
  const declared = desk.deps.declared.decisionsFor(desk.about)
  const decisions: Partial<Decisions> = planned.decisions as Partial<Decisions>
  for (const name of decisionsToTake(planned, declared)) {
    const value = decisions[name]
    if (value === undefined || recorded[name]) continue
    await desk.decide(name, value, `plan ${plan.name}, approved by ${plan.approver}`)
  }
}

/** The confirmation for one request of the plan, unless something differs by now. */
export const confirmPlanned =
  (plan: Plan, databases: readonly PlannedDesk[]) =>
  async (desk: Desk): Promise<Plan['confirmation'] | undefined> => {
    const one = databases.find((planned) => planned.desk === desk)
    if (!one || differenceOf(one).length > 0) return undefined
    return plan.confirmation
  }

/** Whether a database has been through this plan already. */
export const isPlanned = (desk: Desk, plan: Plan): boolean => wasApplied(desk.record, plan.plan)
