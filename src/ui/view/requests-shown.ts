import { calledBy, type PlainRunbook } from '../../rules/step.ts'
import type { Surveyed } from '../../runner/together.ts'
import { consequenceOf } from './consequence.ts'
import { changeShown } from './page.ts'
import { unreadyLines } from './hindrance-lines.ts'

/** Every request of a set, and what keeps those back that are not ready: what a person reads before confirming. */
export function requestsShown(runbook: PlainRunbook, { requests, underWay, unready }: Surveyed): readonly string[] {
  return [
    ...underWay.map(({ about }) => `${calledBy(about)}: its change was sent before; it is followed to its end first.`),
    ...requests.flatMap(({ desk, change }) => {
      const { what, when, restart, rests } = consequenceOf(runbook, calledBy(desk.about), desk.assess(), change)
      const { cli } = changeShown(change)
      return [what, `  ${when} ${restart}`, `  It rests on ${rests.join(', ')}.`, `    ${cli}`, '']
    }),
    ...unready.flatMap(({ desk, hindrances }) => unreadyLines(runbook, calledBy(desk.about), hindrances)),
  ]
}
