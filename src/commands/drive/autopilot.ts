import { isThrottled } from '../../rules/change.ts'
import { DECISION_NAMES, type DecisionName } from '../../rules/decisions.ts'
import type { Position } from '../../rules/position.ts'
import { advance, type Stop } from '../../runner/advance.ts'
import { comeBack } from '../../runner/come-back.ts'
import type { Desk } from '../../runner/desk.ts'
import { look } from '../../runner/look.ts'
import { abandonIntent } from '../../runner/observe.ts'
import { proposedFor } from '../../runner/proposals.ts'
import type { Session } from '../../ui/session.ts'
import { exitOf } from './worst.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { calledBy } from '../../rules/step.ts'

/** How often one database's rotation may stop before the autopilot gives up: each stop must be cured by something new. */
const STOPS = 40

export interface AutopilotOptions {
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * Plays the operator of a rehearsal, honestly: it opens gates only by doing what cures them. It decides what is proposed, mends the
 * trust stores that 04 names, types the name, waits; it waives and attests nothing. Stops at the first database that it cannot finish.
 */
export async function autopilot(session: Session, options: AutopilotOptions): Promise<ExitCode> {
  for (const { desk } of session.databases) {
    const code = await rotate(session, desk, options)
    desk.release()
    if (code !== EXIT.done) return code
  }
  return EXIT.done
}

async function rotate(session: Session, desk: Desk, { say, signal }: AutopilotOptions): Promise<ExitCode> {
  for (let stops = 0; stops < STOPS; stops += 1) {
    const stop = await advance(desk, signal)
    if (stop.kind === 'done') return EXIT.done
    if (stop.kind === 'confirm') {
      const applied = await session.applier.apply(desk, stop.position.step, async () => calledBy(desk.about), signal)
      if (applied.kind === 'answered' && applied.outcome.kind === 'refused') {
        if (!isThrottled(applied.outcome.code)) return EXIT.unreachable
        // AWS took nothing and is busy: after a pause an operator confirms it anew, which is a new gate and a new intent.
        await desk.deps.sleep(desk.deps.patience.every, signal)
      }
      if (applied.kind === 'shown') return EXIT.done
      continue
    }
    if (stop.kind === 'unanswered') {
      say(`${calledBy(desk.about)}: nothing of it is to be seen: giving the intent up, to confirm anew`)
      await abandonIntent(desk, 'observed, and nothing of it was to be seen')
      continue
    }
    if (await comeBack(desk, stop, signal)) continue
    if (!(await cure(session, desk, stop, say, signal))) return exitOf(stop)
  }
  return EXIT.notProven
}

/** Does what cures a stop, if it is a thing that an operator could honestly do from here. Resolves to whether anything was done. */
async function cure(
  session: Session,
  desk: Desk,
  stop: Stop,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  if (stop.kind !== 'closed' && stop.kind !== 'short') return false
  const { position } = stop
  const undecided = undecidedIn(position)
  for (const decision of undecided) {
    const proposed = proposedFor(desk, decision)
    if (proposed === undefined) return false
    await desk.decide(decision, proposed, 'autopilot, as proposed')
  }
  if (undecided.length > 0) return true

  let cured = false
  for (const one of position.shortfalls.filter(({ met }) => !met)) {
    const remedy = session.remedies.find(({ cures, typed }) => !typed && cures(position.step, one))
    if (!remedy) return false
    say(`${calledBy(desk.about)}: ${await remedy.run(desk, one)}`)
    cured = true
  }
  if (cured) await look(desk, position.step, signal)
  return cured
}

function undecidedIn(position: Position): DecisionName[] {
  const named = new Set<unknown>([
    ...position.shortfalls
      .filter(({ shortfall }) => shortfall.code === 'undecided')
      .map(({ shortfall }) => shortfall.args['decision']),
    ...(position.gate.open
      ? []
      : position.gate.blockers.filter(({ code }) => code === 'undecided').map(({ args }) => args['decision'])),
  ])
  return DECISION_NAMES.filter((name) => named.has(name))
}
