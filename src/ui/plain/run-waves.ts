import { calledBy } from '../../rules/step.ts'
import { progressOf } from '../../rules/waves.ts'
import { failureSays } from '../view/failure-says.ts'
import { requestsShown } from '../view/requests-shown.ts'
import { standingWaves, type StandingWave } from '../view/standing-waves.ts'
import { table } from '../view/table.ts'
import { PROGRESS_WORDS, waveWords } from '../view/wave-words.ts'
import type { Session } from '../session.ts'
import { HALTED, haltAll, haltedBy, haltIn, resumeAll } from '../waves/halting.ts'
import { runWave, waveEndLines } from '../waves/run-wave.ts'
import type { Console } from './console.ts'

/**
 * The declared waves in plain lines, before the databases one by one: run under one confirmation, halted and resumed, as on the terminal
 * UI. Enter alone goes on to the databases. Throws when aborted, and ProgressUnusable.
 */
export async function runWaves(session: Session, out: Console, signal: AbortSignal): Promise<void> {
  while (session.waves.length > 0 && !out.left()) {
    const waves = standingWaves(session)
    const halt = await haltIn(session)
    for (const line of table(waves.map((one) => rowOf(one)))) out.say(line)
    if (halt) out.say(haltedBy(halt))
    const other = halt ? '"resume" to take the halt back' : '"halt" to begin nothing more of any'
    const typed = (
      await out.ask(`Waves: type a wave’s name to run it, ${other}, Enter for the databases one by one: `)
    ).trim()
    const chosen = waves.find(({ wave }) => wave.name === typed)
    if (typed === '') return
    if (chosen) await run(session, chosen, out, signal)
    else if (typed === 'halt') await stop(session, out)
    else if (typed === 'resume') {
      await resumeAll(session)
      out.say('No halt is in force.')
    } else out.say(`There is no wave "${typed}" here. Nothing was done.`)
  }
}

const rowOf = ({ wave: { name, members }, standing }: StandingWave): string[] => {
  const left = members.filter(({ desk }) => progressOf(desk.assess()).kind !== 'done')
  const some = left.length > 0 && left.length <= 3
  return [
    `  ${name}`,
    members.length === 1 ? '1 database' : `${members.length} databases`,
    waveWords(standing),
    some
      ? left.map(({ desk }) => `${calledBy(desk.about)} ${PROGRESS_WORDS[progressOf(desk.assess()).kind]}`).join(', ')
      : '',
  ]
}

async function stop(session: Session, out: Console): Promise<void> {
  const why = (await out.ask('    What happened? Type it, Enter to leave it: ')).trim()
  if (why === '') return
  await haltAll(session, why)
  out.say(HALTED)
}

async function run(session: Session, chosen: StandingWave, out: Console, signal: AbortSignal): Promise<void> {
  const { name, members } = chosen.wave
  const confirm: Parameters<typeof runWave>[2]['confirm'] = async (surveyed, expected) => {
    for (const line of requestsShown(session.runbook, surveyed)) out.say(line)
    return (await out.ask(`Type "${expected}" to send these one after the other, Enter to leave it: `)).trim()
  }
  try {
    const end = await runWave(session, chosen, { confirm }, signal)
    for (const line of waveEndLines(session, name, end)) out.say(line)
  } catch (error) {
    const said = signal.aborted ? undefined : failureSays(session.runbook, error)
    if (!said) throw error
    out.say(said.says)
    if (said.cure !== '') out.say(`→ ${said.cure}`)
  } finally {
    for (const { desk } of members) desk.release()
  }
}
