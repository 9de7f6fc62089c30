import type { PlainRunbook } from '../../../rules/step.ts'
import type { Instant } from '../../../rules/words.ts'
import { duration } from '../../view/duration.ts'
import { numberOf, sentenceOf } from '../../view/sentences.ts'
import type { Busy } from '../state/state.ts'

/** What is being done for a database, in a few words: `08 waiting 1 min 12 s`. */
export function busyBrief(runbook: PlainRunbook, busy: Busy, now: Instant): string {
  const { waiting, step } = busy
  if (waiting) return `${numberOf(runbook, waiting.step)} waiting ${duration(now - waiting.since)}`
  if (busy.doing === 'apply') return 'confirming'
  if (busy.doing === 'observe') return `observing ${duration(now - busy.since)}`
  return step === undefined ? 'working' : `looking at ${numberOf(runbook, step)}`
}

/** The same in a sentence or two, for the page. */
export function busySentence(runbook: PlainRunbook, busy: Busy, now: Instant): string {
  const { waiting } = busy
  if (waiting) {
    const why = waiting.reason ? sentenceOf(runbook, waiting.step, waiting.reason).says : 'Waiting.'
    const left = waiting.until - now
    const again = left > 0 ? `looks again in ${duration(left)}` : 'looking again now'
    return `${why} Waiting for ${duration(now - waiting.since)}; ${again}. x stops watching; nothing is undone.`
  }
  const since = duration(now - busy.since)
  if (busy.doing === 'apply') return 'A change is being confirmed or sent.'
  if (busy.doing === 'observe')
    return `Observing what became of the change that was sent, for ${since}. x stops observing.`
  const doing = busy.step === undefined ? 'Working' : `Looking at ${numberOf(runbook, busy.step)}`
  return `${doing} for ${since}. x stops it; nothing is lost.`
}
