import type { DecisionName, Decisions } from '../../../rules/decisions.ts'
import { isMet } from '../../../rules/standing.ts'
import { advance } from '../../../runner/advance.ts'
import { attest, waive } from '../../../runner/answer.ts'
import { beginSequence } from '../../../runner/begin.ts'
import type { Confirm } from '../../../runner/apply.ts'
import type { Desk } from '../../../runner/desk.ts'
import { look } from '../../../runner/look.ts'
import { abandonIntent, observe, type Observed } from '../../../runner/observe.ts'
import { survey } from '../../../runner/survey.ts'
import type { Session } from '../../session.ts'
import { appliedSays } from '../../view/applied-says.ts'
import { decisionWords } from '../../view/decision-words.ts'
import { utc } from '../../view/duration.ts'
import { DECISION_WORDS, SEQUENCE_WORDS, STANDING_WORDS } from '../../view/english.ts'
import type { Said } from '../../view/said.ts'
import { numberOf } from '../../view/sentences.ts'
import { stopSays, unobservedSays } from '../../view/stop-says.ts'
import type { UiEvent } from '../state/event.ts'
import { keyOf } from '../scene/scene.ts'
import type { Intent, IntentKind } from './intent.ts'
import { calledBy } from '../../../rules/step.ts'

/** The confirmation that is asked for just now, and how it is answered. There is one screen, so there is one at a time. */
export interface Confirmations {
  answer: ((typed: string | undefined) => void) | undefined
}

export interface Acting {
  readonly session: Session
  readonly desk: Desk
  readonly signal: AbortSignal
  readonly confirmations: Confirmations
  dispatch(event: UiEvent): void
  say(said: Said): void
}

/** What the runner takes the database's lock for by itself, under a purpose of its own. */
const HOLD_THEMSELVES: ReadonlySet<IntentKind> = new Set(['go-on', 'apply', 'observe'])

const recorded = (says: string): Said => ({ tone: 'good', says, cure: 'Enter goes on.' })

/**
 * Does one thing for one database. Resolves to what follows from it by itself, if anything: a change that AWS took is watched.
 * Throws what the runner throws: HeldByAnother, ProgressUnusable, the ports' errors, the signal's reason.
 */
export async function act(intent: Intent, acting: Acting): Promise<Intent | undefined> {
  const { session, desk, signal, say } = acting
  if (!HOLD_THEMSELVES.has(intent.do)) await desk.hold(`working on ${calledBy(desk.about)}`)
  switch (intent.do) {
    case 'go-on':
      await goOn(acting)
      return undefined
    case 'look':
      say(looked(acting, await look(desk, intent.step, signal)))
      return undefined
    case 'apply':
      return apply(intent.step, acting)
    case 'remedy': {
      const remedy = session.remedies[intent.remedy]
      if (!remedy) return undefined
      say({ tone: 'good', says: await remedy.run(desk, intent.shortfall), cure: '' })
      return { do: 'look', step: intent.step }
    }
    case 'decide':
      await decide(acting, intent.decision, intent.value)
      return undefined
    case 'account': {
      const { user, application, as, of, why } = intent
      const present = desk.decided.clients ?? []
      await desk.decide(
        'clients',
        [...present, { user, application, as, ...(of !== undefined && { of }), why }],
        'screen',
      )
      say(recorded(`On record: "${application}" (${user}) is accounted for.`))
      return undefined
    }
    case 'waive':
      await waive(desk, intent.step, intent.shortfall, intent.why)
      say(recorded('The waiver is on record. It counts in this rotation alone.'))
      return undefined
    case 'attest':
      await attest(desk, intent.step, intent.shortfall, intent.word)
      say(
        recorded(`On record: attested by ${intent.word.name} (${intent.word.ticket}) until ${utc(intent.word.until)}.`),
      )
      return undefined
    case 'declare': {
      const declared = await session.declare?.(desk, intent.application)
      if (declared) say({ tone: declared.done ? 'good' : 'warn', says: declared.says, cure: '' })
      return undefined
    }
    case 'observe':
      say(observed(acting, await observe(desk, signal)))
      return undefined
    case 'give-up':
      await abandonIntent(desk, intent.why)
      say({ tone: 'warn', says: 'The intent is given up. Nothing was sent again.', cure: '' })
      return intent.step === undefined ? undefined : { do: 'apply', step: intent.step }
    case 'begin': {
      const { sequence, target } = intent.beginning
      await beginSequence(desk, intent.beginning, 'screen')
      const to = target === undefined ? '' : `, with ${target}`
      say(recorded(`Begun: ${SEQUENCE_WORDS[sequence]}${to}. Nothing was sent.`))
      return undefined
    }
    case 'cancel':
    case 'take':
    case 'refresh':
    case 'waves':
    case 'run-wave':
    case 'stop-wave':
    case 'halt':
    case 'resume-waves':
      return undefined
  }
}

