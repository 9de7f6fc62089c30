import { several } from '../../bundle/text.ts'
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { wholeName } from '../../rules/confirmation.ts'
import { planOf, plannedDatabase, type PlannedDatabase } from '../../rules/plan.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { surveyTogether } from '../../runner/together.ts'
import { utc } from '../../ui/view/duration.ts'
import { STANDING_WORDS } from '../../ui/view/english.ts'
import { numberOf } from '../../ui/view/sentences.ts'
import type { Session, SessionDatabase } from '../../ui/session.ts'
import { output } from '../common.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { me } from '../open-session.ts'
import { OperatorError } from '../operator-error.ts'
import { personsConsole } from './persons-console.ts'
import { blockerLines } from '../../ui/view/blocker-lines.ts'
import { heldBackByWaves } from '../../ui/waves/held-back.ts'
import { requestsShown } from '../../ui/view/requests-shown.ts'

/** Until when what a person said is good: what nobody can look at again unattended. */
function lastingLines(runbook: PlainRunbook, { name, proofs }: PlannedDatabase): readonly string[] {
  return Object.entries(proofs).flatMap(([step, { standing, repeatable, validUntil }]) => {
    if (repeatable) return []
    const until = validUntil === undefined ? 'for as long as this rotation lasts' : `valid until ${utc(validUntil)}`
    return [`  ${name}: ${numberOf(runbook, step)} ${STANDING_WORDS[standing]}, ${until}`]
  })
}

/** The plan's name: the file's, without folder and ending. */
const nameOf = (file: string): string => basename(file).replace(/\.[^.]+$/, '')

/**
 * `plan --out FILE`: looks at the databases, shows every request with what it rests on, takes the approver's name and one typed
 * confirmation, and writes them down for `apply`. Sends nothing. Throws OperatorError.
 */
export async function writePlan(
  session: Session,
  databases: readonly SessionDatabase[],
  file: string,
  signal: AbortSignal,
): Promise<ExitCode> {
  const name = nameOf(file)
  if (!/^[\w.-]+$/.test(name))
    throw new OperatorError(
      EXIT.usage,
      `--out ${file}: the file's name is what is typed to confirm it: letters, digits, . _ - alone.`,
    )
  const out = personsConsole('A plan', signal)
  try {
    const surveyed = await surveyTogether(
      databases.map(({ desk }) => desk),
      signal,
    )
    for (const line of requestsShown(session.runbook, surveyed)) out.say(line)
    const waves = heldBackByWaves(session, new Set(databases.map(({ desk }) => desk)))
    if (waves.length > 0) out.say('As the waves stand now, "apply" would send nothing:')
    for (const line of blockerLines(session.runbook, '', waves)) out.say(line)
    if (surveyed.unready.length > 0 || surveyed.requests.length === 0) {
      out.say(
        surveyed.requests.length === 0
          ? 'There is nothing to send. No plan was written.'
          : 'No plan was written: every database of it must be ready.',
      )
      return EXIT.closed
    }
    const planned = surveyed.requests.map(({ desk, step, change }) =>
      plannedDatabase(desk.about, desk.assess(), step, change),
    )
    const lasting = planned.flatMap((one) => lastingLines(session.runbook, one))
    if (lasting.length > 0) out.say('What a person said, and cannot be looked at again unattended:')
    for (const line of lasting) out.say(line)
    const approver = (await out.ask('Who approves it? Type a name, Enter to leave it: ')).trim()
    if (approver === '') return left(out.say)
    const expected = wholeName(name, planned.length)
    const typed = (await out.ask(`Type "${expected}" to approve these requests, Enter to leave it: `)).trim()
    if (typed !== expected)
      return left(out.say, typed && `"${typed}" was typed, and what has to be typed is "${expected}".`)
    const now = session.now()
    const plan = planOf({ name, at: now, by: me(), approver, databases: planned }, typed, now)
    save(file, `${JSON.stringify(plan, undefined, 2)}\n`)
    output.line(
      `${file} is written: ${several(planned.length, 'request')}, approved by ${approver}. "rds-ca-runbook apply ${file} --execute" carries it out.`,
    )
    return EXIT.done
  } finally {
    out.close()
  }
}

function left(say: (line: string) => void, why = ''): ExitCode {
  say(`${why ? `${why} ` : ''}Nothing was approved, and no plan was written.`)
  return EXIT.closed
}

/** A new file, 0600: it names databases, people and accounts. */
function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new OperatorError(
      EXIT.usage,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}. Nothing was approved.`,
    )
  }
}
