import type { Position } from '../../../rules/position.ts'
import { unanswered } from '../../../runner/observe.ts'
import { numberOf } from '../../view/sentences.ts'
import { remedyFor } from './remedy.ts'
import type { Scene, Selected } from './scene.ts'

/** What to do next for the selected database, in one line: the key and what it comes to. */
export function hintOf({ session, selected }: Scene): string {
  if (!selected) return 'No database to rotate was found here.'
  const { name, assessment, busy, desk } = selected
  if (busy) return `${name}: working on it. x stops it; other databases can be worked on meanwhile.`
  if (assessment.rotation?.end) return `${name}: this rotation has ended. s: begin another.`
  if (unanswered(desk)) return 'o: a change was sent and no answer is on record. See what became of it.'
  const next = assessment.next === undefined ? undefined : assessment.steps.get(assessment.next)
  if (!next) return 'Enter: every step is met. End the rotation.'
  if (assessment.live?.open === false)
    return 's: a proof of what waits does not hold any more. Take it back, or prove it again.'
  if (assessment.urgent.length > 0)
    return 'Enter: follow a change that is not ours. What is urgent stands on its page; s: take it back.'
  const number = numberOf(session.runbook, next.step)
  if (session.runbook.steps[next.step]?.change) return changeHint(session.applier.mode === 'shows', next, number)
  return shortHint(session.remedies, selected, next, number)
}

function changeHint(shows: boolean, { gate }: Position, number: string): string {
  if (!gate.open) return `Enter: look again at what ${number} rests on. c: see the request, and why it is closed.`
  return shows
    ? `c: see the request of ${number}. A dry run sends nothing.`
    : `c: see the request of ${number}, and confirm it by typing the name.`
}

function shortHint(remedies: Scene['session']['remedies'], { name }: Selected, next: Position, number: string): string {
  const [blocker] = next.gate.open ? [] : next.gate.blockers
  const open = next.shortfalls.filter((one) => !one.met)
  const waivable = open.some((one) => one.shortfall.allows === 'waiver')
  if (blocker?.cure.do === 'twin')
    return `${number} rests on ${blocker.cure.name}: rotate that database first.${waivable ? ' Or w, with a typed reason.' : ''}`
  if (blocker?.cure.do === 'decide') return 'd: take the decision that is missing.'
  if (blocker?.cure.do === 'wait') return `${number} waits for somebody else's work on ${name}.`
  const [first] = open
  if (!first) return `Enter: go on with ${number}. Looking changes nothing.`
  if (first.shortfall.code === 'undecided') return 'd: take the decision that is missing.'
  const remedy = open.map((one) => remedyFor(remedies, next.step, one)).find((one) => one !== undefined)
  if (remedy) return `f: ${remedy.label}. Enter: look again.`
  if (waivable) return 'Enter: look again when it is mended. w: account for it, or go on with a typed reason.'
  if (open.some((one) => one.shortfall.allows === 'attestation'))
    return 'Enter: look again when it is mended. a: have a named person attest it.'
  return `Enter: look again at ${number} when it is mended. Nothing but proof meets it.`
}
