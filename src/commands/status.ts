import { runbook } from '../../steps/index.ts'
import { declaredBy } from '../config/declared.ts'
import { CannotAsk } from '../ports/control-plane.ts'
import { presentRotation } from '../rules/record.ts'
import type { Subject } from '../rules/words.ts'
import { showingApplier } from '../runner/apply.ts'
import type { RunnerDeps } from '../runner/deps.ts'
import { openDesk } from '../runner/desk.ts'
import { badgeLine, databaseLines, statusLines } from '../ui/plain/status-lines.ts'
import type { Session, SessionDatabase } from '../ui/session.ts'
import { asksFor, configOf, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { me, REAL_PATIENCE, savedProgress } from './open-session.ts'
import { accountSession } from './wizard.ts'

export interface StatusFlags extends CommonFlags {
  readonly offline?: boolean
}

/** `status`: what is there, and where each rotation stands. Reads AWS's list, or with `--offline` saved progress alone. */
export async function status(flags: StatusFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = flags.offline ? await savedSession(flags) : await accountSession(flags, signal)
  if (asksFor(flags) === 'json') {
    for (const line of databaseLines(session)) output.json(line)
    return EXIT.done
  }
  output.line(badgeLine(session.badge))
  for (const notice of session.notices) output.line(notice)
  for (const line of statusLines(session)) output.line(line)
  return EXIT.done
}

/** A session on saved progress: it can look at nothing, and says so. */
async function savedSession(flags: StatusFlags): Promise<Session> {
  const progress = savedProgress(flags.stateDir)
  const subjects = (await progress.subjects()).filter(({ kind }) => kind === 'database')
  const named: { name: string; subject: Subject }[] = []
  for (const subject of subjects) {
    const rotation = presentRotation((await progress.open(subject)).state)
    named.push({ subject, name: rotation?.name ?? subject.id })
  }
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: {
      open: async () => {
        throw new CannotAsk('Offline', 'open', 'With --offline nothing is looked at.')
      },
    },
    declared: declaredBy(configOf(flags), (name) => named.find((one) => one.name === name)?.subject),
    who: me(),
    patience: REAL_PATIENCE,
    notify: () => {},
    now: Date.now,
    sleep: async () => {},
    newId: () => '',
  }
  const databases: SessionDatabase[] = []
  for (const about of named) databases.push({ desk: await openDesk(deps, about) })
  return {
    runbook,
    badge: { world: 'SAVED PROGRESS', mode: 'DRY RUN', region: progress.directory },
    databases,
    applier: showingApplier(),
    remedies: [],
    notices: [],
    now: Date.now,
    listen: () => () => {},
  }
}
