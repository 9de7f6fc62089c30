import type { PlainRunbook } from '../../rules/step.ts'
import type { Hindrance } from '../../rules/waves.ts'
import { blockerLines } from './blocker-lines.ts'
import { numberOf, sentenceOf } from './sentences.ts'
import { whyNotMet } from './stop-says.ts'

/** Why a database is not ready: its first step that is not met, with that step's own reasons and cures; and which are not met besides. */
export function unreadyLines(runbook: PlainRunbook, name: string, hindrances: readonly Hindrance[]): string[] {
  const [first, ...more] = hindrances
  if (!first) return [`${name} is not ready.`]
  const { step } = first.position
  const also = more.map(({ position }) => numberOf(runbook, position.step)).join(', ')
  return [
    `${name} is not ready, at ${numberOf(runbook, step)} ${runbook.steps[step]?.title ?? step}:`,
    ...reasonLines(runbook, first),
    ...(also === '' ? [] : [`    Not met besides: ${also}.`]),
  ]
}

function reasonLines(runbook: PlainRunbook, { position, blockers }: Hindrance): string[] {
  if (blockers.length > 0) return blockerLines(runbook, position.step, blockers)
  const unmet = position.attempt ? [] : position.shortfalls.filter(({ met }) => !met)
  const said = unmet.map(({ shortfall }) => sentenceOf(runbook, position.step, shortfall))
  return (said.length > 0 ? said : [whyNotMet(runbook, position)]).flatMap(({ says, cure }) => [
    `    ${says}`,
    ...(cure === '' ? [] : [`    → ${cure}`]),
  ])
}
