import { decisionSchemas } from './entries.ts'
import { DECISION_NAMES, type Decisions } from './decisions.ts'
import type { Rotation } from './record.ts'

/** The decisions in force: what is on record, under what the configuration declares now, over the defaults. */
export function decisionsOf(
  defaults: Partial<Decisions>,
  rotation: Rotation | undefined,
  declared: Partial<Decisions>,
): Partial<Decisions> {
  const recorded: Record<string, unknown> = {}
  for (const name of DECISION_NAMES) {
    const decision = rotation?.decisions[name]
    if (!decision) continue
    const read = decisionSchemas[name].safeParse(decision.value)
    // One that does not parse is treated as not taken: it is asked for again, and nothing rests on it.
    if (read.success) recorded[name] = read.data
  }
  const decided = { ...defaults, ...(recorded as Partial<Decisions>), ...declared }
  // A staging database stands surety for itself unless it is said to lean on another. What is declared says so by itself.
  const alone = decided.environment === 'staging' && declared.environment === undefined && decided.twin === undefined
  return alone ? { ...decided, twin: 'none' } : decided
}
