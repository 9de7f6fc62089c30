import { markdownOf } from '../people/message/markdown.ts'
import { mailOf } from '../people/message/mail.ts'
import type { Message, MessageFormat } from '../people/message/message.ts'
import { slackOf } from '../people/message/slack.ts'
import type { Instant } from '../rules/words.ts'
import { asksFor, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'
import type { ApplicationOfSession } from './people/asked-applications.ts'
import { askOwners, recordAsked, type AskingTerms, type OwnerAsked } from './people/ask-owners.ts'
import { endOfDay } from '../ui/view/end-of-day.ts'
import { named, notOnRecord, peopleSession, type PeopleSession } from './people/session-applications.ts'
import { askingOf } from './people/standing.ts'
import { writeMessages } from './people/write-messages.ts'

export interface AskFlags extends CommonFlags {
  readonly owner?: string
  readonly all?: boolean
  readonly format?: MessageFormat
  readonly out?: string
  readonly by?: string
  readonly changeOn?: string
  readonly replyTo?: string
  readonly anew?: boolean
}

const usage = (message: string): OperatorError => new OperatorError(EXIT.usage, message)

/** A week, where nobody says otherwise. */
const USUAL = 7 * 24 * 60 * 60_000

/** The end of a day that a flag names. Throws OperatorError when there is no such day, or it is over. */
function dayOf(flag: string, text: string, now: Instant): Instant {
  const end = endOfDay(text)
  if (end === undefined) throw usage(`${flag} ${text}: must be a day, as 2027-01-31.`)
  if (end <= now) throw usage(`${flag} ${text}: is over.`)
  return end
}

/** The declared applications that the command line means. */
function meant({ declared }: PeopleSession, application: string | undefined, { owner, all }: AskFlags): string[] {
  if ([application !== undefined, owner !== undefined, all === true].filter(Boolean).length !== 1)
    throw usage('Name whom to ask: an application, --owner NAME, or --all.')
  if (application !== undefined) return [application]
  if (owner === undefined) return [...declared.keys()]
  const mine = [...declared.values()].filter((one) => one.owner?.name === owner)
  if (mine.length > 0) return mine.map(({ name }) => name)
  const owners = [...new Set([...declared.values()].flatMap((one) => (one.owner ? [one.owner.name] : [])))]
  throw usage(`No application has the owner "${owner}". Declared are: ${owners.join(', ') || 'none'}.`)
}

/** Whom the command line means, as far as something is on record of them. */
function wanted(
  people: PeopleSession,
  application: string | undefined,
  flags: AskFlags,
  { now, held }: AskingTerms,
): readonly ApplicationOfSession[] {
  const names = meant(people, application, flags)
  if (application !== undefined) return named(people, application)
  const found = people.applications.filter(({ declared }) => names.includes(declared.name))
  const unknown = names.filter((name) => !found.some(({ declared }) => declared.name === name))
  if (unknown.length > 0) held(notOnRecord(unknown))
  // Who is asked by name is asked; the rest only where something is open.
  return found.filter((one) => !['proven', 'attested'].includes(askingOf(one, now).state))
}

function printed(message: Message, format: MessageFormat): string[] {
  switch (format) {
    case 'mail':
      return [mailOf(message)]
    case 'markdown':
      return [markdownOf(message)]
    case 'slack':
      return slackOf(message).map((one) => `${JSON.stringify(one, undefined, 2)}\n`)
  }
}

/**
 * `ask`: one message for each owner, ready to be sent, and on record as asked. Nothing is sent from here. Messages go to standard output,
 * or with `--out` into a folder, with the probes that go with them.
 */
export async function ask(application: string | undefined, flags: AskFlags): Promise<ExitCode> {
  const now = Date.now()
  const format = flags.format ?? 'mail'
  const due = flags.by === undefined ? now + USUAL : dayOf('--by', flags.by, now)
  const changeOn = flags.changeOn === undefined ? undefined : dayOf('--change-on', flags.changeOn, now)
  const json = asksFor(flags) === 'json'
  const tell = (line: string): void => {
    if (json) output.json({ event: 'note', says: line })
    else process.stderr.write(`${line}\n`)
  }
  let isOpen = false
  const held = (line: string): void => {
    isOpen = true
    tell(line)
  }
  const people = await peopleSession(flags)
  const terms = { due, changeOn, replyTo: flags.replyTo, now, anew: flags.anew === true, tell, held }
  const owners = await askOwners(wanted(people, application, flags, terms), people, terms)
  for (const one of owners) {
    const texts = printed(one.message, format)
    const files = flags.out === undefined ? [] : await writeMessages(flags.out, one.message, format, texts)
    await recordAsked(one, people, due)
    const { name } = one.owner
    if (json) output.json({ event: 'asked', owner: name, applications: namesOf(one), due, files, texts })
    else if (flags.out === undefined) for (const text of texts) output.line(text)
    else output.line(`${name}: ${files.join(', ')}`)
  }
  if (owners.length === 0) tell(isOpen ? 'Nobody can be asked yet.' : 'Nobody is to be asked: nothing is open.')
  else if (!json && flags.out === undefined)
    tell(
      'The messages name files of probes: write them with --out DIR, or one at a time with probe-script --application NAME.',
    )
  return owners.length === 0 && isOpen ? EXIT.closed : EXIT.done
}

const namesOf = ({ message }: OwnerAsked): readonly string[] => message.applications.map(({ name }) => name)
