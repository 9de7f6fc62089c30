import type { Assessment } from '../../rules/assess.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { utc } from './duration.ts'
import { STANDING_WORDS } from './english.ts'
import type { Said } from './said.ts'
import { blockerSentence, numberOf } from './sentences.ts'

/** What has to be known while a change waits or comes: whether its proofs would still hold, and who is not proven. */
export function meanwhileSays(runbook: PlainRunbook, { live, urgent, steps }: Assessment): readonly Said[] {
  return [...(live ? liveSays(runbook, live) : []), ...urgentSays(runbook, urgent, steps)]
}

function liveSays(runbook: PlainRunbook, live: NonNullable<Assessment['live']>): readonly Said[] {
  if (live.open) {
    const until = Number.isFinite(live.until) ? ` until ${utc(live.until)}` : ''
    return [{ tone: 'good', says: `While it waits: every proof that it rests on holds${until}.`, cure: '' }]
  }
  const why = live.blockers.map((one) => blockerSentence(runbook, '', one).says)
  return [
    {
      tone: 'danger',
      says: `While it waits: it would not be let through now. ${why.join(' ')}`,
      cure: 'Prove it again before it goes live, or take the change back: a cancellation.',
    },
  ]
}

function urgentSays(runbook: PlainRunbook, urgent: Assessment['urgent'], steps: Assessment['steps']): readonly Said[] {
  if (urgent.length === 0) return []
  const named = urgent.map((id) => {
    const standing = steps.get(id)?.standing ?? 'missing'
    return `${numberOf(runbook, id)} ${runbook.steps[id]?.title ?? id} (${STANDING_WORDS[standing]})`
  })
  return [
    {
      tone: 'danger',
      says: `URGENT: a change comes that was made outside this runbook, and this is not proven: ${named.join(', ')}.`,
      cure: 'Prove it before the change goes live, or take it back: a cancellation.',
    },
  ]
}
