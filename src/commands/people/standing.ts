import { answersOf, type Asked } from '../../rules/asking.ts'
import type { StandingShortfall } from '../../rules/position.ts'
import { accountIn, type Instant } from '../../rules/words.ts'
import { isConcerned, isOnTarget, type ApplicationOfSession, type OfApplication } from './asked-applications.ts'

/** What is short of an application at a database, and not answered for: by its stores (04), and by its connections (05, 09). */
export function shortfallsOf(
  { assessment }: OfApplication,
  application: string,
): readonly { readonly step: string; readonly shortfall: StandingShortfall }[] {
  return [...assessment.steps.values()].flatMap(({ step, shortfalls, history }) =>
    shortfalls
      .filter(({ met, shortfall }) => !history && !met && BREAKS.has(shortfall.code))
      .filter(({ shortfall, about }) => (about?.name ?? shortfall.args['application']) === application)
      .map((shortfall) => ({ step, shortfall })),
  )
}

/** The shortfalls that say that an application would lose its connections, and not that nothing is known. */
const BREAKS: ReadonlySet<string> = new Set([
  'target-root-missing',
  'served-root-missing',
  'answered-without-target-root',
  'answered-without-served-root',
  'only-intermediates',
  'cname-not-named',
  'check-failed',
])

/** Where asking about an application has got to, from worst to best. */
export type AskingState =
  | 'would break'
  | 'overdue'
  | 'not asked'
  | 'asked'
  | 'answered'
  | 'attested'
  | 'proven'
  | 'not concerned'

export interface Asking {
  readonly application: string
  readonly owner: string
  readonly account: string
  readonly databases: readonly string[]
  readonly asked?: Pick<Asked, 'at' | 'due' | 'to'>
  /** When the last answer that counts was made, and where. */
  readonly answered?: { readonly at: Instant; readonly host: string }
  readonly state: AskingState
}

/** A store that was answered about, and the CA whose root a database needs and it lacks. */
export interface Lacking {
  readonly store: string
  readonly host: string
  readonly ca: string
}

/** What the replies that count lack for a database: known before 04 has looked at them. */
export function lackingOf(
  { identify, assessment }: OfApplication,
  record: ApplicationOfSession['record'],
  now: Instant,
): readonly Lacking[] {
  if (!identify) return []
  const { basis, detail } = identify
  const target = basis.candidates.find(({ ca }) => ca === assessment.decided.target?.ca)
  const served = (detail.caValidTill ?? Infinity) > now && { ca: basis.ca, thumbprint: basis.thumbprint }
  const needed = [target, served].filter((one) => one !== undefined && one !== false)
  return answersOf(record).flatMap(({ roots, store, host }) =>
    needed.flatMap(({ ca, thumbprint }) =>
      thumbprint === undefined || roots.includes(thumbprint) ? [] : [{ store, host, ca }],
    ),
  )
}

/** Whether something is known to be short of an application at a database, or to be lacking in what its people answered. */
const breaksAt = (database: OfApplication, { declared, record }: ApplicationOfSession, now: Instant): boolean =>
  shortfallsOf(database, declared.name).length > 0 || lackingOf(database, record, now).length > 0

/** Whether people are to be asked about a database: while its change is to come, or where something breaks after it. */
export const isStillAsked = (database: OfApplication, one: ApplicationOfSession, now: Instant): boolean =>
  !isOnTarget(database) || breaksAt(database, one, now)

function stateOf(one: ApplicationOfSession, last: Asked | undefined, now: Instant): AskingState {
  const { declared, databases, record } = one
  if (!isConcerned(one)) return 'not concerned'
  const { name } = declared
  if (databases.some((database) => breaksAt(database, one, now))) return 'would break'
  const standings = databases.map(({ assessment }) => {
    const position = assessment.steps.get('trust-stores')
    return (position?.history ? position : position?.applications?.get(name))?.standing ?? 'missing'
  })
  if (standings.every((standing) => standing === 'proven')) return 'proven'
  if (standings.every((standing) => standing === 'proven' || standing === 'attested')) return 'attested'
  const answered = answersOf(record).length > 0
  // A question that was put again after the answer is open again.
  if (answered && !(last && last.at > Math.max(...answersOf(record).map(({ at }) => at)))) return 'answered'
  if (!last) return 'not asked'
  return now > last.due ? 'overdue' : 'asked'
}

/** Where asking about an application has got to. */
export function askingOf(one: ApplicationOfSession, now: Instant): Asking {
  const { declared, databases, record, subject } = one
  const last = record.asked.at(-1)
  const answers = [...answersOf(record)].sort((a, b) => a.ranAt - b.ranAt)
  const answer = answers.at(-1)
  return {
    application: declared.name,
    owner: declared.owner?.name ?? '',
    account: accountIn(subject.world),
    databases: databases.map(({ desk }) => desk.about.name),
    ...(last && { asked: { at: last.at, due: last.due, to: last.to } }),
    ...(answer && { answered: { at: answer.ranAt, host: answer.host } }),
    state: stateOf(one, last, now),
  }
}
