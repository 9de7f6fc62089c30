import type { Message } from '../../people/message/message.ts'
import type { Owner } from '../../ports/world.ts'
import type { Instant } from '../../rules/words.ts'
import { askedAbout, isConcerned, type ApplicationOfSession } from './asked-applications.ts'
import { messageTo, type MessageTerms, type ToAsk } from './messages.ts'
import { putQuestion } from './put-question.ts'
import type { PeopleSession } from './session-applications.ts'

export interface AskingTerms extends MessageTerms {
  readonly now: Instant
  /** A new question in any case. */
  readonly anew: boolean
  /** Says why somebody is not asked. */
  readonly tell: (line: string) => void
}

/** One owner's message, and the questions in it. */
export interface OwnerAsked {
  readonly owner: Owner
  readonly message: Message
  readonly asking: readonly ToAsk[]
}

interface OfOwner {
  readonly owner: Owner
  readonly of: ApplicationOfSession[]
}

/** By owner, in the order of their names; those without one are told of. */
function byOwner(applications: readonly ApplicationOfSession[], tell: AskingTerms['tell']): readonly OfOwner[] {
  const owners = new Map<string, OfOwner>()
  for (const one of applications) {
    const { owner, name, verification, route } = one.declared
    const why = route === 'rds-proxy' ? 'RDS Proxy stands between' : `it does not verify (${verification})`
    if (!isConcerned(one)) tell(`${name} is not asked: ${why}.`)
    else if (!owner) tell(`${name} is not asked: declare its owner in the configuration.`)
    else {
      const entry = owners.get(owner.name) ?? { owner, of: [] }
      entry.of.push(one)
      owners.set(owner.name, entry)
    }
  }
  return [...owners.values()].sort((a, b) => a.owner.name.localeCompare(b.owner.name, 'en', { numeric: true }))
}

async function toAsk(
  one: ApplicationOfSession,
  people: PeopleSession,
  { now, anew, tell }: AskingTerms,
): Promise<ToAsk | undefined> {
  const { name } = one.declared
  const about = await askedAbout(one, people.session, people.rootsOf)
  if (about.notYet.length > 0)
    tell(`${name}: 01 and 03 of ${about.notYet.join(', ')} have not been looked at: Enter in the wizard, or plan.`)
  if (about.roots.length === 0) {
    tell(`${name} is not asked: it is not known yet which roots to ask about.`)
    return undefined
  }
  const journal = await people.progress.open(one.subject)
  return { application: one, question: await putQuestion(journal, about, { now, anew }) }
}

/** Puts the question of each application on record, and writes one message for each owner. Nobody counts as asked by this alone. */
export async function askOwners(
  applications: readonly ApplicationOfSession[],
  people: PeopleSession,
  terms: AskingTerms,
): Promise<readonly OwnerAsked[]> {
  const all: OwnerAsked[] = []
  for (const { owner, of } of byOwner(applications, terms.tell)) {
    const each = await Promise.all(of.map((one) => toAsk(one, people, terms)))
    const asking = each.filter((one) => one !== undefined)
    if (asking.length > 0) all.push({ owner, asking, message: messageTo(owner, asking, terms, people.session) })
  }
  return all
}

/** Puts on record that an owner is asked. */
export async function recordAsked({ owner, asking }: OwnerAsked, people: PeopleSession, due: Instant): Promise<void> {
  for (const { application, question } of asking) {
    const journal = await people.progress.open(application.subject)
    await journal.append({ kind: 'asked', question: question.question, to: owner.name, due })
  }
}
