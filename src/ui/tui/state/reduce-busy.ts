import type { RunnerEvent } from '../../../runner/events.ts'
import type { Instant } from '../../../rules/words.ts'
import type { Busy } from './state.ts'

type AllBusy = Readonly<Record<string, Busy>>

/** What is being done for a database, after one more event of the runner. Events of a database that nothing is done for change nothing. */
export function reduceBusy(all: AllBusy, key: string, event: RunnerEvent, at: Instant): AllBusy {
  const busy = all[key]
  if (!busy) return all
  const { waiting, ...rest } = busy
  const now = (next: Busy): AllBusy => ({ ...all, [key]: next })
  switch (event.kind) {
    case 'looking':
      // While AWS is waited for, each look is part of the same waiting.
      return waiting?.step === event.step ? now({ ...busy, step: event.step }) : now({ ...rest, step: event.step })
    case 'looked':
      return event.position.standing === 'waiting' ? all : now(rest)
    case 'waiting': {
      const since = waiting?.step === event.step ? waiting.since : at
      return now({
        ...rest,
        step: event.step,
        waiting: { step: event.step, since, until: event.until, ...(event.reason && { reason: event.reason }) },
      })
    }
    case 'observing':
      return now({ ...busy, doing: 'observe' })
    case 'adopted':
    case 'answered':
      return now(rest)
    case 'look-failed':
    case 'closed':
    case 'decided':
    case 'shown':
    case 'confirmed':
    case 'sending':
    case 'stopped':
    case 'ended':
      return all
  }
}
