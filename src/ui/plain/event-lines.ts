import type { RunnerEvent } from '../../runner/events.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { canonical } from '../../rules/words.ts'
import { blockerLines } from '../view/blocker-lines.ts'
import { DECISION_WORDS } from '../view/english.ts'
import { changeShown } from '../view/page.ts'
import { positionLines } from '../view/position-lines.ts'
import { refusalOf } from '../view/refusal.ts'
import { numberOf, sentenceOf } from '../view/sentences.ts'

const utcTime = (at: number): string => new Date(at).toISOString().slice(11, 19)

const decisionWords = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((one: unknown) => nameIn(one)).join(', ') || 'none'
  return nameIn(value)
}
const nameIn = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) {
    if ('name' in value) return String(value.name)
    if ('ca' in value) return String(value.ca)
    if ('user' in value) return String(value.user)
  }
  return canonical(value)
}

/** What an event says to a person, as lines without colour. None for what is only of use to screens. */
export function eventLines(runbook: PlainRunbook, event: RunnerEvent): string[] {
  const { name } = event.about
  const head = (text: string) => `${name}: ${text}`
  switch (event.kind) {
    case 'looking':
    // What it waits for was said when it was looked at.
    case 'waiting':
      return []
    case 'looked': {
      const step = `${numberOf(runbook, event.step)} ${runbook.steps[event.step]?.title ?? event.step}`
      const [first, ...more] = positionLines(runbook, event.position)
      return [head(`${step}: ${first}`), ...more.map((line) => `    ${line}`)]
    }
    case 'look-failed': {
      const { says, cure } = sentenceOf(runbook, event.step, event.reason)
      return [
        head(`${numberOf(runbook, event.step)} cannot look: ${says}${event.detail ? ` ${event.detail}` : ''}`),
        `    → ${cure}`,
      ]
    }
    case 'closed':
      return [head(`${numberOf(runbook, event.step)} is closed:`), ...blockerLines(runbook, event.step, event.blockers)]
    case 'decided':
      return [
        head(
          `decided: ${DECISION_WORDS[event.decision] ?? event.decision}: ${decisionWords(event.value)} (${event.said})`,
        ),
      ]
    case 'shown': {
      const { cli, input, api } = changeShown(event.change)
      return [
        head(`07 DRY RUN, not sent: ${api}`),
        ...input.map(([key, value]) => `    ${key} = ${value}`),
        `    ${cli}`,
        ...(event.blockers.length > 0
          ? ['    The gate is closed:', ...blockerLines(runbook, event.step, event.blockers)]
          : ['    The gate is open: with --execute it could be confirmed now.']),
      ]
    }
    case 'confirmed':
      return [head(`07 confirmed by typing "${event.typed}"`)]
    case 'sending': {
      const { cli } = changeShown(event.change)
      return [head(`07 sending (intent ${event.intent} is on disk):`), `    ${cli}`]
    }
    case 'answered': {
      const { outcome } = event
      if (outcome.kind === 'accepted') return [head(`07 AWS took it (request ${outcome.requestId})`)]
      if (outcome.kind === 'refused') {
        const { says, cure } = sentenceOf(runbook, '', refusalOf(outcome))
        return [head(`07 ${says}`), `    ${cure}`]
      }
      return [
        head(
          `07 no answer came (${outcome.cause}): it may have been taken or not. It is observed; nothing is sent again blindly.`,
        ),
      ]
    }
    case 'stopped':
      return [
        head('07 stopped before sending; nothing was sent:'),
        ...event.reasons.flatMap((reason) => {
          const { says, cure } = sentenceOf(runbook, event.step, reason)
          return [`    ${says}`, `    → ${cure}`]
        }),
      ]
    case 'observing':
      return [
        head(
          `07 was sent and no answer is on record: observing until ${utcTime(event.until)} UTC, before anything else`,
        ),
      ]
    case 'adopted':
      return [head(`07 it has arrived: ${sentenceOf(runbook, event.step, event.seen).says}`)]
    case 'ended':
      return [head(event.how === 'done' ? 'done: every step is met' : event.how)]
  }
}

/** Event lines without repetition: a look, or one that fails, says nothing when it says the same as the last one of its database. */
export function newsOf(runbook: PlainRunbook): (event: RunnerEvent) => string[] {
  const last = new Map<string, Map<RunnerEvent['kind'], string>>()
  return (event) => {
    const lines = eventLines(runbook, event)
    if (lines.length === 0) return lines
    const { name } = event.about
    if (event.kind !== 'looked' && event.kind !== 'look-failed') {
      last.delete(name)
      return lines
    }
    const said = last.get(name) ?? new Map<RunnerEvent['kind'], string>()
    const text = lines.join('\n')
    const repeats = said.get(event.kind) === text
    last.set(name, said.set(event.kind, text))
    return repeats ? [] : lines
  }
}
