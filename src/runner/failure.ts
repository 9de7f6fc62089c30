import { CannotAsk } from '../ports/control-plane.ts'
import { CannotFetch } from '../ports/bundles.ts'
import { CannotLogIn } from '../ports/sql.ts'
import { CannotReadStore } from '../ports/trust-stores.ts'
import { CannotReach, HandshakesWait } from '../ports/wire.ts'
import { CannotLook } from '../rules/step.ts'
import type { Instant, Reason } from '../rules/words.ts'

/** A failed look's reason, and the sentence that says it in the adapter's own words. */
export interface LookFailure {
  readonly reason: Reason
  readonly detail: string
  /** It did not fail but waits, until then. */
  readonly until?: Instant
  /** It takes from what was seen before that it holds still. */
  readonly refutes?: true
}

/**
 * What a failed look is put on record as. Undefined: not a failed look but a bug, or an abort, which the caller passes on.
 * Arguments are steady (no times, no counts): a waiver covers exactly these.
 */
export function failureOf(error: unknown): LookFailure | undefined {
  if (error instanceof CannotLook) return { reason: error.reason, detail: '', ...(error.refutes && { refutes: true }) }
  if (error instanceof CannotAsk) {
    const { operation, code, permission } = error
    return permission
      ? { reason: { code: 'permission', args: { operation, permission } }, detail: error.message }
      : { reason: { code: 'cannot-ask', args: { operation, error: code } }, detail: error.message }
  }
  if (error instanceof CannotReach)
    return { reason: { code: 'cannot-reach', args: { stage: error.stage, error: error.code } }, detail: error.message }
  if (error instanceof HandshakesWait) {
    const { why, endpoint, until } = error
    return { reason: { code: `handshakes-${why}`, args: { endpoint } }, detail: '', until }
  }
  if (error instanceof CannotLogIn && error.certificate) {
    const { engine, endpoint, checks } = error.certificate
    return { reason: { code: 'certificate-refused', args: { engine, endpoint, checks } }, detail: error.message }
  }
  if (error instanceof CannotLogIn)
    return { reason: { code: 'cannot-log-in', args: { error: error.code } }, detail: error.message }
  if (error instanceof CannotFetch)
    return { reason: { code: 'cannot-fetch', args: { error: error.code } }, detail: error.message }
  if (error instanceof CannotReadStore)
    return { reason: { code: 'cannot-read-store', args: { error: error.code } }, detail: error.message }
  return undefined
}
