import { isThrottled, type Outcome } from '../../rules/change.ts'
import type { Reason } from '../../rules/words.ts'

/** Why AWS did not take a change, in a sentence of its own where there is something of its own to do about it. */
export function refusalOf({ code, message }: Extract<Outcome, { kind: 'refused' }>): Reason {
  const args = { code, message }
  if (isThrottled(code)) return { code: 'refused-throttled', args }
  if (code.startsWith('CertificateNotFound')) return { code: 'refused-retired', args }
  return { code: 'refused', args }
}
