import { HeldByAnother } from '../../ports/progress.ts'
import type { DecisionName } from '../../rules/decisions.ts'
import { TIMINGS, VERIFICATIONS, type Verification } from '../../rules/decisions.ts'
import type { Position } from '../../rules/position.ts'
import { advance, type Stop } from '../../runner/advance.ts'
import type { Applied } from '../../runner/apply.ts'
import { waive } from '../../runner/answer.ts'
import type { Desk } from '../../runner/desk.ts'
import { look } from '../../runner/look.ts'
import { abandonIntent } from '../../runner/observe.ts'
import { account } from './account.ts'
import { consequenceOf } from '../view/consequence.ts'
import { changeShown } from '../view/page.ts'
import { inOneLine } from '../view/said.ts'
import { sentenceOf } from '../view/sentences.ts'
import { stopSays } from '../view/stop-says.ts'
import type { Session } from '../session.ts'
import { calledBy } from '../../rules/step.ts'
import { beginOther } from './begin-other.ts'
import { decideTwin } from './decide-twin.ts'
import { openConsole, type Console, type Streams } from './console.ts'
import { answerFromPeople } from './from-people.ts'
import { runWaves } from './run-waves.ts'

export interface Attended {
  /** Where each database that was attended to stopped. */
  readonly stops: readonly Stop[]
  /** Whether the person left before all were. */
  readonly left: boolean
}

/**
 * The wizard in plain lines, for terminals on which the terminal UI is not wanted: the same moves, one question at a time. Enter
 * alone never sends, waives or decides anything: it leaves things as they are.
 */
export async function plainWizard(session: Session, streams: Streams, signal: AbortSignal): Promise<Attended> {
  const out = openConsole(streams, signal)
  const stops: Stop[] = []
  try {
    await runWaves(session, out, signal)
    for (const { desk, record } of session.databases)
      if (!out.left()) stops.push(await attend(session, desk, record?.ca, out, signal))
  } finally {
    out.close()
  }
  return { stops, left: out.left() }
}

/** `present`: the CA that AWS listed for it. */
async function attend(
  session: Session,
  desk: Desk,
  present: string | undefined,
  out: Console,
  signal: AbortSignal,
): Promise<Stop> {
  try {
    for (;;) {
      const stop = await advance(desk, signal)
      const goesOn =
        (await answer(session, desk, stop, out, signal)) || (await beginOther(session.runbook, desk, present, out))
      if (!goesOn) return stop
    }
  } catch (error) {
    if (!(error instanceof HeldByAnother)) throw error
    out.say(error.message)
    const assessment = desk.assess()
    const position = assessment.steps.get(assessment.next ?? '')
    return position ? { kind: 'closed', position } : { kind: 'done' }
  } finally {
    desk.release()
  }
}

/** Puts a stop to the person. Resolves to whether anything was done about it. */
async function answer(session: Session, desk: Desk, stop: Stop, out: Console, signal: AbortSignal): Promise<boolean> {
  switch (stop.kind) {
    case 'done':
      return false
    case 'unobserved':
      out.say(inOneLine(stopSays(session.runbook, stop)))
      return false
    case 'waiting':
      return cure(session, desk, stop.position, out, signal)
    case 'confirm':
      return confirm(session, desk, stop.position, out, signal)
    case 'unanswered': {
      const word = await out.ask(
        `${calledBy(desk.about)}: nothing of the change is to be seen. Type "give up" to confirm it anew, Enter to leave it: `,
      )
      if (word.trim() !== 'give up') return false
      await abandonIntent(desk, 'observed, and nothing of it was to be seen')
      return true
    }
    case 'closed':
    case 'short':
      return (await decide(session, desk, stop.position, out)) || cure(session, desk, stop.position, out, signal)
  }
}

