import { badgeLine, databaseLines, statusLines } from '../ui/plain/status-lines.ts'
import { asksFor, output, type CommonFlags } from './common.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { savedSession } from './saved-session.ts'
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
