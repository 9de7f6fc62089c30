import { decisionSchemas } from './entries.ts'
import { DECISION_NAMES, type Decisions } from './decisions.ts'
import type { Rotation } from './record.ts'
import type { SequenceName } from './step.ts'

/** Whose target is where they began from or lead back to: a declared target says where the CA is to go, and nothing of these. */
const OWN_TARGET: ReadonlySet<SequenceName> = new Set(['leaf-renewal', 'rollback', 'cancellation'])

/** What is declared of a database, as far as it says anything of a rotation of this sequence. */
export function declaredFor(sequence: SequenceName, declared: Partial<Decisions>): Partial<Decisions> {
  const { target: _target, ...others } = declared
  return OWN_TARGET.has(sequence) ? others : declared
}

/** The decisions in force: what is on record, under what the configuration declares now, over the defaults. */
export function decisionsOf(
  defaults: Partial<Decisions>,
  rotation: Rotation | undefined,
  declaredOfIt: Partial<Decisions>,
): Partial<Decisions> {
  const declared = rotation ? declaredFor(rotation.sequence, declaredOfIt) : declaredOfIt
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
