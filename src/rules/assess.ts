/**
 * How a rotation stands: every step's standing and gate, derived from what is on record. Total and pure: an illegal
 * move is a closed gate with a reason, never an exception. Resuming is calling it again.
 */
import type { Decisions } from './decisions.ts'
import { decisionsOf } from './decided.ts'
import { closedGate, openGate, type Blocker, type Gate } from './gate.ts'
import { footingOf, type Footing, type Ground } from './footing.ts'
import { judgeLook } from './judge-look.ts'
import { judgeSending } from './judge-sending.ts'
import type { Court } from './judge.ts'
import type { HeldBy, Known } from './known.ts'
import type { Judged, Position } from './position.ts'
import { presentRotation, sendingState, type Rotation, type Sending } from './record.ts'
import { isMet, type Standing } from './standing.ts'
import type { PlainRunbook, PlainStep, SequenceName } from './step.ts'
import { digestOf, type Digest, type Instant } from './words.ts'

export interface Assessment {
  readonly sequence: SequenceName
  readonly rotation: Rotation | undefined
  readonly decided: Partial<Decisions>
  /** In the order in which an operator meets them. */
  readonly steps: ReadonlyMap<string, Position>
  /** The change that has no answer, if there is one, else the first step that is not met; undefined when all are. */
  readonly next: string | undefined
  /** When time alone can change the answer. */
  readonly until: Instant
  /** While a sent change waits: the gate that it would meet now, so that it can be cancelled while there is time. */
  readonly live?: Gate
}

export interface AssessOptions {
  /** Who holds the database's lock now. */
  readonly holder?: HeldBy | undefined
  /** @internal Judges as if nothing had been sent in this rotation. */
  readonly asIfUnsent?: boolean
}

export function assess(runbook: PlainRunbook, known: Known, now: Instant, options: AssessOptions = {}): Assessment {
  const rotation = presentRotation(known.record)
  const sequence = rotation?.sequence ?? 'ca-change'
  const decided = decisionsOf(runbook.defaults, rotation, known.declared)
  const ids = runbook.sequences[sequence]
  const sending = options.asIfUnsent ? undefined : rotation?.sendings.at(-1)
  const sent = sendingState(sending) === 'accepted' ? sending : undefined
  const twin = known.twin && decided.twin !== 'none' ? assess(runbook, known.twin, now) : undefined

  const steps = new Map<string, Position>()
  let beforeChange = ids.some((id) => runbook.steps[id]?.change)
  for (const id of ids) {
    const step = runbook.steps[id]
    if (!step) continue
    if (step.change) beforeChange = false
    const kept = rotation?.end ? rotation.end.kept[id] : sent && beforeChange ? sent.kept[id] : undefined
    if (kept) {
      steps.set(id, fromHistory(step, kept, rotation?.end ? 'ended' : 'sent'))
      continue
    }
    steps.set(
      id,
      positionOf({ step, known, rotation, decided, steps, sequence: ids, twin: twin?.steps, sending, now, options }),
    )
  }

  const due = dueOf(runbook, ids, steps).find((id) => !isMet(steps.get(id)?.standing ?? 'missing'))
  // What was sent and not answered comes before all else, also before proofs that have run out since.
  const next = sendingState(sending) === 'unanswered' ? sending?.step : due
  const until = Math.min(Infinity, twin?.until ?? Infinity, ...[...steps.values()].map((position) => position.until))
  const live = sent && !rotation?.end && next ? liveGate(runbook, known, now, steps, sent) : undefined
  return { sequence, rotation, decided, steps, next, until, ...(live && { live }) }
}

/**
 * The steps that are still to be met. Where the change does not apply (the database is on the target already, or somebody else is
 * changing it), what only the change would rest on is not waited for: it goes on behind the change at once.
 */
function dueOf(runbook: PlainRunbook, ids: readonly string[], steps: ReadonlyMap<string, Position>): readonly string[] {
  const change = ids.findIndex((id) => runbook.steps[id]?.change)
  if (change < 0 || steps.get(ids[change] ?? '')?.standing !== 'not-applicable') return ids
  const needed = new Set(ids.slice(change + 1))
  // A set grows under its own iteration: what is needed by what is needed comes in too.
  for (const id of needed)
    for (const { of, step } of Object.values(runbook.steps[id]?.needs ?? {}))
      if (of === 'own' && !runbook.steps[step]?.change) needed.add(step)
  return ids.filter((id) => needed.has(id))
}

