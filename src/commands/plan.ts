import { survey } from '../runner/survey.ts'
import { blockerLines } from '../ui/view/blocker-lines.ts'
import { badgeLine } from '../ui/plain/status-lines.ts'
import { noteLines } from '../ui/view/position-lines.ts'
import { changeShown, endWords, stepLine } from '../ui/view/page.ts'
import { table } from '../ui/view/table.ts'
import { blockerSentence } from '../ui/view/sentences.ts'
import type { Session, SessionDatabase } from '../ui/session.ts'
import { askPasswords } from './ask-passwords.ts'
import { asksFor, configOf, output, type CommonFlags } from './common.ts'
import { databaseNamed } from './database-named.ts'
import { worstOf } from './drive/worst.ts'
import { EXIT, exitOfReading, type ExitCode } from './exit-codes.ts'
import { standingWaves } from '../ui/view/standing-waves.ts'
import { waveNamed } from './together/waves-of.ts'
import { writePlan } from './together/write-plan.ts'
import { accountSession } from './wizard.ts'
import { calledBy } from '../rules/step.ts'
import { placeWords } from '../rules/words.ts'

export interface PlanFlags extends CommonFlags {
  /** Where to write the plan that `apply` carries out. */
  readonly out?: string
  readonly wave?: string
}

interface Chosen extends SessionDatabase {
  readonly wave: string | undefined
}

/** The databases that were named, or those of a wave, or all, by wave where waves are declared. Throws OperatorError. */
function chosen(session: Session, names: readonly string[], wave: string | undefined): readonly Chosen[] {
  const waves = standingWaves(session)
  const within = wave === undefined ? waves : [waveNamed(waves, wave)]
  const all = within.flatMap(({ wave: { name, members } }) =>
    members.map((one) => ({ ...one, wave: session.waves.length > 0 ? name : undefined })),
  )
  if (names.length === 0) return all
  const named = new Set(names.map((name) => databaseNamed({ databases: all }, name).desk))
  return all.filter(({ desk }) => named.has(desk))
}

/**
 * `plan`: for each database what is proven, what is missing, and the request, also as an AWS CLI command. It looks, and sends nothing,
 * whatever the flags say. Exit code 3 while any gate is closed; 5 where all were asked for and a Region could
 * not be read.
 */
export async function plan(names: readonly string[], flags: PlanFlags, signal: AbortSignal): Promise<ExitCode> {
  const typed = asksFor(flags) === 'json' ? undefined : await askPasswords(configOf(flags), signal)
  const session = await accountSession({ ...flags, execute: false }, signal, typed)
  const { runbook } = session
  const json = asksFor(flags) === 'json'
  const databases = chosen(session, names, flags.wave)
  if (flags.out !== undefined) return writePlan(session, databases, flags.out, signal)
  if (!json) for (const line of [badgeLine(session.badge), ...session.notices]) output.line(line)
  if (databases.length === 0) {
    const nothing = nothingToPlan(session, flags.wave)
    if (json) output.json({ nothing })
    else output.line(nothing)
  }
  let closed = false
  let before: string | undefined
  for (const { desk, wave } of databases) {
    const { rotation } = desk
    const ended = rotation?.end
    const id = ended ? '' : await survey(desk, signal)
    const assessment = desk.assess()
    const lines = [...assessment.steps.values()].map((position) => stepLine(runbook, assessment, position))
    const position = assessment.steps.get(id)
    // What would be sent if nothing were so already is no request.
    const isSo = position?.standing === 'not-applicable'
    const change = !isSo && position?.change ? changeShown(position.change) : undefined
    const blockers = !ended && position && !position.gate.open ? position.gate.blockers : []
    const open = ended !== undefined || position?.gate.open === true || isSo
    closed ||= !open
    if (json) {
      const said = blockers.map((one) => ({ ...one, ...blockerSentence(runbook, id, one) }))
      output.json({
        database: calledBy(desk.about),
        wave,
        steps: lines,
        notes: noteLines(runbook, assessment),
        change: change ?? null,
        blockers: said,
        open,
      })
      continue
    }
    if (wave !== before) output.line(`\nWave ${wave}`)
    before = wave
    output.line('')
    output.line(
      `${calledBy(desk.about)} (${assessment.decided.environment ?? 'production'}, ${placeWords(desk.about.subject)})${rotation?.end ? `: ${endWords(rotation, rotation.end)}` : ''}`,
    )
    for (const line of table(lines.map((one) => [`  ${one.number}`, one.title, one.word, one.because])))
      output.line(line)
    if (ended) continue
    for (const line of noteLines(runbook, assessment)) output.line(`  ${line}`)
    if (change) output.line(`  ${change.cli}`)
    for (const line of blockerLines(runbook, id, blockers)) output.line(line)
  }
  // Named databases were found; a list of all of them must be whole.
  const reading = names.length === 0 ? exitOfReading(session) : EXIT.done
  return worstOf([reading, closed ? EXIT.closed : EXIT.done])
}

/** Why there is nothing to plan for, and where that was looked for. */
function nothingToPlan({ databases, accountDefaults = [], unread = [] }: Session, wave: string | undefined): string {
  if (wave !== undefined && databases.length > 0)
    return `Nothing belongs to the wave ${wave}. "rds-ca-runbook wave list" tells what does to the others. There is nothing to send.`
  const places = accountDefaults.map(({ desk }) => desk.about.name).join(', ')
  const not = unread.length === 0 ? '' : ` Not read: ${unread.join(', ')}.`
  return `No database or cluster whose CA is to be changed by anybody but AWS is listed in ${places}.${not} There is nothing to send. → Where some should be, name their profiles and Regions: --profiles, --regions.`
}
