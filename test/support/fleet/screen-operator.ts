/**
 * An operator who runs the waves of a fleet to their end and does only what the screen names: types what has to be typed, waits where it
 * says wait, and mends what a cure says to mend. Waives and attests nothing.
 */
import { changeDigest } from '../../../src/rules/change.ts'
import { wholeName } from '../../../src/rules/confirmation.ts'
import type { Blocker } from '../../../src/rules/gate.ts'
import type { Position } from '../../../src/rules/position.ts'
import { calledBy } from '../../../src/rules/step.ts'
import type { Reason } from '../../../src/rules/words.ts'
import { progressOf, waveBlockers } from '../../../src/rules/waves.ts'
import { advance } from '../../../src/runner/advance.ts'
import { waive } from '../../../src/runner/answer.ts'
import type { Applied } from '../../../src/runner/apply.ts'
import { comeBack } from '../../../src/runner/come-back.ts'
import type { Desk } from '../../../src/runner/desk.ts'
import { haltOf, resumeWaves } from '../../../src/runner/halt.ts'
import { look } from '../../../src/runner/look.ts'
import { abandonIntent } from '../../../src/runner/observe.ts'
import { changeTogether, surveyTogether } from '../../../src/runner/together.ts'
import type { Session } from '../../../src/ui/session.ts'
import { blockerSentence, sentenceOf } from '../../../src/ui/view/sentences.ts'
import { standingWaves, type StandingWave } from '../../../src/ui/view/standing-waves.ts'
import { stopSays } from '../../../src/ui/view/stop-says.ts'
import { WHO } from '../scenario.ts'
import { Moot, never, StartAgain, type Case, type Ground } from './ground.ts'

/** The screen names nothing that could be done, or what it names leads nowhere. */
export class DeadEnd extends Error {
  override readonly name = 'DeadEnd'
}

/** How many things may be done about one fleet, and about one database at a time, before it counts as a circle. */
export const ROUNDS = 400
const STOPS = 60
const MINUTE = 60_000

/** Runs every wave of a fleet to its end, starting the program as often as it ends. Throws DeadEnd, and for bugs. */
export async function finish(ground: Ground): Promise<void> {
  for (let starts = 0; starts < ROUNDS; starts += 1) {
    try {
      const session = await ground.open()
      // What was restored or scaled out meanwhile is on the next list.
      if (!standingWaves(session).some(isOpen)) return
      await new Operator(ground, session).run()
    } catch (error) {
      await recover(ground, error)
    }
  }
  throw new DeadEnd(`the program was started ${ROUNDS} times`)
}

/** What a person does about a program that ended with an error: by what it says. */
export async function recover(ground: Ground, error: unknown): Promise<void> {
  if (!(error instanceof Error)) throw error
  switch (error.name) {
    case 'Killed':
    case 'StartAgain':
      return
    case 'CannotAsk':
      if (/Log in again/.test(error.message)) await ground.logIn()
      await ground.clock.sleep(MINUTE, never)
      return
    case 'ProgressUnusable':
      if (!/Make room/.test(error.message)) throw error
      ground.makeRoom()
      return
    default:
      throw error
  }
}

const isOpen = ({ standing }: StandingWave): boolean => standing.kind === 'to-do' || standing.kind === 'under-way'

export class Operator {
  readonly #ground: Ground
  readonly #session: Session
  #rounds = 0

  constructor(ground: Ground, session: Session) {
    this.#ground = ground
    this.#session = session
  }

