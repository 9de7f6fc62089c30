import type { Blocker } from '../../rules/gate.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { blockerSentence } from './sentences.ts'

/** Why a gate is closed, as lines: what is so, and what to do. */
export function blockerLines(runbook: PlainRunbook, step: string, blockers: readonly Blocker[]): string[] {
  return blockers.flatMap((blocker) => {
    const { says, cure } = blockerSentence(runbook, step, blocker)
    return [`    ${says}`, `    → ${cure}`]
  })
}
