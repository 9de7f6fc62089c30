import type { Outcome } from '../rules/change.ts'
import { awsError, isThrottling } from './aws-error.ts'

/**
 * What came of a change whose request failed. Only AWS's own word says that it was refused; and what never left this machine cannot
 * have been taken. All else is unknown: a 5xx, AWS's own too, can come after the change was taken on, and so can a cut connection.
 */
export function outcomeOfFailure(error: unknown): Outcome {
  const failure = awsError(error)
  const { code, message, answered, status, requestId, unsent } = failure
  if (unsent) return { kind: 'refused', code, message: `The request did not leave this machine: ${message}` }
  if (answered && (isThrottling(failure) || (status !== undefined && status >= 400 && status < 500))) {
    return { kind: 'refused', code, message, ...(requestId === undefined ? {} : { requestId }) }
  }
  return { kind: 'unknown', cause: `${status === undefined ? 'no answer' : `HTTP ${status}`} (${code}: ${message})` }
}

/** What came of a change that was answered with success: the answer of a proxy, which reads like an empty one, is none. */
export const outcomeOfAnswer = (holdsResult: boolean, requestId: string | undefined): Outcome =>
  holdsResult
    ? { kind: 'accepted', requestId: requestId ?? 'none given' }
    : { kind: 'unknown', cause: 'the answer was not AWS’s: it holds nothing of what was changed' }
