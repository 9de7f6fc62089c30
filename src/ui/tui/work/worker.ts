import type { Desk } from '../../../runner/desk.ts'
import type { Session } from '../../session.ts'
import { eventSays } from '../../view/event-says.ts'
import { failureSays } from '../../view/failure-says.ts'
import type { Said } from '../../view/said.ts'
import { keyOf } from '../scene/scene.ts'
import { confirming } from '../state/dialog.ts'
import type { Store } from '../state/store.ts'
import type { Intent } from './intent.ts'
import { act, type Confirmations } from './act.ts'
import { calledBy } from '../../../rules/step.ts'
import { TAKEN_OVER, type Running } from './running.ts'
import { createWaveWorker } from './wave-worker.ts'

/** Does what the operator asks for, in the background: one thing at a time for a database, several databases at a time. */
export interface Worker {
  /** `database`: its key. What fails for an outside reason becomes a message; a bug ends the program. */
  perform(database: string, intent: Intent): void
  /** Answers the confirmation that is asked for; undefined declines it. */
  answer(typed: string | undefined): void
  /** The same for the confirmation of a wave. */
  answerWave(typed: string | undefined): void
  /** Stops everything that can be stopped. Resolves when nothing is under way any more: a request that was sent is waited for. */
  end(): Promise<void>
}

/** The subjects whose journals have grown. */
const grown = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] =>
  [...after].flatMap(([subject, length]) => (length === before.get(subject) ? [] : [subject]))

const STOPPED: Said = { tone: 'info', says: 'Stopped. Nothing is lost.', cure: 'Enter goes on from here.' }

/** `fail` is called with what should not have happened: the program ends with it. */
export function createWorker(session: Session, store: Store, fail: (error: unknown) => void): Worker {
  const running = new Map<string, Running>()
  const waitingFor: Confirmations = { answer: undefined }
  let ending = false

  const say = (said: Said, about?: string) => store.dispatch({ kind: 'said', at: session.now(), said, about })

  const unlisten = session.listen((event) => {
    store.dispatch({ kind: 'runner', event, at: session.now(), said: eventSays(session.runbook, event) })
  })

  /** Takes in what others put on record: for all that are open, or for those that need one of these subjects. */
  async function takeIn(changed?: ReadonlySet<string>): Promise<void> {
    const idle = session.databases.filter(({ desk }) => desk.isOpen && !running.has(keyOf(desk)))
    const concerned = changed === undefined ? idle : idle.filter(({ desk }) => desk.needs(changed))
    await Promise.all(concerned.map(({ desk }) => desk.refresh()))
    store.dispatch({ kind: 'recorded' })
  }

  function failed(error: unknown, about: string | undefined): void {
    const said = failureSays(session.runbook, error)
    if (said) say(said, about)
    else fail(error)
  }

  /** Does something for a database, until it is done, stopped or failed; then the database is free for others again. */
  async function run(desk: Desk, intent: Intent, signal: AbortSignal): Promise<Intent | undefined> {
    const name = calledBy(desk.about)
    try {
      return await act(intent, {
        session,
        desk,
        signal,
        confirmations: waitingFor,
        dispatch: store.dispatch,
        say: (said) => say(said, name),
      })
    } catch (error) {
      if (!signal.aborted) failed(error, name)
      else if (!ending && signal.reason !== TAKEN_OVER) say(STOPPED, name)
    } finally {
      desk.release()
    }
    return undefined
  }

  function start(desk: Desk, intent: Intent): void {
    const key = keyOf(desk)
    const abort = new AbortController()
    store.dispatch({ kind: 'work-started', database: key, doing: intent.do, at: session.now() })
    const before = desk.lengths()
    const work = async () => {
      const next = await run(desk, intent, abort.signal)
      running.delete(key)
      store.dispatch({ kind: 'confirm-ended', database: key })
      try {
        // What one database put on record can concern another: its twin, its applications, the Region's bundle.
        await takeIn(new Set([key, ...grown(before, desk.lengths())]))
      } catch (error) {
        failed(error, calledBy(desk.about))
      }
      store.dispatch({ kind: 'work-ended', database: key })
      if (!next || ending) return
      if (next.do === 'go-on') store.dispatch({ kind: 'followed', database: key })
      if (next.do === 'apply')
        store.dispatch({ kind: 'opened', dialog: confirming(key, calledBy(desk.about), next.step) })
      start(desk, next)
    }
    running.set(key, { abort, done: work().catch(fail), doing: intent.do })
  }

  /** Lets the step that looks at applications look, if it can now. */
  function lookAtApplications(database: string): void {
    const desk = session.databases.find((one) => keyOf(one.desk) === database)?.desk
    if (!desk || ending || running.has(database)) return
    const looks = [...desk.assess().steps.values()].find(
      ({ step, gate, history }) => session.runbook.steps[step]?.on === 'application' && gate.open && !history,
    )
    if (looks) start(desk, { do: 'look', step: looks.step })
  }

  /** Replies are put on record of applications, whatever is being done for a database. What became of them is said last, to be read. */
  async function take(text: string, database: string): Promise<void> {
    const said = await session.takeReplies(text)
    await takeIn()
    if (said.some(({ tone }) => tone === 'good')) lookAtApplications(database)
    await running.get(database)?.done
    for (const one of said) say(one)
    if (said.length === 0)
      say({ tone: 'warn', says: 'There is no reply in that: one begins with rds-ca-reply.', cure: '' })
  }

  const waves = createWaveWorker({ session, store, running, isEnding: () => ending, say, takeIn, fail })

  /** What is for no database alone. Undefined: it is for one. */
  function forNone(intent: Intent): Promise<void> | undefined {
    if (intent.do === 'waves') return waves.show()
    if (intent.do === 'run-wave') return waves.run(intent.name)
    if (intent.do === 'halt') return waves.halt(intent.why)
    if (intent.do === 'resume-waves') return waves.resume()
    if (intent.do !== 'refresh') return undefined
    return takeIn().then(() => say({ tone: 'info', says: 'Taken in what is on record.', cure: '' }))
  }

  return {
    perform(database, intent) {
      const alone = forNone(intent)
      if (alone) return void alone.catch((error: unknown) => failed(error, undefined))
      if (intent.do === 'stop-wave') return waves.stop()
      if (intent.do === 'take') {
        take(intent.text, database).catch((error: unknown) => failed(error, undefined))
        return
      }
      const under = running.get(database)
      if (intent.do === 'cancel') return under?.abort.abort()
      const desk = session.databases.find((one) => keyOf(one.desk) === database)?.desk
      if (!desk || ending) return
      if (under)
        return say({ tone: 'info', says: 'It is being worked on.', cure: 'x stops that.' }, calledBy(desk.about))
      start(desk, intent)
    },
    answer(typed) {
      waitingFor.answer?.(typed)
    },
    answerWave: waves.answer,
    async end() {
      ending = true
      waitingFor.answer?.(undefined)
      for (const { abort } of running.values()) abort.abort()
      // What is under way may still be ending; nothing new begins.
      while (running.size > 0) await Promise.allSettled([...running.values()].map((one) => one.done))
      unlisten()
    },
  }
}
