/** Which databases are changed under one confirmation, in which order, and when a wave may begin. Pure. */
import type { Assessment } from './assess.ts'
import type { Environment } from './decisions.ts'
import type { Blocker } from './gate.ts'
import { isUnderWay, waitsForOthers } from './group.ts'
import { matchesName } from './pattern.ts'
import type { Position } from './position.ts'
import type { Halt, Rotation } from './record.ts'
import type { PlainRunbook, SequenceName } from './step.ts'
import { isMet } from './standing.ts'
import { subjectKey, type Instant, type Subject } from './words.ts'

/** What a database must be to belong to a wave: everything that is said here. Where nothing is said, nothing belongs. */
export interface WaveSelector {
  /** Names of databases, or of Aurora clusters: all their members; each also as `account/region/name`. */
  readonly databases?: readonly string[] | undefined
  /** Each tag with exactly this value. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** `*` stands for any characters, as in `orders-*`. */
  readonly names?: readonly string[] | undefined
  readonly regions?: readonly string[] | undefined
  readonly environment?: Environment | undefined
}

export interface WaveDeclared extends WaveSelector {
  readonly name: string
  /** How many databases are changed at a time. */
  readonly atOnce: number
  /** Milliseconds that pass after the last database is done, before the next wave may begin. */
  readonly bake: number
}

/** What is known of a database that waves choose by. */
export interface WaveCandidate {
  readonly name: string
  /** Every name that means it, or the cluster that it is a member of, and nothing else. */
  readonly meantBy: readonly string[]
  readonly region: string
  readonly environment: Environment
  readonly tags: Readonly<Record<string, string>>
}

export interface Wave<T> {
  readonly name: string
  readonly atOnce: number
  readonly bake: number
  /** In the order in which they are changed. */
  readonly members: readonly T[]
}

/** The wave of everything that no declared wave names. It comes last. */
export const REST = 'rest'

/** Whether a database is everything that the selector says. */
export function selects(selector: WaveSelector, candidate: WaveCandidate): boolean {
  const { databases, tags, names, regions, environment } = selector
  const said = [databases, tags, names, regions, environment].some((one) => one !== undefined)
  return (
    said &&
    (databases === undefined || candidate.meantBy.some((one) => databases.includes(one))) &&
    (names === undefined || names.some((pattern) => matchesName(pattern, candidate.name))) &&
    (regions === undefined || regions.includes(candidate.region)) &&
    (environment === undefined || environment === candidate.environment) &&
    Object.entries(tags ?? {}).every(([key, value]) => candidate.tags[key] === value)
  )
}

/**
 * Puts each database into the first wave that selects it, and what is left over into a last one, so that none is in two and none is
 * forgotten. `databases`: in the order in which they are to be changed, which is kept within each wave.
 */
export function wavesOf<T>(
  declared: readonly WaveDeclared[],
  databases: readonly T[],
  candidateOf: (database: T) => WaveCandidate,
): readonly Wave<T>[] {
  const members = new Map<string, T[]>(declared.map(({ name }) => [name, []]))
  const rest: T[] = []
  for (const database of databases) {
    const candidate = candidateOf(database)
    const wave = declared.find((one) => selects(one, candidate))
    const place = (wave && members.get(wave.name)) ?? rest
    place.push(database)
  }
  const waves = declared.map(({ name, atOnce, bake }) => ({ name, atOnce, bake, members: members.get(name) ?? [] }))
  return rest.length > 0 ? [...waves, { name: REST, atOnce: 1, bake: 0, members: rest }] : waves
}

/** How far one database of a wave is. */
export type MemberProgress =
  | { readonly kind: 'done'; readonly at: Instant }
  /** It got another CA, and was taken back from it. */
  | { readonly kind: 'went-back' }
  /** Its change was sent, and it is not known to have gone well. */
  | { readonly kind: 'under-way' }
  | { readonly kind: 'to-do' }

/** After these a wave has nothing more to do for a database: it got another CA, or somebody went back from it. */
const CHANGES_CA: ReadonlySet<SequenceName> = new Set(['ca-change', 'outage', 'rollback'])

/** When the change that waves are for came to its end; undefined while it has not, or where what ended was a renewal or a cancellation. */
export function overSince(rotation: Rotation | undefined): Instant | undefined {
  const end = rotation?.end
  return end && end.how !== 'abandoned' && CHANGES_CA.has(rotation.sequence) ? end.at : undefined
}

export function progressOf(assessment: Pick<Assessment, 'rotation' | 'steps' | 'next'>): MemberProgress {
  const { rotation } = assessment
  const at = overSince(rotation)
  if (at !== undefined) return rotation?.end?.how === 'rolled-back' ? { kind: 'went-back' } : { kind: 'done', at }
  return isUnderWay(assessment) ? { kind: 'under-way' } : { kind: 'to-do' }
}

/** How a wave stands. */
export type WaveStanding =
  | { readonly kind: 'empty' }
  | { readonly kind: 'done'; readonly at: Instant }
  /** All of it is done, and the next wave waits until then. */
  | { readonly kind: 'baking'; readonly until: Instant }
  /** Nothing is left to do, and some of it did not stay on its CA. */
  | { readonly kind: 'went-back' }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'to-do' }

