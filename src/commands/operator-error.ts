import { EXIT, type ExitCode } from './exit-codes.ts'

/** Something that the operator has to see to: a sentence with what to do, and the exit code that says its kind. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly exitCode: ExitCode
  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** What a command that only looks ends with when it is interrupted. */
export const interruptedLooking = (cause: unknown): OperatorError =>
  new OperatorError(EXIT.interrupted, 'Interrupted before there was an answer. Nothing was saved; start it again.', {
    cause,
  })