/** Where nothing is ever sent, what is stuck is looked past: the request and all that stands in its way are what there is to see. */
async function goOn({ session, desk, signal, say }: Acting): Promise<void> {
  const stop = await advance(desk, signal)
  if (session.applier.mode === 'shows' && (stop.kind === 'closed' || stop.kind === 'short')) await survey(desk, signal)
  say(stopSays(session.runbook, stop))
}

function looked({ session: { runbook } }: Acting, { step, standing }: Awaited<ReturnType<typeof look>>): Said {
  const says = `${numberOf(runbook, step)} ${runbook.steps[step]?.title ?? step}: ${STANDING_WORDS[standing]}.`
  return { tone: isMet(standing) ? 'good' : 'warn', says, cure: '' }
}

async function decide({ desk, say }: Acting, decision: DecisionName, value: Decisions[DecisionName]): Promise<void> {
  await desk.decide(decision, value, 'screen')
  say(recorded(`Decided: ${DECISION_WORDS[decision] ?? decision}: ${decisionWords(decision, value)}.`))
}

function observed({ session: { runbook }, desk }: Acting, how: Observed): Said {
  if (typeof how === 'object') return unobservedSays(runbook, desk.assess().next ?? '', how.cannot)
  switch (how) {
    case 'adopted':
      return recorded('It is taken over as sent.')
    case 'not-seen':
      return {
        tone: 'danger',
        says: 'Nothing of it is to be seen, and AWS has had the time that it may need.',
        cure: 'o: retry, or give the intent up.',
      }
    case 'nothing-to-observe':
      return { tone: 'info', says: 'Nothing that was sent is unanswered.', cure: '' }
  }
}

/** Asks for the change; the confirmation is typed on screen. A change that AWS took is watched from then on. */
async function apply(
  step: string,
  { session, desk, signal, confirmations, dispatch, say }: Acting,
): Promise<Intent | undefined> {
  const database = keyOf(desk)
  const confirm: Confirm = (change, gate) => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const settle = (typed: string | undefined): void => {
      if (confirmations.answer === settle) confirmations.answer = undefined
      resolve(typed)
    }
    confirmations.answer = settle
    // Stopped while it is asked, or before: nothing was confirmed.
    if (signal.aborted) settle(undefined)
    signal.addEventListener('abort', () => settle(undefined), { once: true })
    dispatch({ kind: 'confirm-asked', database, change, until: gate.until })
    return promise
  }
  const applied = await session.applier.apply(desk, step, confirm, signal)
  const { tone, title, state } = appliedSays(session.runbook, step, applied)
  say({ tone, says: `${title}. ${state}`, cure: '' })
  if (applied.kind === 'declined') dispatch({ kind: 'confirm-ended', database })
  else dispatch({ kind: 'confirm-done', database, applied })
  return applied.kind === 'answered' && applied.outcome.kind === 'accepted' ? { do: 'go-on' } : undefined
}
