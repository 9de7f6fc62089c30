import { runbook } from '../../steps/index.ts'
import { several } from '../bundle/text.ts'
import { readPlan, foreign, type Plan } from '../rules/plan.ts'
import { sameSubject, type Reason, type Subject } from '../rules/words.ts'
import {
  confirmPlanned,
  differences,
  isPlanned,
  takeDecisions,
  type Difference,
  type PlannedDesk,
} from '../runner/planned.ts'
import { changeTogether } from '../runner/together.ts'
import { changeShown } from '../ui/view/page.ts'
import { blockerSentence, sentenceOf } from '../ui/view/sentences.ts'
import { togetherSays } from '../ui/view/together-says.ts'
import { blockerLines } from '../ui/view/blocker-lines.ts'
import { heldBackByWaves } from '../ui/waves/held-back.ts'
import { haltIn } from '../ui/waves/halting.ts'
import { badgeLine } from '../ui/plain/status-lines.ts'
import type { Session } from '../ui/session.ts'
import { asksFor, fileOf, output, printEvents, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { announce, standings } from './front.ts'
import { OperatorError } from './operator-error.ts'
import { accountSession } from './wizard.ts'
import { exitOfTogether } from './together/exit-of.ts'

/** What is no plan at all is a wrong argument; one that says something else than was approved is refused as a closed gate is. */
const exitOfUnreadable = ({ code }: Reason): ExitCode => (code === 'plan-edited' ? EXIT.closed : EXIT.usage)

/** The plan in a file. Throws OperatorError with why it is none that can be carried out. */
function planIn(file: string): Plan {
  const text = fileOf('apply', file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const read = readPlan(value)
  if (read.kind === 'plan') return read.plan
  const { says, cure } = sentenceOf(runbook, '', read.why)
  throw new OperatorError(exitOfUnreadable(read.why), `${file}: ${says} Nothing was sent. → ${cure}`)
}

/** The desks of a plan's databases, in its order; and those that are not read here. */
function planned(
  session: Session,
  plan: Plan,
): { readonly desks: readonly PlannedDesk[]; readonly missing: readonly Difference[] } {
  const desks: PlannedDesk[] = []
  const missing: Difference[] = []
  for (const one of plan.databases) {
    const found = session.databases.find(({ desk }) => sameSubject(desk.about.subject, one.subject as Subject))
    if (!found) missing.push({ name: one.name, step: one.step, reasons: [foreign(one)] })
    else desks.push({ desk: found.desk, planned: one, resumes: isPlanned(found.desk, plan) })
  }
  return { desks, missing }
}

/**
 * `apply FILE`: carries out unattended what was reviewed. Each request must be the one that was approved, each proof must show what it
 * showed then, and each gate must be open now; where anything differs, nothing is sent at all. Run again after it was killed, it goes on.
 * Without `--execute` it looks, and says what differs.
 */
export async function apply(file: string, flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  const plan = planIn(file)
  const session = await accountSession(flags, signal)
  const json = asksFor(flags) === 'json'
  if (json) announce(session, 'json')
  else {
    output.line(badgeLine(session.badge))
    output.line(
      `${plan.name}: ${several(plan.databases.length, 'request')}, approved by ${plan.approver} on ${new Date(plan.confirmation.at).toISOString()}`,
    )
  }
  const { desks, missing } = planned(session, plan)
  if (missing.length === 0 && desks.every(({ desk, resumes }) => resumes && desk.rotation?.end)) {
    const { says } = sentenceOf(session.runbook, '', { code: 'plan-applied', args: {} })
    output.line(json ? JSON.stringify({ event: 'refused', code: 'plan-applied' }) : `${file}: ${says}`)
    return EXIT.closed
  }
  const waves = heldBackByWaves(session, new Set(desks.map(({ desk }) => desk)))
  if (waves.length > 0) {
    if (json)
      for (const one of waves) output.json({ event: 'refused', ...one, ...blockerSentence(session.runbook, '', one) })
    else for (const line of [...blockerLines(session.runbook, '', waves), 'Nothing was sent.']) output.line(line)
    return EXIT.closed
  }
  const stopPrinting = printEvents(session, json ? 'json' : 'plain')
  const differing = missing.length > 0 ? missing : await differences(desks, signal)
  if (differing.length > 0) {
    refuse(session, differing, json)
    return EXIT.closed
  }
  if (session.applier.mode === 'shows') {
    if (!json) for (const one of desks) output.line(`${one.planned.name}: ${changeShown(one.planned.change).cli}`)
    return EXIT.done
  }
  for (const one of desks) await takeDecisions(one, plan)
  const stop = await changeTogether(
    desks.map(({ desk }) => desk),
    {
      applier: session.applier,
      atOnce: 1,
      confirm: confirmPlanned(plan, desks),
      halted: async () => (await haltIn(session)) !== undefined,
      signal,
    },
  )
  stopPrinting()
  for (const line of togetherSays(session.runbook, stop))
    output.line(json ? JSON.stringify({ event: 'stopped', says: line }) : line)
  standings(
    { ...session, databases: session.databases.filter(({ desk }) => desks.some((one) => one.desk === desk)) },
    json ? 'json' : 'plain',
  )
  return exitOfTogether(stop)
}

function refuse(session: Session, differing: readonly Difference[], json: boolean): void {
  for (const { name, step, reasons } of differing) {
    const said = reasons.map((reason) => ({ ...reason, ...sentenceOf(session.runbook, step, reason) }))
    if (json) output.json({ event: 'refused', database: name, reasons: said })
    else for (const { says, cure } of said) output.line(`${name}: ${says} → ${cure}`)
  }
  if (!json) output.line('Nothing was sent.')
}
