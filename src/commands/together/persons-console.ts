import { openConsole, type Console } from '../../ui/plain/console.ts'
import { EXIT } from '../exit-codes.ts'
import { terminal } from '../front.ts'
import { OperatorError } from '../operator-error.ts'

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
