import type { PlainRunbook } from '../../rules/step.ts'
import type { Position } from '../../rules/position.ts'
import type { Stop } from '../../runner/advance.ts'
import type { LookFailure } from '../../runner/failure.ts'
import { utc } from './duration.ts'
import type { Said } from './said.ts'
import { blockerSentence, numberOf, sentenceOf } from './sentences.ts'

/** The one thing that a step lacks first, and what to do about it. */
export const whyNotMet = (runbook: PlainRunbook, position: Position): Said => {
  const { attempt } = position
  // Where the last look failed, that is what a person can do something about, and not what was seen before it.
  const failed = attempt?.until === undefined ? attempt?.reason : undefined
  const reason = failed ?? position.shortfalls.find((one) => !one.met)?.shortfall ?? position.reason
  if (reason) return { tone: 'warn', ...sentenceOf(runbook, position.step, reason) }
  return { tone: 'warn', says: 'It has been looked at, and is not met.', cure: 'Look again.' }
}

/** Why what became of a change cannot be seen. Whatever it is, the change is on record as sent, and is observed before all else. */
export function unobservedSays(runbook: PlainRunbook, step: string, { reason, detail }: LookFailure): Said {
  const { says, cure } = sentenceOf(runbook, step, reason)
  return {
    tone: 'danger',
    says: `A change was sent, no answer is on record, and what became of it cannot be seen. ${says}${detail && ` ${detail}`}`,
    cure: `${cure} It is observed first then; nothing is sent again before.`,
  }
}

const withStep = (runbook: PlainRunbook, { step }: Position, said: Said): Said => ({
  ...said,
  says: `Stopped at ${numberOf(runbook, step)} ${runbook.steps[step]?.title ?? step}: ${said.says}`,
})

/** Why a rotation goes no further by itself, and what to do. */
export function stopSays(runbook: PlainRunbook, stop: Stop): Said {
  switch (stop.kind) {
    case 'done':
      return { tone: 'good', says: 'Done: every step is met.', cure: '' }
    case 'confirm':
      return {
        tone: 'good',
        says: `Everything before ${numberOf(runbook, stop.position.step)} is met, and its gate is open.`,
        cure: 'See the request, and confirm it.',
      }
    case 'closed': {
      const [blocker] = stop.position.gate.open ? [] : stop.position.gate.blockers
      const said: Said = blocker
        ? { tone: 'warn', ...blockerSentence(runbook, stop.position.step, blocker) }
        : whyNotMet(runbook, stop.position)
      return withStep(runbook, stop.position, said)
    }
    case 'short':
      return withStep(runbook, stop.position, whyNotMet(runbook, stop.position))
    case 'waiting': {
      const { position } = stop
      const { says, cure } = whyNotMet(runbook, position)
      const until = Number.isFinite(position.until) ? ` until ${utc(position.until)}` : ''
      return withStep(runbook, position, {
        tone: 'info',
        says: `${says} It waits${until}, longer than is watched.`,
        cure,
      })
    }
    case 'unanswered':
      return {
        tone: 'danger',
        says: 'A change was sent, no answer is on record, and its effect is not to be seen.',
        cure: 'Observe it again, or give the intent up: nothing is sent twice blindly.',
      }
    case 'unobserved':
      return withStep(runbook, stop.position, unobservedSays(runbook, stop.position.step, stop.failure))
  }
}
