import { databaseLines, badgeLine, nextLine } from '../ui/plain/status-lines.ts'
import type { Session } from '../ui/session.ts'
import { terminalOf, uiFor, type Terminal, type UiKind } from '../ui/terminal.ts'
import { output, printEvents } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { exitOf, worstOf } from './drive/worst.ts'
import { calledBy } from '../rules/step.ts'

export const terminal = (): Terminal => terminalOf(process, process.env)

/** Badge and notices, before anything else. */
export function announce(session: Session, ui: UiKind): void {
  if (ui === 'json')
    return output.json({
      event: 'session',
      ...session.badge,
      notices: session.notices,
      databases: databaseLines(session),
    })
  output.line(badgeLine(session.badge))
  for (const notice of session.notices) output.line(notice)
}

/** What is known from before of each database, before anything is done. JSON has it in the session's line. */
export function recorded(session: Session, ui: UiKind): void {
  if (ui === 'json') return
  const begun = new Set(session.databases.filter(({ desk }) => desk.rotation).map(({ desk }) => calledBy(desk.about)))
  for (const line of databaseLines(session)) if (begun.has(line.name)) output.line(`on record: ${nextLine(line)}`)
}

/** Where each database stands, in the end; and the exit code that it comes to. */
export function standings(session: Session, ui: UiKind): ExitCode {
  const lines = databaseLines(session)
  for (const line of lines) {
    if (ui === 'json') output.json({ event: 'next', ...line })
    else output.line(nextLine(line))
  }
  return lines.every((line) => line.at === 'done') ? EXIT.done : EXIT.closed
}

/** Puts a session before the operator: the terminal UI, plain questions, or, where nobody can answer, what a program can be told. */
export async function attendTo(session: Session, asked: UiKind | undefined, signal: AbortSignal): Promise<ExitCode> {
  const facts = terminal()
  const ui = uiFor(facts, asked)
  const somebody = facts.stdinTty && facts.stdoutTty
  if (ui === 'tui' && somebody) {
    const { runTui } = await import('../ui/tui/run-tui.tsx')
    const result = await runTui(session, facts, { signal })
    for (const line of databaseLines(session)) output.line(nextLine(line))
    return result.kind === 'interrupted' ? EXIT.interrupted : EXIT.done
  }
  const lines = ui === 'tui' ? 'plain' : ui
  announce(session, lines)
  printEvents(session, lines)
  if (session.applier.mode === 'shows') {
    const { dryRun } = await import('./drive/dry-run.ts')
    await dryRun(session, signal)
    standings(session, lines)
    return EXIT.done
  }
  if (!somebody || lines === 'json') return standings(session, lines)
  recorded(session, lines)
  const { plainWizard } = await import('../ui/plain/plain-wizard.ts')
  const { stops, left } = await plainWizard(session, process, signal)
  const standing = standings(session, lines)
  // What is not done waits for a person, whatever else is short.
  return left ? standing : worstOf(stops.map((stop) => exitOf(stop)))
}
