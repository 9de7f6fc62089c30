/**
 * How a rotation stands: every step's standing and gate, derived from what is on record. Total and pure: an illegal
 * move is a closed gate with a reason, never an exception. Resuming is calling it again.
 */
import type { Decisions } from './decisions.ts'
import { decisionsOf } from './decided.ts'
import { dueOf, urgentOf } from './due.ts'
import { footingOf } from './footing.ts'
import { closedGate, type Gate } from './gate.ts'
import { gateOf, type AssessOptions, type Place } from './gate-of.ts'
import { asOne, isUnderWay } from './group.ts'
import { judgeLook } from './judge-look.ts'
import { orWaived } from './judge-opened.ts'
import { judgeSending } from './judge-sending.ts'
import type { Court } from './judge.ts'
import type { Known, KnownTwin } from './known.ts'
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
  /** Where a change comes that is not ours: the steps that it would have rested on and that are not met. */
  readonly urgent: readonly string[]
}

export type { AssessOptions } from './gate-of.ts'

export function assess(runbook: PlainRunbook, known: Known, now: Instant, options: AssessOptions = {}): Assessment {
  const rotation = presentRotation(known.record)
  const sequence = rotation?.sequence ?? 'ca-change'
  const decided = decisionsOf(runbook.defaults, rotation, known.declared)
  const ids = runbook.sequences[sequence]
  const sending = options.asIfUnsent ? undefined : rotation?.sendings.at(-1)
  const sent = sendingState(sending) === 'accepted' ? sending : undefined
  const twin = known.twin && decided.twin !== 'none' ? twinOf(runbook, known.twin, now) : undefined

  const peersUnderWay = (known.peers ?? [])
    .filter(({ record }) => presentRotation(record)?.sendings.length)
    .filter((peer) => isUnderWay(assess(runbook, peer, now)))
    .map(({ about }) => about)

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
      positionOf({
        runbook,
        peersUnderWay,
        step,
        known,
        rotation,
        decided,
        steps,
        sequence: ids,
        twin: twin?.steps,
        sending,
        now,
        options,
      }),
    )
  }

  const due = dueOf(runbook, ids, steps).find((id) => !isMet(steps.get(id)?.standing ?? 'missing'))
  // What was sent and not answered comes before all else, also before proofs that have run out since.
  const next = sendingState(sending) === 'unanswered' ? sending?.step : due
  const until = Math.min(Infinity, twin?.until ?? Infinity, ...[...steps.values()].map((position) => position.until))
  const live = sent && !rotation?.end && next ? liveGate(runbook, known, now, steps, sent) : undefined
  const urgent = urgentOf(runbook, ids, steps)
  return { sequence, rotation, decided, steps, next, until, urgent, ...(live && { live }) }
}

type TwinStands = Pick<Assessment, 'steps' | 'until'>

/** How the twin stands: itself, or where the members of a cluster carry the CA, all of them as one. */
function twinOf(runbook: PlainRunbook, { members, ...known }: KnownTwin, now: Instant): TwinStands {
  if (!members || members.length === 0) return assess(runbook, known, now)
  const each = members.map((member) => ({ ...assess(runbook, member, now), subject: member.about.subject }))
  const steps = new Map<string, Position>()
  for (const id of new Set(each.flatMap((one) => [...one.steps.keys()]))) {
    const positions = each.flatMap(({ subject, steps: own }) => {
      const position = own.get(id)
      return position ? [{ subject, position }] : []
    })
    // A member in another sequence has no such step: then the cluster as a whole has not met it.
    const whole = positions.length === each.length ? asOne(id, positions) : undefined
    if (whole) steps.set(id, whole)
  }
  return { steps, until: Math.min(...each.map((one) => one.until)) }
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

const isSent = (sending: Sending | undefined): boolean =>
  sendingState(sending) === 'accepted' || sendingState(sending) === 'unanswered'

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
  // What was refused or given up is not under way: meanwhile somebody else may have made the change.
  const mayIdle = undecided.length === 0 && !isSent(sending) && !options.asIfUnsent
  const idle = mayIdle ? step.applies?.(footing.given, court.decided) : undefined
  const own: Judged & { applications?: ReadonlyMap<string, Judged> } = idle
    ? { standing: 'not-applicable', reason: idle, digest: digestOf(idle), shortfalls: [], notes: [], until: Infinity }
    : step.change
      ? judgeSending(step, sending, options.holder !== undefined)
      : orWaived(place, judgeLook(court, place.known, decided))
  // Also where it is not its turn yet: it is shown and confirmed with those that come first. Its gate stays closed until then.
  const change =
    step.change && footing.foreseen && undecided.length === 0
      ? step.change(place.known.about, footing.foreseen, court.decided)
      : undefined
  const gate = gateOf(place, own, footing, undecided, change)
  const { given, rests } = footing
  return { step: step.id, history: false, ...own, gate, footing: { given, rests }, ...(change && { change }) }
}
