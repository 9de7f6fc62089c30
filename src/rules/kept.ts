import type { Assessment } from './assess.ts'
import type { Kept } from './entries.ts'

/** What a receipt or an end keeps of every step before (all, when no step is named): its standing, its digest, its facts. */
export function keptOf(assessment: Assessment, before?: string): Record<string, Kept> {
  const kept: Record<string, Kept> = {}
  for (const [id, position] of assessment.steps) {
    if (id === before) break
    kept[id] = {
      standing: position.standing,
      ...(position.digest && { digest: position.digest }),
      ...(position.facts && { facts: position.facts }),
      ...(position.evidence && { at: position.evidence.at }),
    }
  }
  return kept
}
