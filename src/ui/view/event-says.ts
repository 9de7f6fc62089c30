import type { PlainRunbook } from '../../rules/step.ts'
import type { RunnerEvent } from '../../runner/events.ts'
import type { Said } from './said.ts'
import { numberOf, sentenceOf } from './sentences.ts'

/**
 * What an event of the runner says to somebody who sees the standings beside it. Undefined for what the standings, or the answer to
 * what was asked for, say already.
 */
export function eventSays(runbook: PlainRunbook, event: RunnerEvent): Said | undefined {
  switch (event.kind) {
    case 'look-failed': {
      const { says, cure } = sentenceOf(runbook, event.step, event.reason)
      const detail = event.detail ? ` ${event.detail}` : ''
      return { tone: 'warn', says: `${numberOf(runbook, event.step)} cannot look: ${says}${detail}`, cure }
    }
    case 'observing':
      return {
        tone: 'warn',
        says: 'A change was sent and no answer is on record: it is observed before anything else.',
        cure: '',
      }
    case 'adopted':
      return { tone: 'good', says: `It has arrived. ${sentenceOf(runbook, event.step, event.seen).says}`, cure: '' }
    case 'ended':
      return {
        tone: 'good',
        says: event.how === 'done' ? 'Done: every step is met.' : `Ended: ${event.how}.`,
        cure: '',
      }
    case 'looking':
    case 'looked':
    case 'closed':
    case 'decided':
    case 'shown':
    case 'confirmed':
    case 'sending':
    case 'answered':
    case 'stopped':
    case 'waiting':
      return undefined
  }
}