  async run(): Promise<void> {
    for (;;) {
      const waves = standingWaves(this.#session)
      const next = waves.find(isOpen)
      if (!next) return
      this.#count(next.wave.name)
      if (!(await this.#mayBegin(waves, next))) continue
      await this.#runWave(next)
    }
  }

  #count(what: string): void {
    if ((this.#rounds += 1) > ROUNDS) throw new DeadEnd(`nothing comes of ${what}`)
  }

  async #mayBegin(waves: readonly StandingWave[], { wave }: StandingWave): Promise<boolean> {
    const { progress, worlds, clock } = this.#ground
    const halt = await haltOf(progress, worlds)
    const standings = waves.map((one) => ({ name: one.wave.name, standing: one.standing }))
    const [blocker] = waveBlockers(wave.name, standings, halt)
    if (!blocker) return true
    const { cure } = blockerSentence(this.#session.runbook, '', blocker)
    if (/wave resume/.test(cure)) await resumeWaves(progress, worlds)
    else if (/Wait until then/.test(cure))
      await clock.sleep(Date.parse(String(blocker.args['until'])) - clock.now() + 1, never)
    else if (/take it out of .* in the configuration/.test(cure)) this.#leavesOut(waves, String(blocker.args['wave']))
    else throw new DeadEnd(`${wave.name}: ${blocker.code}`)
    return false
  }

  /** Takes those that went back out of their wave: the program reads its configuration when it starts. */
  #leavesOut(waves: readonly StandingWave[], name: string): void {
    const members = waves.find(({ wave }) => wave.name === name)?.wave.members ?? []
    const staying = members.filter(({ desk }) => progressOf(desk.assess()).kind !== 'went-back')
    this.#ground.leaveWaveTo?.(
      name,
      staying.map(({ desk }) => calledBy(desk.about)),
    )
    throw new StartAgain(`${name} is another wave now`)
  }

  async #runWave({ wave }: StandingWave): Promise<void> {
    const { progress, worlds } = this.#ground
    const desks = wave.members.map(({ desk }) => desk)
    const { requests, unready } = await surveyTogether(desks, never)
    if (unready.length > 0) {
      for (const { desk } of unready) await this.tend(desk)
      return
    }
    const confirmation = {
      typed: wholeName(wave.name, requests.length),
      digests: requests.map(({ change }) => changeDigest(change)),
      at: this.#ground.clock.now(),
      by: WHO,
      of: { kind: 'wave' as const, name: wave.name },
    }
    for (const { desk } of requests) await desk.decideAssumed(`confirmed with the wave ${wave.name}`)
    const stop = await changeTogether(desks, {
      applier: this.#session.applier,
      atOnce: wave.atOnce,
      confirm: async () => (requests.length > 0 ? confirmation : undefined),
      halted: async () => (await haltOf(progress, worlds)) !== undefined,
      signal: never,
    })
    if (stop.kind !== 'stopped') return
    const { desk, why } = stop
    if (why.kind === 'applied') await this.#afterApply(desk, 'modify', why.applied)
    await this.tend(desk)
  }

  /** Sees to one database in the wizard, until its change could be confirmed, or it is done. `alone`: and confirms it by its own name. */
  async tend(desk: Desk, alone = false): Promise<void> {
    try {
      for (let stops = 0; stops < STOPS; stops += 1) {
        this.#count(calledBy(desk.about))
        const stop = await advance(desk, never)
        if (stop.kind === 'done') return
        if (stop.kind === 'confirm') {
          if (!alone) return
          const { step } = stop.position
          const said = await this.#session.applier.apply(desk, step, async () => calledBy(desk.about), never)
          await this.#afterApply(desk, step, said)
          continue
        }
        if (stop.kind === 'unanswered') {
          if (!/give the intent up/.test(stopSays(this.#session.runbook, stop).cure)) throw new DeadEnd('unanswered')
          await abandonIntent(desk, 'observed, and nothing of it was to be seen')
          continue
        }
        if (stop.kind === 'unobserved') {
          const { cure } = stopSays(this.#session.runbook, stop)
          if (!/observed first.*nothing is sent again before/.test(cure)) throw new DeadEnd('unobserved')
          await this.#do(desk, stop.position, stop.failure.reason)
          continue
        }
        if (stop.kind === 'waiting' && stop.position.reason?.code === 'not-offered')
          throw new Moot(`${calledBy(desk.about)}: AWS offers nothing`)
        if (
          stop.kind === 'waiting' &&
          (stop.position.attempt === undefined || stop.position.attempt.until !== undefined)
        ) {
          const left = stop.position.until - this.#ground.clock.now()
          await this.#ground.clock.sleep(Math.min(Math.max(left, MINUTE), 6 * 60 * MINUTE), never)
          continue
        }
        if (await comeBack(desk, stop, never)) continue
        if (await this.#isTooLate(desk, stop.position)) continue
        if (stop.kind === 'closed') await this.#open(desk, stop.position)
        else await this.#mend(desk, stop.position)
      }
    } finally {
      desk.release()
    }
    throw new DeadEnd(`nothing comes of ${calledBy(desk.about)}: ${this.#shown(desk)}`)
  }

  /** What is said when a change was not sent after all, or not taken. */
  async #afterApply(desk: Desk, step: string, applied: Applied): Promise<void> {
    const { clock } = this.#ground
    const position = desk.assess().steps.get(step)
    if (applied.kind === 'stopped' && position)
      for (const reason of applied.reasons) await this.#do(desk, position, reason)
    if (applied.kind !== 'answered' || applied.outcome.kind !== 'refused') return
    if (applied.outcome.code === 'ExpiredToken') await this.#ground.logIn()
    await clock.sleep(5 * MINUTE, never)
  }

  /** How a database stands, for whoever reads why a run came to nothing. */
  #shown(desk: Desk): string {
    const { next, steps } = desk.assess()
    const position = steps.get(next ?? '')
    const blockers = position?.gate.open === false ? position.gate.blockers.map(({ code }) => code) : []
    const short = position?.shortfalls.map(({ shortfall }) => shortfall.code) ?? []
    return [next, position?.standing, ...blockers, ...short, position?.attempt?.reason.code].join(' ')
  }

  /** In an outage: types the reason for which a step is gone past, where the screen offers it. */
  async #isTooLate(desk: Desk, { step, shortfalls }: Position): Promise<boolean> {
    const late = shortfalls.find(({ met, shortfall }) => !met && shortfall.code === 'too-late-to-prove')
    if (!late) return false
    const { cure } = sentenceOf(this.#session.runbook, step, late.shortfall)
    if (!/Type the reason/.test(cure)) throw new DeadEnd(`${calledBy(desk.about)}: ${step}: ${cure}`)
    await waive(desk, step, late, 'its certificate has expired, and applications fail')
    return true
  }

  /** Does what a closed gate names. */
  async #open(desk: Desk, position: Position): Promise<void> {
    const [blocker] = position.gate.open ? [] : position.gate.blockers
    if (!blocker) return this.#mend(desk, position)
    const sentence = blockerSentence(this.#session.runbook, position.step, blocker)
    if (sentence.cure === '') throw new DeadEnd(`${calledBy(desk.about)}: ${sentence.says}`)
    return this.#cure(desk, position, blocker)
  }

  async #cure(desk: Desk, position: Position, blocker: Blocker): Promise<void> {
    switch (blocker.cure.do) {
      case 'step':
        await look(desk, blocker.cure.step, never)
        return
      case 'twin':
        await this.#named(blocker.cure.name)
        return
      case 'wait':
        if (blocker.code === 'peer-under-way') return this.#named(String(blocker.args['name']))
        return this.#ground.clock.sleep(5 * MINUTE, never)
      case 'observe':
        return
      case 'decide':
      case 'nothing':
        throw new DeadEnd(`${calledBy(desk.about)}: ${position.step}: ${blocker.code} ${JSON.stringify(blocker.args)}`)
    }
  }

  /** Rotates the database of that name. */
  async #named(name: string): Promise<void> {
    await this.tend(this.#databaseNamed(name), true)
  }

  #databaseNamed(name: string): Desk {
    const found = this.#session.databases.find(({ desk }) => desk.about.name === name)
    if (!found) throw new StartAgain(`${name} is not on the list`)
    return found.desk
  }

  async #mend(desk: Desk, position: Position): Promise<void> {
    const { step, shortfalls, reason, attempt } = position
    const failed = attempt && attempt.until === undefined ? [attempt.reason] : []
    const short: readonly Reason[] = shortfalls.filter(({ met }) => !met).map(({ shortfall }) => shortfall)
    const [first] = [...failed, ...short, ...(reason ? [reason] : [])]
    // Nothing is said to be short: "look again".
    if (!first) {
      await look(desk, step, never)
      return
    }
    await this.#do(desk, position, first)
  }

  /** Does what the sentence of a reason names. */
  async #do(desk: Desk, { step }: Position, first: Reason): Promise<void> {
    const { says, cure } = sentenceOf(this.#session.runbook, step, first)
    const { hands } = this.#ground
    const hand = hands[`${step} ${first.code}`] ?? hands[first.code]
    if (!hand?.named.test(cure)) throw new DeadEnd(`${calledBy(desk.about)}: ${step}: ${first.code}: ${says} → ${cure}`)
    const rotateFirst = async (names: readonly string[]) => {
      for (const name of names) await this.#named(name)
    }
    const beginAnew = async (name: string) => {
      await this.#databaseNamed(name).begin('ca-change')
      await this.#named(name)
    }
    const one: Case = { desk, step, args: first.args, rotateFirst, beginAnew }
    await hand.does(one)
  }
}
