/** Several databases under one confirmation: surveyed, confirmed once, changed in order, and stopped at the first that does not go well. */
import { isThrottled, type Change } from '../rules/change.ts'
import type { Confirmation } from '../rules/confirmation.ts'
import { sendingState } from '../rules/record.ts'
import { overSince, unready, waitsForThese, type Hindrance } from '../rules/waves.ts'
import { isMet } from '../rules/standing.ts'
import type { Subject } from '../rules/words.ts'
import { advance, type Stop } from './advance.ts'
import type { Applied, Applier } from './apply.ts'
import { comeBack } from './come-back.ts'
import type { Desk } from './desk.ts'
import { survey } from './survey.ts'

/** One request that is to be confirmed with others. */
export interface RequestOf {
  readonly desk: Desk
  readonly step: string
  readonly change: Change
}

/** What a set of databases comes to, each looked at. */
export interface Surveyed {
  /** In order. What would be sent, also where another database of the set has to come first. */
  readonly requests: readonly RequestOf[]
  /** Those whose change was sent before: they are followed to their end first, and nothing more is sent to them. */
  readonly underWay: readonly Desk[]
  /** Those that something else than another database of the set keeps from their end, with what it is: the first step first. */
  readonly unready: readonly { readonly desk: Desk; readonly hindrances: readonly Hindrance[] }[]
}

/** Looks at every database of a set, so that a person can read what would be sent and what stands in the way. Sends nothing. */
export async function surveyTogether(desks: readonly Desk[], signal: AbortSignal): Promise<Surveyed> {
  const set = desks.map(({ about }) => about.subject)
  const requests: RequestOf[] = []
  const underWay: Desk[] = []
  const short: { desk: Desk; hindrances: readonly Hindrance[] }[] = []
  for (const desk of desks) {
    if (overSince(desk.rotation) !== undefined) continue
    const step = await survey(desk, signal)
    const assessment = desk.assess()
    const position = assessment.steps.get(step)
    const state = sendingState(desk.rotation?.sendings.at(-1))
    if (state === 'accepted' || state === 'unanswered') underWay.push(desk)
    if (!position || state === 'unanswered') continue
    const hindrances = unready(desk.deps.runbook, assessment, set)
    if (hindrances.length > 0) short.push({ desk, hindrances })
    else if (isMet(position.standing)) continue
    else if (position.change) requests.push({ desk, step, change: position.change })
    else short.push({ desk, hindrances: [{ position, blockers: position.gate.open ? [] : position.gate.blockers }] })
  }
  return { requests, underWay, unready: short }
}

/** Why one database of a set went no further. */
export type MemberStop =
  | { readonly kind: 'stop'; readonly stop: Stop }
  | { readonly kind: 'applied'; readonly applied: Applied }

export type TogetherStop =
  /** Every database is done; where changes are only shown, every request was shown. */
  | { readonly kind: 'done' }
  /** Somebody put a halt to it: nothing more was begun. */
  | { readonly kind: 'halted' }
  /** The first that did not go well. What was under way beside it was followed to its end; nothing more was begun. */
  | { readonly kind: 'stopped'; readonly desk: Desk; readonly why: MemberStop }

export interface TogetherOptions {
  readonly applier: Applier
  /** The confirmation that covers a database's request; undefined: it does not, or not any more. */
  confirm(desk: Desk): Promise<Confirmation | undefined>
  /** How many at a time. */
  readonly atOnce: number
  /** Asked before each database is begun. */
  halted(): Promise<boolean>
  /** Hears whose turn begins and ends: a database that waits for others has another one later. */
  readonly tell?: (desk: Desk, turn: 'begins' | 'ends') => void
  readonly signal: AbortSignal
}

/** How often AWS may be too busy for one request before the whole stops. Each time it took nothing, and the gate is asked anew. */
const BUSY = 5

