import type { Assessment } from '../../rules/assess.ts'
import type { Blocker } from '../../rules/gate.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import type { Applied } from '../../runner/apply.ts'
import { refusalOf } from './refusal.ts'
import type { Said, Tone } from './said.ts'
import { blockerSentence, sentenceOf } from './sentences.ts'

/** What came of asking for a change: what happened, in what state the database is now, what to do next. */
export interface AppliedSaid {
  readonly tone: Tone
  readonly title: string
  readonly state: string
  readonly reasons: readonly Said[]
}

const UNTOUCHED = 'Nothing was sent. The database is as it was.'

/**
 * Why a gate is closed, each reason with its cure. Where a step that is missing cannot be done either, what stands in its way is named
 * too: "do step 05 first" helps nobody when 05 waits for another database.
 */
function closedBecause(
  runbook: PlainRunbook,
  step: string,
  blockers: readonly Blocker[],
  assessment: Assessment | undefined,
): readonly Said[] {
  const missing = new Set(blockers.flatMap(({ cure }) => (cure.do === 'step' ? [cure.step] : [])))
  return blockers.flatMap((blocker): Said[] => {
    const said: Said = { tone: 'warn', ...blockerSentence(runbook, step, blocker) }
    const behind = blocker.cure.do === 'step' ? assessment?.steps.get(blocker.cure.step) : undefined
    if (!behind || behind.gate.open) return [said]
    const deeper = behind.gate.blockers.filter(({ cure }) => cure.do !== 'step' || !missing.has(cure.step))
    return [said, ...deeper.map((one): Said => ({ tone: 'warn', ...blockerSentence(runbook, behind.step, one) }))]
  })
}

/** `assessment`: how the database stands; with it, what stands behind a closed gate is named too. */
export function appliedSays(
  runbook: PlainRunbook,
  step: string,
  applied: Applied,
  assessment?: Assessment,
): AppliedSaid {
  switch (applied.kind) {
    case 'shown': {
      const { gate } = applied.position
      return {
        tone: 'info',
        title: 'DRY RUN: this would be sent',
        state: UNTOUCHED,
        reasons: gate.open ? [] : closedBecause(runbook, step, gate.blockers, assessment),
      }
    }
    case 'closed':
      return {
        tone: 'warn',
        title: 'The gate is closed',
        state: UNTOUCHED,
        reasons: closedBecause(runbook, step, applied.gate.blockers, assessment),
      }
    case 'declined':
      return {
        tone: 'info',
        title: 'Not confirmed',
        state: UNTOUCHED,
        reasons: [{ tone: 'info', says: `Reason: ${applied.why}.`, cure: 'Confirm again when you are ready.' }],
      }
    case 'stopped':
      return {
        tone: 'warn',
        title: 'Stopped before sending',
        state: UNTOUCHED,
        reasons: applied.reasons.map((one) => ({ tone: 'warn', ...sentenceOf(runbook, step, one) })),
      }
    case 'answered':
      return answered(runbook, step, applied.outcome)
  }
}

function answered(
  runbook: PlainRunbook,
  step: string,
  outcome: Extract<Applied, { kind: 'answered' }>['outcome'],
): AppliedSaid {
  switch (outcome.kind) {
    case 'accepted':
      return {
        tone: 'good',
        title: 'AWS took the request',
        state: `The change is under way (request ${outcome.requestId}); its receipt is on disk.`,
        reasons: [{ tone: 'info', says: 'The next step watches until AWS agrees.', cure: '' }],
      }
    case 'refused':
      return {
        tone: 'danger',
        title: 'AWS refused the request',
        state: 'Nothing was changed. The database is as it was.',
        reasons: [
          {
            tone: 'danger',
            ...sentenceOf(runbook, step, refusalOf(outcome)),
          },
        ],
      }
    case 'unknown':
      return {
        tone: 'danger',
        title: 'No answer came',
        state: `It is unknown whether AWS took it (${outcome.cause}). The intent is on disk.`,
        reasons: [{ tone: 'danger', ...sentenceOf(runbook, step, { code: 'unanswered', args: {} }) }],
      }
  }
}