/** The gate of a change that has been sent and has not taken effect: whether it would still be let through. */
function liveGate(
  runbook: PlainRunbook,
  known: Known,
  now: Instant,
  steps: ReadonlyMap<string, Position>,
  sent: Sending,
): Gate | undefined {
  const settled = [...steps.values()].some(
    (position) => !position.history && position.step !== sent.step && isMet(position.standing),
  )
  return settled ? undefined : assess(runbook, known, now, { asIfUnsent: true }).steps.get(sent.step)?.gate
}

function fromHistory(
  step: PlainStep,
  kept: { standing: Standing; digest?: Digest | undefined; facts?: unknown },
  why: 'sent' | 'ended',
): Position {
  const facts = kept.facts === undefined ? undefined : step.parse(kept.facts)
  return {
    step: step.id,
    standing: kept.standing,
    ...(kept.digest && { digest: kept.digest }),
    ...(facts && { facts }),
    shortfalls: [],
    notes: [],
    until: Infinity,
    history: true,
    gate: closedGate([{ code: why, args: {}, cure: { do: 'nothing' } }]),
  }
}

interface Place extends Ground {
  readonly rotation: Rotation | undefined
  readonly sending: Sending | undefined
  readonly now: Instant
  readonly options: AssessOptions
}

function positionOf(place: Place): Position {
  const { step, rotation, decided, sending, now, options } = place
  const footing = footingOf(place)
  const undecided = step.asks.filter((name) => decided[name] === undefined)
  const court: Court = {
    step,
    given: footing.given,
    rests: footing.rests,
    // A database's own evidence tells by its digests what it rested on. A bundle's or an application's rests on nothing of this
    // database: it is judged here only while everything that it is judged with stands.
    judgeable: footing.judgeable && (step.on === 'database' || footing.blockers.every(({ aged }) => aged)),
    decided: decided as Decisions,
    undecided,
    rotation,
    now,
  }
  const idle =
    undecided.length === 0 && !sending && !options.asIfUnsent ? step.applies?.(footing.given, court.decided) : undefined
  const own: Judged & { applications?: ReadonlyMap<string, Judged> } = idle
    ? { standing: 'not-applicable', reason: idle, digest: digestOf(idle), shortfalls: [], notes: [], until: Infinity }
    : step.change
      ? judgeSending(step, sending, options.holder !== undefined)
      : judgeLook(court, place.known, decided)
  const change =
    step.change && footing.judgeable && undecided.length === 0
      ? step.change(place.known.about, footing.given, court.decided)
      : undefined
  const gate = gateOf(place, own, footing, undecided, change)
  const { given, rests } = footing
  return { step: step.id, history: false, ...own, gate, footing: { given, rests }, ...(change && { change }) }
}

function gateOf(
  { step, rotation, sending, now, options }: Place,
  own: Judged,
  footing: Footing,
  undecided: readonly string[],
  change: Position['change'],
): Gate {
  const blockers: Blocker[] = []
  const block = (code: string, cure: Blocker['cure'], args: Blocker['args'] = {}) => blockers.push({ code, args, cure })
  if (rotation?.end) block('ended', { do: 'nothing' })
  if (options.holder && !options.holder.self)
    block('held', { do: 'wait' }, { user: options.holder.user, host: options.holder.host, pid: options.holder.pid })
  if (own.standing === 'not-applicable' && own.reason)
    block('not-applicable', { do: 'nothing' }, { ...own.reason.args, reason: own.reason.code })
  if (step.change) {
    const state = sendingState(sending)
    if (state === 'unanswered') block('unanswered', { do: 'observe' })
    if (state === 'accepted') block('sent', { do: 'nothing' })
  }
  for (const { blocker, aged } of footing.blockers) if (step.change || !aged) blockers.push(blocker)
  if (step.change || !step.looksFirst)
    for (const decision of undecided) block('undecided', { do: 'decide', decision }, { decision })
  if (step.change && now > footing.until) block('aged', { do: 'wait' })
  const [first, ...more] = blockers
  if (first) return closedGate([first, ...more])
  return openGate({
    open: true,
    rotation: rotation?.id ?? '',
    step: step.id,
    until: step.change ? footing.until : Infinity,
    ...(change && { change }),
  })
}