export function waveStanding(
  wave: Pick<Wave<unknown>, 'bake'>,
  members: readonly MemberProgress[],
  now: Instant,
): WaveStanding {
  if (members.length === 0) return { kind: 'empty' }
  if (members.some(({ kind }) => kind === 'under-way')) return { kind: 'under-way' }
  const ends = members.flatMap((one) => (one.kind === 'done' ? [one.at] : []))
  const back = members.some(({ kind }) => kind === 'went-back')
  if (members.some(({ kind }) => kind === 'to-do')) return { kind: back || ends.length > 0 ? 'under-way' : 'to-do' }
  if (back) return { kind: 'went-back' }
  const last = Math.max(...ends)
  const until = last + wave.bake
  // An end that lies ahead comes from a clock that was set back: what is not known to have baked bakes.
  return now < until || last > now ? { kind: 'baking', until } : { kind: 'done', at: last }
}

/** Why a wave may not go on now: those before it come first, and a halt holds for all of them. */
export function waveBlockers(
  name: string,
  standings: readonly { readonly name: string; readonly standing: WaveStanding }[],
  halt: Halt | undefined,
): readonly Blocker[] {
  const blockers: Blocker[] = []
  if (halt)
    blockers.push({
      code: 'waves-halted',
      args: { user: halt.by.user, why: halt.why },
      cure: { do: 'nothing' },
    })
  for (const { name: other, standing } of standings) {
    if (other === name) break
    if (standing.kind === 'baking')
      blockers.push({
        code: 'wave-baking',
        args: { wave: other, until: new Date(standing.until).toISOString() },
        cure: { do: 'wait' },
      })
    else if (standing.kind === 'went-back')
      // Whoever took it back had a reason, which may hold for those that come after it.
      blockers.push({ code: 'wave-went-back', args: { wave: other }, cure: { do: 'nothing' } })
    else if (standing.kind !== 'done' && standing.kind !== 'empty')
      blockers.push({ code: 'wave-before', args: { wave: other }, cure: { do: 'nothing' } })
  }
  const own = standings.find((one) => one.name === name)
  if (!own || own.standing.kind === 'empty')
    blockers.push({ code: 'wave-empty', args: { wave: name }, cure: { do: 'nothing' } })
  return blockers
}

/** The change that is still to be sent; undefined where it was, or the rotation has ended. */
function changeToSend(runbook: PlainRunbook, { steps, rotation }: Assessment): Position | undefined {
  const change = [...steps.values()].find(({ step }) => runbook.steps[step]?.change)
  return change && !rotation?.end && !isMet(change.standing) ? change : undefined
}

/** A step that lacks something itself, and what closes its gate; nothing, where it was looked at and its position says what is short. */
export interface Hindrance {
  readonly position: Position
  readonly blockers: readonly Blocker[]
}

/**
 * What stands between a database of a wave and its end that the wave itself will not bring about, in the order of the steps. A database
 * that has its target already has nothing to send; where it lacks what only a person can give, the wave could not come to its end either.
 */
export function unready(runbook: PlainRunbook, assessment: Assessment, set: readonly Subject[]): readonly Hindrance[] {
  const change = changeToSend(runbook, assessment)
  if (change) return change.gate.open ? [] : hindrances(assessment, change, set)
  const next = assessment.steps.get(assessment.next ?? '')
  if (!next || assessment.rotation?.sendings.length) return []
  return hindrances(assessment, next, set).filter(
    ({ position: { gate, standing } }) => !gate.open || standing === 'not-proven' || standing === 'cannot-look',
  )
}

/** Whether a database's change is still to come, and waits for nothing but the change of others among these. */
export function waitsForThese(runbook: PlainRunbook, assessment: Assessment, set: readonly Subject[]): boolean {
  const change = changeToSend(runbook, assessment)
  return change !== undefined && !change.gate.open && hindrances(assessment, change, set).length === 0
}

/** The steps at the bottom of what is not met, past whatever waits for another database of the same wave alone. */
function hindrances(assessment: Assessment, from: Position, set: readonly Subject[]): readonly Hindrance[] {
  const keys = new Set(set.map(subjectKey))
  const among = (awaited: readonly Subject[]) => awaited.every((subject) => keys.has(subjectKey(subject)))
  const found = new Map<string, Hindrance>()
  const visited = new Map<string, boolean>()
  /** Whether something at or below this step is hindered. */
  const visit = (position: Position): boolean => {
    const { gate, step } = position
    const known = visited.get(step)
    if (known !== undefined) return known
    visited.set(step, false)
    const is = isHindered(position)
    if (is === 'itself') found.set(step, { position, blockers: gate.open ? [] : gate.blockers.filter(isOwn) })
    visited.set(step, is !== undefined)
    return is !== undefined
  }
  const stepOf = ({ cure }: Blocker) => (cure.do === 'step' ? assessment.steps.get(cure.step) : undefined)
  const isOwn = (blocker: Blocker): boolean => !(blocker.after && among(blocker.after)) && !stepOf(blocker)
  const isHindered = (position: Position): 'itself' | 'below' | undefined => {
    const { gate, standing } = position
    const awaited = waitsForOthers(position)
    if (awaited && among(awaited)) return undefined
    if (gate.open) return 'itself'
    const needs = gate.blockers.filter(({ after }) => !(after && among(after))).flatMap((one) => stepOf(one) ?? [])
    // All of them, so that each is named.
    const below = needs.filter((one) => visit(one)).length > 0
    if (gate.blockers.some(isOwn)) return 'itself'
    if (below) return 'below'
    // Looked at before its gate closed for the wave's sake, and short of something else.
    return standing === 'not-proven' ? 'itself' : undefined
  }
  visit(from)
  return [...assessment.steps.keys()].flatMap((step) => found.get(step) ?? [])
}
