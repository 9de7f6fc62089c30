import type { PreflightFacts } from '../../../steps/06-preflight.ts'
import { howtoFor, CLIENTS } from '../../bundle/howto/clients.ts'
import type { AskedApplication, AskedDatabase, Message } from '../../people/message/message.ts'
import type { Owner } from '../../ports/world.ts'
import type { Question } from '../../rules/asking.ts'
import { accountIn, type Instant } from '../../rules/words.ts'
import type { Session } from '../../ui/session.ts'
import { sentenceOf } from '../../ui/view/sentences.ts'
import { EXIT } from '../exit-codes.ts'
import { OperatorError } from '../operator-error.ts'
import type { ApplicationOfSession, OfApplication } from './asked-applications.ts'
import { probesOf } from './probe-files.ts'
import { lackingOf, shortfallsOf } from './standing.ts'

/** When AWS does it on its own, by the maintenance that 06 saw. */
function forcedOn({ assessment }: OfApplication): Instant | undefined {
  const preflight = assessment.steps.get('preflight')?.facts as PreflightFacts | undefined
  const dates = (preflight?.detail.maintenance ?? []).flatMap(({ action, applyDate }) =>
    /certificate/.test(action) && applyDate !== undefined ? [applyDate] : [],
  )
  return dates.length === 0 ? undefined : Math.min(...dates)
}

/** What is known to be short, by what 04 and 05 saw, else by what came back since. */
function breaksOf(one: OfApplication, { declared, record }: ApplicationOfSession, session: Session): readonly string[] {
  const known = shortfallsOf(one, declared.name)
  if (known.length > 0)
    return known.map(({ step, shortfall }) => sentenceOf(session.runbook, step, shortfall.shortfall).says)
  return lackingOf(one, record, session.now()).map(
    ({ store, host, ca }) => `${declared.name} does not trust the root of ${ca}: it is not in ${store} on ${host}.`,
  )
}

function databaseOf(one: OfApplication, application: ApplicationOfSession, session: Session): AskedDatabase {
  const { assessment, identify, desk } = one
  const { decided } = assessment
  return {
    name: desk.about.name,
    engine: identify ? `${identify.basis.engine} ${identify.basis.engineVersion}` : 'unknown engine',
    region: identify?.basis.region ?? desk.about.subject.region ?? '',
    account: identify?.basis.account ?? '',
    environment: decided.environment ?? 'production',
    from: identify?.basis.ca ?? 'unknown',
    to: decided.target?.ca ?? 'another CA',
    caUntil: identify?.detail.caValidTill,
    leafUntil: identify?.detail.leafValidTill,
    forcedOn: forcedOn(one),
    restarts: identify?.basis.restarts ?? 'unknown',
    breaks: breaksOf(one, application, session),
  }
}

/** Throws OperatorError for a client that there is no page for. */
function applicationOf(application: ApplicationOfSession, session: Session): Omit<AskedApplication, 'probes'> {
  const { declared, databases } = application
  const { name, verification, route, client } = declared
  const howto = client === undefined ? undefined : howtoFor(client)
  if (client !== undefined && !howto)
    throw new OperatorError(
      EXIT.usage,
      `applications.${name}.client: there is no page for "${client}". There are: ${CLIENTS.map(({ id }) => id).join(', ')}.`,
    )
  return {
    name,
    verification,
    route,
    databases: databases.map((one) => databaseOf(one, application, session)),
    howto,
  }
}

/** An application whose people are asked, with the question that is put to them. */
export interface ToAsk {
  readonly application: ApplicationOfSession
  readonly question: Question
}

export interface MessageTerms {
  readonly due: Instant
  readonly changeOn?: Instant | undefined
  readonly replyTo?: string | undefined
}

/** What one owner is told and asked. */
export function messageTo(owner: Owner, asked: readonly ToAsk[], terms: MessageTerms, session: Session): Message {
  const names = asked.map(({ application }) => application.declared.name)
  const sources = asked.flatMap(({ application }) => application.databases.map(({ bundle }) => bundle?.detail.source))
  return {
    owner,
    ...terms,
    applications: asked.map(({ application, question }) => {
      const { declared, subject } = application
      const twice = names.filter((name) => name === declared.name).length > 1
      const apart = twice ? `-${accountIn(subject.world)}` : ''
      return { ...applicationOf(application, session), probes: probesOf(declared, question, apart) }
    }),
    bundleUrls: [...new Set(sources.filter((one) => one !== undefined))].sort(),
  }
}
