/** The gate of one step: pure, total, and with a cure for every reason why it is closed. */
import type { Footing, Ground } from './footing.ts'
import { closedGate, openGate, undecided, type Blocker, type Gate } from './gate.ts'
import type { HeldBy } from './known.ts'
import type { Judged, Position } from './position.ts'
import { sendingState, type Rotation, type Sending } from './record.ts'
import { servedBefore } from './served.ts'
import type { About, PlainRunbook } from './step.ts'
import type { Instant } from './words.ts'

export interface AssessOptions {
  /** Who holds the database's lock now. */
  readonly holder?: HeldBy | undefined
  /** @internal Judges as if nothing had been sent in this rotation. */
  readonly asIfUnsent?: boolean
}

/** Where, in which rotation and when a step is assessed. */
export interface Place extends Ground {
  readonly runbook: PlainRunbook
  readonly rotation: Rotation | undefined
  readonly sending: Sending | undefined
  /** Those databases for the same clients whose change was sent and is not proven yet. */
  readonly peersUnderWay: readonly About[]
  readonly now: Instant
  readonly options: AssessOptions
}

/** Whether a step may run now, and if not, every reason why. */
export function gateOf(
  { known, peersUnderWay, step, rotation, sending, now, options }: Place,
  own: Judged,
  footing: Footing,
  missing: readonly string[],
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
    for (const { name, subject } of peersUnderWay)
      blockers.push({ code: 'peer-under-way', args: { name }, cure: { do: 'wait' }, after: [subject] })
    const target = change?.input['CACertificateIdentifier']
    if (rotation?.sequence === 'rollback' && typeof target === 'string' && !servedBefore(known.record).includes(target))
      block('never-served', { do: 'decide', decision: 'target' }, { target, served: servedBefore(known.record) })
  }
  for (const { blocker, aged } of footing.blockers) if (step.change || !aged) blockers.push(blocker)
  if (step.change || !step.looksFirst)
    for (const decision of missing.filter((name) => !waitsFor(blockers, name))) blockers.push(undecided(decision))
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

const waitsFor = (blockers: readonly Blocker[], decision: string): boolean =>
  blockers.some(({ code, args }) => code === 'undecided' && args['decision'] === decision)
