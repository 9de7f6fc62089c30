import { wholeName, type ConfirmedWhole, type Confirmation } from '../../rules/confirmation.ts'
import { changeDigest } from '../../rules/change.ts'
import type { Surveyed } from '../../runner/together.ts'
import { openConsole, type Console } from '../../ui/plain/console.ts'
import type { Session } from '../../ui/session.ts'
import { output } from '../common.ts'
import { EXIT } from '../exit-codes.ts'
import { terminal } from '../front.ts'
import { me } from '../open-session.ts'
import { OperatorError } from '../operator-error.ts'
import { requestsShown } from './requests-shown.ts'

/** Opens a console for what only a person can type. Throws OperatorError where there is no terminal: no flag answers for a person. */
export function personsConsole(what: string, signal: AbortSignal): Console {
  const { stdinTty, stdoutTty } = terminal()
  if (!stdinTty || !stdoutTty)
    throw new OperatorError(
      EXIT.usage,
      `${what} is confirmed by typing, on a terminal. Nothing was sent. To run unattended: "plan --out FILE" there, then "apply FILE --execute" here.`,
    )
  return openConsole(process, signal)
}

/** Shows every request and asks for the words that confirm all of them. Undefined: something else was typed, and that is said. */
export async function confirmWhole(
  session: Session,
  surveyed: Surveyed,
  of: ConfirmedWhole & { readonly kind: 'wave' },
  out: Console,
): Promise<Confirmation | undefined> {
  const expected = wholeName(of.name, surveyed.requests.length)
  for (const line of requestsShown(session.runbook, surveyed)) out.say(line)
  const typed = (await out.ask(`Type "${expected}" to send these one after the other, Enter to leave it: `)).trim()
  if (typed !== expected) {
    output.line(
      typed === ''
        ? 'Nothing was confirmed, and nothing was sent.'
        : `"${typed}" was typed, and what has to be typed is "${expected}". Nothing was sent.`,
    )
    return undefined
  }
  return {
    typed,
    digests: surveyed.requests.map(({ change }) => changeDigest(change)),
    at: session.now(),
    by: me(),
    of,
  }
}
