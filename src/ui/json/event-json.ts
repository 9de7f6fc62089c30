import type { RunnerEvent } from '../../runner/events.ts'
import { asAwsCli } from '../../rules/change.ts'
import { calledBy, type PlainRunbook } from '../../rules/step.ts'
import { blockerSentence, sentenceOf } from '../view/sentences.ts'

/** An event as one JSON value: codes and arguments for programs, sentences for people who read logs. Stable names. */
export function eventJson(runbook: PlainRunbook, event: RunnerEvent, now: number): object {
  const { about, ...rest } = event
  const base = {
    time: new Date(now).toISOString(),
    event: rest.kind,
    database: calledBy(about),
    subject: about.subject,
  }
  switch (rest.kind) {
    case 'looked': {
      const { position, step } = rest
      return {
        ...base,
        step,
        standing: position.standing,
        shortfalls: position.shortfalls.map(({ shortfall, met }) => ({
          ...shortfall,
          ...sentenceOf(runbook, step, shortfall),
          ...(met && { met }),
        })),
        notes: position.notes.map((note) => ({ ...note, ...sentenceOf(runbook, step, note) })),
        ...(position.reason && {
          reason: { ...position.reason, says: sentenceOf(runbook, step, position.reason).says },
        }),
        ...(position.digest && { digest: position.digest }),
      }
    }
    case 'look-failed':
      return {
        ...base,
        step: rest.step,
        reason: rest.reason,
        detail: rest.detail,
        ...sentenceOf(runbook, rest.step, rest.reason),
      }
    case 'closed':
      return {
        ...base,
        step: rest.step,
        blockers: rest.blockers.map((one) => ({ ...one, ...blockerSentence(runbook, rest.step, one) })),
      }
    case 'shown':
      return {
        ...base,
        sent: false,
        change: rest.change,
        cli: asAwsCli(rest.change),
        blockers: rest.blockers.map((one) => ({ ...one, ...blockerSentence(runbook, rest.step, one) })),
      }
    case 'confirmed':
    case 'sending': {
      const { kind: _, ...said } = rest
      return { ...base, ...said, cli: asAwsCli(rest.change) }
    }
    case 'looking':
    case 'decided':
    case 'answered':
    case 'stopped':
    case 'observing':
    case 'adopted':
    case 'waiting':
    case 'ended': {
      const { kind: _, ...said } = rest
      return { ...base, ...said }
    }
  }
}
