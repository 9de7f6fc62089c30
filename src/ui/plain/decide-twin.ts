import type { Desk } from '../../runner/desk.ts'
import { calledBy } from '../../rules/step.ts'
import type { Session } from '../session.ts'
import { twinsOf, twinWords } from '../view/twins.ts'
import type { Console } from './console.ts'

/** Asks which staging database stands surety, the likeliest first. Resolves to whether it was decided; Enter decides nothing. */
export async function decideTwin(session: Session, desk: Desk, out: Console): Promise<boolean> {
  const proposals = twinsOf(session, desk)
  const name = calledBy(desk.about)
  proposals.forEach((one, index) => out.say(`    ${index + 1}  ${twinWords(one)}${one.proposed ? '  (proposed)' : ''}`))
  const question = `${name}: twin: type a number, "none" where no staging database stands surety, Enter to leave it: `
  const typed = (await out.ask(question)).trim()
  const twin = typed === 'none' ? typed : proposals[Number(typed) - 1]?.twin
  if (twin === undefined) return false
  await desk.decide('twin', twin, 'typed')
  return true
}
