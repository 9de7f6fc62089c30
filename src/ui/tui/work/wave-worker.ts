import { calledBy } from '../../../rules/step.ts'
import type { Desk } from '../../../runner/desk.ts'
import type { Session } from '../../session.ts'
import { failureSays } from '../../view/failure-says.ts'
import { requestsShown } from '../../view/requests-shown.ts'
import type { Said, Tone } from '../../view/said.ts'
import { standingWaves, type StandingWave } from '../../view/standing-waves.ts'
import { HALTED, haltAll, haltIn, resumeAll } from '../../waves/halting.ts'
import { runWave, waveEndLines, type WaveEnd } from '../../waves/run-wave.ts'
import { wavesChooser } from '../choices/waves.ts'
import { keyOf } from '../scene/scene.ts'
import type { Store } from '../state/store.ts'
import { EMPTY_FIELD } from '../state/text-field.ts'
import type { WaveShown } from '../state/wave.ts'
import { TAKEN_OVER, type Running } from './running.ts'

/** Runs one wave at a time. While it runs, nothing else is done for its databases. */
export interface WaveWorker {
  /** Shows the waves, or the one that is run. */
  show(): Promise<void>
  run(name: string): Promise<void>
  /** Answers the confirmation that is asked for; undefined declines it. */
  answer(typed: string | undefined): void
  stop(): void
  halt(why: string): Promise<void>
  resume(): Promise<void>
}

export interface WaveWork {
  readonly session: Session
  readonly store: Store
  /** What is being done, by database key. */
  readonly running: Map<string, Running>
  isEnding(): boolean
  say(said: Said, about?: string): void
  /** Takes in what was put on record of these subjects, or of any. */
  takeIn(changed?: ReadonlySet<string>): Promise<void>
  fail(error: unknown): void
}

const STOPPED = 'Stopped. Nothing more is begun from here; what was sent is followed when the wave is run again.'

const CAME_OF_IT = 'what came of it'
const NOT_SENT = 'its requests; a dry run sends nothing'

const toneOf = (end: WaveEnd): Tone => {
  if (end.kind === 'ran') return end.stop.kind === 'done' ? 'good' : 'warn'
  return end.kind === 'over' || end.kind === 'shown' ? 'info' : 'warn'
}

export function createWaveWorker({ session, store, running, isEnding, say, takeIn, fail }: WaveWork): WaveWorker {
  let abort: AbortController | undefined
  let answer: ((typed: string | undefined) => void) | undefined

  const show = (name: string, phase: WaveShown['phase']) => store.dispatch({ kind: 'wave', wave: { name, phase } })
  const busy = (desks: readonly Desk[]) => {
    for (const desk of desks)
      store.dispatch({ kind: 'work-started', database: keyOf(desk), doing: 'run-wave', at: session.now() })
  }
  const idle = (desks: readonly Desk[]) => {
    for (const desk of desks) store.dispatch({ kind: 'work-ended', database: keyOf(desk) })
  }

  function typed(signal: AbortSignal): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    answer = resolve
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
    return promise.finally(() => (answer = undefined))
  }

  /** From the look at its databases to what came of it. Throws what the runner throws, and when aborted. */
  function through(chosen: StandingWave, desks: readonly Desk[], signal: AbortSignal): Promise<WaveEnd> {
    const { name } = chosen.wave
    return runWave(
      session,
      chosen,
      {
        confirm(surveyed, expected) {
          idle(desks)
          show(name, { at: 'asking', lines: requestsShown(session.runbook, surveyed), expected, field: EMPTY_FIELD })
          return typed(signal)
        },
        begins() {
          idle(desks)
          show(name, { at: 'changing' })
        },
        tell(desk, turn) {
          if (turn === 'begins') return busy([desk])
          idle([desk])
          // What one put on record can concern others: those that are not of the wave stand otherwise now.
          takeIn(new Set([keyOf(desk)])).catch(fail)
        },
      },
      signal,
    )
  }

  async function work(chosen: StandingWave, desks: readonly Desk[], signal: AbortSignal): Promise<void> {
    const { name } = chosen.wave
    busy(desks)
    let tone: Tone = 'warn'
    let title = CAME_OF_IT
    let lines: readonly string[] = [STOPPED]
    try {
      const end = await through(chosen, desks, signal)
      tone = toneOf(end)
      if (end.kind === 'shown') title = NOT_SENT
      lines = waveEndLines(session, name, end)
    } catch (error) {
      const said = signal.aborted ? undefined : failureSays(session.runbook, error)
      if (said) lines = [said.says, ...(said.cure === '' ? [] : [`→ ${said.cure}`])]
      else if (!signal.aborted) throw error
    } finally {
      for (const desk of desks) {
        desk.release()
        running.delete(keyOf(desk))
      }
      abort = undefined
    }
    idle(desks)
    await takeIn()
    show(name, { at: 'ended', title, lines })
    if (!isEnding()) say({ tone, says: title === NOT_SENT ? NOT_SENT : (lines.at(-1)?.trim() ?? ''), cure: '' })
  }

  /** Whoever only watches one of these databases leaves it to the wave, which watches it too. Undefined: somebody does more with one. */
  async function claim(desks: readonly Desk[]): Promise<boolean> {
    const others = desks.flatMap((desk) => {
      const under = running.get(keyOf(desk))
      return under ? [{ desk, under }] : []
    })
    const held = others.find(({ under }) => under.doing !== 'go-on')
    if (held) {
      say(
        { tone: 'info', says: 'It is being worked on: its wave waits.', cure: 'x stops that.' },
        calledBy(held.desk.about),
      )
      return false
    }
    for (const { under } of others) under.abort.abort(TAKEN_OVER)
    await Promise.all(others.map(({ under }) => under.done))
    return true
  }

  return {
    async show() {
      store.dispatch({
        kind: 'opened',
        dialog: store.get().wave ? { kind: 'wave' } : wavesChooser(session, await haltIn(session)),
      })
    },
    async run(name) {
      const chosen = standingWaves(session).find(({ wave }) => wave.name === name)
      if (!chosen || abort || isEnding()) return
      const mine = (abort = new AbortController())
      const desks = chosen.wave.members.map(({ desk }) => desk)
      show(name, { at: 'surveying' })
      store.dispatch({ kind: 'opened', dialog: { kind: 'wave' } })
      if (!(await claim(desks)) || isEnding()) {
        abort = undefined
        store.dispatch({ kind: 'dismissed' })
        return store.dispatch({ kind: 'wave', wave: undefined })
      }
      const done = work(chosen, desks, mine.signal).catch(fail)
      for (const desk of desks) running.set(keyOf(desk), { abort: mine, done, doing: 'run-wave' })
    },
    answer: (text) => answer?.(text),
    stop: () => abort?.abort(),
    async halt(why) {
      await haltAll(session, why)
      say({ tone: 'warn', says: HALTED, cure: 'v, when it is settled, takes it back.' })
    },
    async resume() {
      await resumeAll(session)
      say({ tone: 'good', says: 'No halt is in force.', cure: 'v runs a wave.' })
    },
  }
}
