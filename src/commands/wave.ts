import { several } from '../bundle/text.ts'
import { calledBy } from '../rules/step.ts'
import { progressOf } from '../rules/waves.ts'
import { haltWaves, resumeWaves } from '../runner/halt.ts'
import { blockerSentence } from '../ui/view/sentences.ts'
import { table } from '../ui/view/table.ts'
import { waveWords } from '../ui/view/wave-words.ts'
import { blockerLines } from '../ui/view/blocker-lines.ts'
import { badgeLine, databaseLines } from '../ui/plain/status-lines.ts'
import { askPasswords } from './ask-passwords.ts'
import { asksFor, configOf, output, printEvents, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { savedProgress } from './open-session.ts'
import { OperatorError } from './operator-error.ts'
import { accountSession } from './wizard.ts'
import { exitOfWave } from './together/exit-of.ts'
import { personsConsole } from './together/persons-console.ts'
import { requestsShown } from '../ui/view/requests-shown.ts'
import { standingWaves } from '../ui/view/standing-waves.ts'
import { HALTED, haltedBy, haltIn } from '../ui/waves/halting.ts'
import { blockersOf, runWave, waveEndLines, type WaveFront } from '../ui/waves/run-wave.ts'
import { waveNamed } from './together/waves-of.ts'

const isJson = (flags: CommonFlags): boolean => asksFor(flags) === 'json'

/** `wave list`: the waves in their order, how many databases each has, and how it stands by what is on record. Looks at nothing. */
export async function listWaves(flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = await accountSession({ ...flags, execute: false }, signal)
  const waves = standingWaves(session)
  const halt = await haltIn(session)
  if (isJson(flags)) {
    for (const { wave, standing } of waves)
      output.json({ wave: wave.name, databases: wave.members.map(({ desk }) => calledBy(desk.about)), ...standing })
    if (halt) output.json({ halted: halt })
    return EXIT.done
  }
  output.line(badgeLine(session.badge))
  const rows = waves.map(({ wave, standing }) => [
    wave.name,
    several(wave.members.length, 'database'),
    waveWords(standing),
  ])
  for (const line of table(rows)) output.line(line)
  if (waves.length === 0) output.line('There are no databases.')
  if (halt) output.line(haltedBy(halt))
  return EXIT.done
}

/** `wave show NAME`: its databases in the order in which they go, and where each stands. Looks at nothing. */
export async function showWave(name: string, flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = await accountSession({ ...flags, execute: false }, signal)
  const waves = standingWaves(session)
  const { wave, standing } = waveNamed(waves, name)
  const blockers = await blockersOf(session, waves, name)
  const lines = new Map(databaseLines(session).map((line) => [line.name, line]))
  if (isJson(flags)) {
    output.json({
      wave: wave.name,
      ...standing,
      databases: wave.members.map(({ desk }) => ({
        ...lines.get(calledBy(desk.about)),
        progress: progressOf(desk.assess()),
      })),
      blockers: blockers.map((one) => ({ ...one, ...blockerSentence(session.runbook, '', one) })),
    })
    return EXIT.done
  }
  output.line(badgeLine(session.badge))
  output.line(
    `${wave.name}: ${several(wave.members.length, 'database')}, ${wave.atOnce} at a time; ${waveWords(standing)}`,
  )
  const rows = wave.members.map(({ desk }) => {
    const line = lines.get(calledBy(desk.about))
    return [`  ${calledBy(desk.about)}`, line?.environment ?? '', line?.at ?? '', line?.word ?? '', line?.because ?? '']
  })
  for (const line of table(rows)) output.line(line)
  for (const line of blockerLines(session.runbook, '', blockers)) output.line(line)
  return EXIT.done
}

/**
 * `wave run NAME`: looks at every database of the wave, shows every request, takes one confirmation for all of them, and changes them in
 * order, until all are verified on the wire or the first does not go well. Without `--execute` it shows. Run again, it goes on.
 */
export async function run(name: string, flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  if (isJson(flags))
    throw new OperatorError(EXIT.usage, 'A wave is confirmed by a person: wave run has no --json. Nothing was sent.')
  const session = await accountSession(flags, signal, await askPasswords(configOf(flags), signal))
  const chosen = waveNamed(standingWaves(session), name)
  output.line(badgeLine(session.badge))
  for (const notice of session.notices) output.line(notice)
  const stopPrinting = printEvents(session, 'plain')
  const confirm: WaveFront['confirm'] = async (surveyed, expected) => {
    const out = personsConsole('A wave', signal)
    try {
      for (const line of requestsShown(session.runbook, surveyed)) out.say(line)
      return (await out.ask(`Type "${expected}" to send these one after the other, Enter to leave it: `)).trim()
    } finally {
      out.close()
    }
  }
  const end = await runWave(session, chosen, { confirm }, signal)
  stopPrinting()
  for (const line of waveEndLines(session, name, end)) output.line(line)
  return exitOfWave(end)
}

/**
 * `wave halt`: nothing more of any wave is begun, in any process on this state directory, until `wave resume`. Needs neither AWS nor
 * credentials: it must work when nothing else does.
 */
export async function halt(flags: CommonFlags & { readonly why: string }): Promise<ExitCode> {
  if (flags.why.trim() === '') throw new OperatorError(EXIT.usage, 'Say why: --why TEXT. Nothing was halted.')
  const { progress, worlds } = await onRecord(flags)
  await haltWaves(progress, worlds, flags.why.trim())
  output.line(HALTED)
  return EXIT.done
}

/** `wave resume`: takes a halt back. Sends nothing. */
export async function resume(flags: CommonFlags): Promise<ExitCode> {
  const { progress, worlds } = await onRecord(flags)
  await resumeWaves(progress, worlds)
  output.line('No halt is in force. Go on with "rds-ca-runbook wave run NAME".')
  return EXIT.done
}

/** Saved progress, and the accounts and endpoints that it knows. */
async function onRecord(flags: CommonFlags) {
  const progress = savedProgress(flags.stateDir)
  const worlds = [...new Set((await progress.subjects()).map(({ world }) => world))]
  if (worlds.length === 0)
    throw new OperatorError(
      EXIT.usage,
      'Nothing is on record here, so no wave can be under way. Is it the right --state-dir?',
    )
  return { progress, worlds }
}
