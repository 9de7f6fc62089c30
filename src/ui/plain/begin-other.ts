import { caNow } from '../../rules/ca-now.ts'
import { calledBy, type PlainRunbook } from '../../rules/step.ts'
import { beginnings, beginSequence } from '../../runner/begin.ts'
import type { Desk } from '../../runner/desk.ts'
import { SEQUENCE_WHEN } from '../view/english.ts'
import { meanwhileSays } from '../view/meanwhile.ts'
import type { Console } from './console.ts'

/**
 * Where a database goes no further: what is to be known while it waits, and the other sequences that could be begun. Resolves to
 * whether one was. Nothing is sent by beginning.
 */
export async function beginOther(
  runbook: PlainRunbook,
  desk: Desk,
  present: string | undefined,
  out: Console,
): Promise<boolean> {
  for (const { says, cure } of meanwhileSays(runbook, desk.assess())) out.say(`    ${says}${cure ? ` → ${cure}` : ''}`)
  const under = desk.rotation && !desk.rotation.end ? desk.rotation.sequence : undefined
  const open = beginnings(desk, caNow(desk.record, present)).filter(
    ({ off, sequence }) => off === undefined && sequence !== under,
  )
  if (open.length === 0 || out.left()) return false
  const name = calledBy(desk.about)
  const typed = (await out.ask(`${name}: Enter to leave it, or "begin" for another sequence: `)).trim()
  if (typed !== 'begin') return false
  open.forEach(({ sequence, target }, index) =>
    out.say(`    ${index + 1}  ${sequence}${target === undefined ? '' : ` (${target})`}: ${SEQUENCE_WHEN[sequence]}`),
  )
  const chosen = open[Number((await out.ask(`${name}: type a number, Enter to leave it: `)).trim()) - 1]
  if (!chosen) return false
  await beginSequence(desk, chosen, 'typed')
  return true
}
