import type { StandingShortfall } from '../../rules/position.ts'
import { attest } from '../../runner/answer.ts'
import type { Desk } from '../../runner/desk.ts'
import type { Session } from '../session.ts'
import { endOfDay } from '../view/end-of-day.ts'
import { inOneLine } from '../view/said.ts'
import type { Console } from './console.ts'

const END = /\.end\b/

/** The rest of a reply that mail has wrapped: it is pasted as several lines. */
async function wholeReply(first: string, out: Console): Promise<string> {
  let text = [first, ...out.behind()].join('\n')
  while (!END.test(text.replace(/[\s>]+/g, ''))) {
    const more = await out.ask('')
    if (more.trim() === '') break
    text = [text, more, ...out.behind()].join('\n')
  }
  return text
}

/** A named person's word, asked for bit by bit; whatever is left empty leaves it. Resolves to whether it is on record. */
async function attested(desk: Desk, step: string, one: StandingShortfall, out: Console): Promise<boolean> {
  const name = (await out.ask('    Whose word is it? ')).trim()
  const ticket = name && (await out.ask('    In which ticket is it written down? ')).trim()
  const day = ticket && (await out.ask('    Until which day does it hold (YYYY-MM-DD, UTC)? ')).trim()
  if (!name || !ticket || !day) return false
  const until = endOfDay(day)
  if (until === undefined || until <= desk.deps.now()) {
    out.say(`"${day}" is no day that lies ahead. Nothing was put on record.`)
    return false
  }
  await attest(desk, step, one, { name, ticket, until })
  out.say(`On record: attested by ${name} (${ticket}) until ${day}. It is shown as attested, never as proven.`)
  return true
}

/** Whether the people of the application concerned were ever asked. */
const isAsked = (desk: Desk, { about }: StandingShortfall): boolean =>
  about !== undefined && (desk.known().applications.get(about.name)?.record.questions.length ?? 0) > 0

/**
 * What people can answer for: with the line of a probe where they were asked, with their word where a shortfall may be attested. Resolves
 * to whether anything was put on record.
 */
export async function answerFromPeople(
  session: Session,
  desk: Desk,
  step: string,
  one: StandingShortfall,
  says: string,
  out: Console,
): Promise<boolean> {
  const offers = [
    ...(isAsked(desk, one) ? ['Paste the line that its people sent back'] : []),
    ...(one.shortfall.allows === 'attestation' ? ['Type "attest" to put a named person’s word on record'] : []),
  ]
  if (offers.length === 0) return false
  const word = await out.ask(`${says}\n    ${offers.join('. ')}. Enter to leave it: `)
  if (word.trim() === 'attest' && one.shortfall.allows === 'attestation') return attested(desk, step, one, out)
  if (!word.includes('rds-ca-reply')) return false
  const said = await session.takeReplies(await wholeReply(word, out))
  for (const line of said) out.say(inOneLine(line))
  await desk.refresh()
  return said.some(({ tone }) => tone === 'good')
}
