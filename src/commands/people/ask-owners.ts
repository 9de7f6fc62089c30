import type { Message } from '../../people/message/message.ts'
import type { Owner } from '../../ports/world.ts'
import type { Instant } from '../../rules/words.ts'
import { askedAbout, isConcerned, type ApplicationOfSession } from './asked-applications.ts'
import { messageTo, type MessageTerms, type ToAsk } from './messages.ts'
import { putQuestion } from './put-question.ts'
import type { PeopleSession } from './session-applications.ts'
import { isStillAsked } from './standing.ts'

export interface AskingTerms extends MessageTerms {
  readonly now: Instant
  /** A new question in any case. */
  readonly anew: boolean
  /** Says what an answer will not cover, and where nothing is to be asked. */
  readonly tell: (line: string) => void
  /** Says why one cannot be asked about, though something is open. */
  readonly held: (line: string) => void
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

/** Why nobody needs to answer for an application; undefined where somebody does. */
function nothingToAsk(one: ApplicationOfSession, now: Instant): string | undefined {
  const { verification, route } = one.declared
  if (!isConcerned(one))
    return route === 'rds-proxy' ? 'RDS Proxy stands between' : `it does not verify (${verification})`
  if (one.databases.some((database) => isStillAsked(database, one, now))) return undefined
  return `on their target already are ${one.databases.map(({ desk }) => desk.about.name).join(', ')}`
}

/** By owner, in the order of their names; those without one are told of. */
function byOwner(applications: readonly ApplicationOfSession[], { now, tell, held }: AskingTerms): readonly OfOwner[] {
  const owners = new Map<string, OfOwner>()
  for (const one of applications) {
    const { owner, name } = one.declared
    const why = nothingToAsk(one, now)
    if (why !== undefined) tell(`${name} is not asked: ${why}.`)
    else if (!owner) held(`${name} is not asked: declare its owner in the configuration.`)
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
  { now, anew, tell, held }: AskingTerms,
): Promise<ToAsk | undefined> {
  const { name } = one.declared
  const about = await askedAbout(one, people.session, people.rootsOf)
  if (about.notYet.length > 0)
    tell(`${name}: 01 and 03 of ${about.notYet.join(', ')} have not been looked at: Enter in the wizard, or plan.`)
  if (about.roots.length === 0) {
    held(`${name} is not asked: it is not known yet which roots to ask about.`)
    return undefined
  }
  const journal = await people.progress.open(one.subject)
  const question = await putQuestion(journal, about, { now, anew })
  // The probe looks at every endpoint, so that its question stays the same; people are told of what is to come.
  const application = { ...one, databases: one.databases.filter((database) => isStillAsked(database, one, now)) }
  return { application, question }
}

/** Puts the question of each application on record, and writes one message for each owner. Nobody counts as asked by this alone. */
export async function askOwners(
  applications: readonly ApplicationOfSession[],
  people: PeopleSession,
  terms: AskingTerms,
): Promise<readonly OwnerAsked[]> {
  const all: OwnerAsked[] = []
  for (const { owner, of } of byOwner(applications, terms)) {
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
