import { EXIT, type ExitCode } from './exit-codes.ts'

/** What a failure says to the operator, and the exit code of its kind. By name: the modules that throw may not be loaded. */
export async function failureSentence(error: unknown): Promise<{ readonly sentence: string; readonly code: ExitCode }> {
  if (!(error instanceof Error)) return { sentence: `Bug: ${String(error)}`, code: EXIT.bug }
  switch (error.name) {
    case 'OperatorError':
      return { sentence: error.message, code: 'exitCode' in error ? (error.exitCode as ExitCode) : EXIT.usage }
    case 'CannotReadStore':
    case 'ConfigUnusable':
    case 'ProgressUnusable':
    case 'RegionUnusable':
      return { sentence: error.message, code: EXIT.usage }
    case 'HeldByAnother':
    case 'RotationUnderWay':
      return { sentence: error.message, code: EXIT.closed }
    case 'CannotAsk':
    case 'CannotFetch':
      return { sentence: error.message, code: EXIT.unreachable }
    default:
      return {
        sentence: `Bug: ${error.stack ?? error.message}\nThis is an error of rds-ca-runbook itself. What was saved before is untouched; nothing is sent without a record.`,
        code: EXIT.bug,
      }
  }
}
