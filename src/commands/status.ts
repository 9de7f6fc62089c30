import { badgeLine, databaseLines, statusLines } from '../ui/plain/status-lines.ts'
import { applicationsOf } from '../config/applications.ts'
import { asksFor, configOf, output, outputWidth, type CommonFlags } from './common.ts'
import { exitOfReading, type ExitCode } from './exit-codes.ts'
import { applicationsOfSession } from './people/asked-applications.ts'
import { askingLines, inOrderOfUrgency } from './people/asking-lines.ts'
import { assumeProposed } from './people/session-applications.ts'
import { askingOf } from './people/standing.ts'
import { savedSession } from './saved-session.ts'
import { accountSession } from './wizard.ts'

export interface StatusFlags extends CommonFlags {
  readonly offline?: boolean
}

/** `status`: what is there, where each rotation stands, and where asking about each application has got to. Reads AWS's list, or with `--offline` saved progress alone. Exit code 5 where an account or a Region could not be read. */
export async function status(flags: StatusFlags, signal: AbortSignal): Promise<ExitCode> {
  const session = flags.offline ? await savedSession(flags) : await accountSession(flags, signal)
  const databases = databaseLines(session)
  assumeProposed(session)
  const applications = applicationsOfSession(session, applicationsOf(configOf(flags)))
  const asking = applications.map((one) => askingOf(one, session.now()))
  if (asksFor(flags) === 'json') {
    for (const line of databases) output.json(line)
    for (const one of inOrderOfUrgency(asking)) output.json(one)
    return exitOfReading(session)
  }
  output.line(badgeLine(session.badge))
  for (const notice of session.notices) output.line(notice)
  for (const line of [...statusLines(databases, outputWidth()), ...askingLines(asking)]) output.line(line)
  return exitOfReading(session)
}