async function confirm(
  session: Session,
  desk: Desk,
  position: Position,
  out: Console,
  signal: AbortSignal,
): Promise<boolean> {
  const applied: Applied = await session.applier.apply(
    desk,
    position.step,
    async (change) => {
      const { api, input, cli } = changeShown(change)
      const { what, when, restart, rests } = consequenceOf(session.runbook, calledBy(desk.about), desk.assess(), change)
      for (const line of [what, when, restart, `It rests on ${rests.join(', ')}.`, 'This will be sent:']) out.say(line)
      out.say(`    ${api}`)
      for (const [name, value] of input) out.say(`    ${name} = ${value}`)
      out.say(`    ${cli}`)
      const typed = await out.ask(
        `Type the database's name to send it now, ${TIMINGS.join(' or ')} to choose when, Enter to leave it: `,
      )
      return typed.trim() || undefined
    },
    signal,
  )
  if (applied.kind === 'declined') {
    const timing = TIMINGS.find((one) => one === applied.typed)
    if (timing) await desk.decide('timing', timing, 'typed')
    else out.say(`Nothing was sent: ${applied.why}.`)
    // A slip of the hand is asked again; Enter alone leaves it.
    return applied.typed !== undefined
  }
  return applied.kind === 'answered' && applied.outcome.kind !== 'refused'
}

async function decide(session: Session, desk: Desk, position: Position, out: Console): Promise<boolean> {
  const wanted = new Set<unknown>([
    ...position.shortfalls.map(({ shortfall }) => shortfall.args['decision']),
    ...(position.gate.open ? [] : position.gate.blockers.map(({ args }) => args['decision'])),
  ])
  for (const [id, one] of desk.assess().steps) {
    const offers = one.facts && desk.deps.runbook.steps[id]?.offers?.(one.facts)
    for (const [decision, choices] of Object.entries(offers ?? {})) {
      if (!wanted.has(decision)) continue
      choices.forEach(({ label, proposed }, index) =>
        out.say(`    ${index + 1}  ${label}${proposed ? '  (proposed)' : ''}`),
      )
      const chosen =
        choices[
          Number((await out.ask(`${calledBy(desk.about)}: ${decision}: type a number, Enter to leave it: `)).trim()) - 1
        ]
      if (!chosen) return false
      await desk.decide(decision as DecisionName, chosen.value, 'typed')
      return true
    }
  }
  if (wanted.has('twin') && (await decideTwin(session, desk, out))) return true
  return wanted.has('applications') && applications(session, desk, out)
}

/** Nothing is declared: that nothing connects is typed, and so is the first application that does. */
async function applications({ declare }: Session, desk: Desk, out: Console): Promise<boolean> {
  const named = declare ? ', the name of one to declare it' : ''
  const word = await out.ask(
    `${calledBy(desk.about)}: no application is declared. Type "none connect" if that is so${named}, Enter to leave it: `,
  )
  const name = word.trim()
  if (name === 'none connect') {
    await desk.decide('applications', [], 'typed')
    return true
  }
  if (name === '' || !declare) return false
  const answer = async (question: string): Promise<string> => (await out.ask(`    ${question}: `)).trim()
  const owner = await answer('Its owner, a team or a person')
  const verification =
    VERIFICATIONS[VERIFICATIONS.indexOf((await answer(`It verifies (${VERIFICATIONS.join(', ')})`)) as Verification)]
  if (owner === '' || verification === undefined) return false
  const users = await answer('Its database users, with commas between, - for none')
  const store = await answer('Its trust store (pem:FILE, jks:FILE, directory:FOLDER, system; - if it is not known)')
  const { done, says } = await declare(desk, { name, owner, verification, users, store })
  out.say(says)
  return done
}

async function cure(
  session: Session,
  desk: Desk,
  position: Position,
  out: Console,
  signal: AbortSignal,
): Promise<boolean> {
  for (const one of position.shortfalls.filter(({ met }) => !met)) {
    const { says } = sentenceOf(session.runbook, position.step, one.shortfall)
    const remedy = session.remedies.find(({ cures }) => cures(position.step, one))
    if (remedy) {
      const wanted = remedy.typed?.(one) ?? 'yes'
      const word = await out.ask(`${says}\n    Type "${wanted}" to ${remedy.label}, Enter to leave it: `)
      if (word.trim() !== wanted) return false
      out.say(await remedy.run(desk, one))
      await look(desk, position.step, signal)
      return true
    }
    if (await answerFromPeople(session, desk, position.step, one, says, out)) {
      await look(desk, position.step, signal)
      return true
    }
    if (await account(desk, position, one, says, out)) return true
    if (one.shortfall.allows === 'waiver') {
      const why = await out.ask(`${says}\n    Type a reason to go on without proof, Enter to leave it: `)
      if (why.trim() === '') return false
      await waive(desk, position.step, one, why)
      return true
    }
  }
  return false
}