const isBusy = (applied: Applied): boolean =>
  applied.kind === 'answered' && applied.outcome.kind === 'refused' && isThrottled(applied.outcome.code)

/** Others of the set have to come first: `stop` is why, should they never come. */
interface Waits {
  readonly kind: 'waits'
  readonly stop: Stop
}

/** One database, from where it stands to its end, unless others come first. `others`: those that are still to be changed. */
async function changeOne(
  desk: Desk,
  { applier, confirm, signal }: TogetherOptions,
  others: () => readonly Subject[],
): Promise<MemberStop | Waits | 'well'> {
  const { patience, runbook, sleep } = desk.deps
  for (let busy = 0; ;) {
    const stop = await advance(desk, signal)
    if (stop.kind === 'done') return 'well'
    const isHeld = stop.kind === 'closed' || stop.kind === 'short'
    if (isHeld && waitsForThese(runbook, desk.assess(), others())) return { kind: 'waits', stop }
    if (stop.kind !== 'confirm') {
      if (await comeBack(desk, stop, signal)) continue
      return { kind: 'stop', stop }
    }
    const applied = await applier.apply(desk, stop.position.step, () => confirm(desk), signal)
    if (applied.kind === 'shown') return 'well'
    // Another began between the look and the request: the gate was asked again, and this one waits for it after all.
    if (applied.kind === 'closed' && waitsForThese(runbook, desk.assess(), others()))
      return { kind: 'waits', stop: { kind: 'closed', position: { ...stop.position, gate: applied.gate } } }
    if (isBusy(applied) && busy < BUSY) {
      busy += 1
      await sleep(patience.every * busy, signal)
      continue
    }
    if (applied.kind !== 'answered' || applied.outcome.kind === 'refused') return { kind: 'applied', applied }
  }
}

/** Changes the databases in their order. Throws when aborted, and for what `advance` and `apply` throw. */
export async function changeTogether(desks: readonly Desk[], options: TogetherOptions): Promise<TogetherStop> {
  const queue = [...desks]
  const waits: Desk[] = []
  const changing = new Map<Desk, Promise<void>>()
  let stopped: TogetherStop | undefined
  /** How many found themselves waiting, with nothing under way, since one came to its end. */
  let idle = 0
  const failures: unknown[] = []

  const change = async (desk: Desk): Promise<void> => {
    const others = () =>
      [...changing.keys(), ...queue, ...waits].filter((one) => one !== desk).map(({ about }) => about.subject)
    let waited = false
    try {
      if (await options.halted()) {
        stopped ??= { kind: 'halted' }
        return
      }
      options.tell?.(desk, 'begins')
      const came = await changeOne(desk, options, others)
      if (came === 'well') idle = 0
      else if (came.kind !== 'waits') stopped ??= { kind: 'stopped', desk, why: came }
      else if (changing.size === 1 && (idle += 1) > queue.length + waits.length)
        // Each waits for another: what was foreseen is not so any more.
        stopped ??= { kind: 'stopped', desk, why: { kind: 'stop', stop: came.stop } }
      else waited = true
    } catch (error) {
      failures.push(error)
    } finally {
      desk.release()
      options.tell?.(desk, 'ends')
      changing.delete(desk)
      if (waited) waits.push(desk)
      // Whatever others waited for may have come with this one's end. Where nothing is under way, those behind have their turn first.
      if (!waited) queue.unshift(...waits.splice(0))
      else if (changing.size === 0) queue.push(...waits.splice(0))
    }
  }

  for (;;) {
    // After a stop nothing more is begun; what is under way is followed to its end.
    if (!stopped && failures.length === 0)
      for (let desk = queue[0]; desk && changing.size < Math.max(1, options.atOnce); desk = queue[0]) {
        queue.shift()
        changing.set(desk, change(desk))
      }
    if (changing.size === 0) break
    await Promise.race(changing.values())
  }
  if (failures.length > 0) throw failures[0]
  return stopped ?? { kind: 'done' }
}
