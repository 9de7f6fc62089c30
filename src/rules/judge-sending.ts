import type { Judged } from './position.ts'
import { sendingState, type Sending } from './record.ts'
import type { PlainStep } from './step.ts'
import { digestOf } from './words.ts'

/** A change's own standing: it is its receipt. */
export function judgeSending(step: PlainStep, sending: Sending | undefined, held: boolean): Judged {
  const base = { shortfalls: [], notes: [], until: Infinity } as const
  const mine = sending?.step === step.id ? sending : undefined
  switch (sendingState(mine)) {
    case 'accepted': {
      if (!mine) break
      const facts = step.parse({
        basis: { intent: mine.intent, change: mine.change },
        detail: {
          at: mine.answer?.at ?? mine.resolved?.at ?? mine.intendedAt,
          by: mine.by,
          adopted: mine.resolved !== undefined,
        },
      })
      return {
        ...base,
        standing: 'proven',
        digest: digestOf({ intent: mine.intent, change: mine.change }),
        ...(facts && { facts }),
      }
    }
    case 'unanswered':
      return { ...base, standing: held ? 'running' : 'interrupted' }
    case 'refused': {
      const outcome = mine?.answer?.outcome
      const args = outcome?.kind === 'refused' ? { code: outcome.code, message: outcome.message } : {}
      return { ...base, standing: 'missing', reason: { code: 'refused', args } }
    }
    case 'abandoned':
    case 'none':
      break
  }
  return { ...base, standing: 'missing' }
}
