import { HeldByAnother, ProgressUnusable } from '../../ports/progress.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { failureOf } from '../../runner/failure.ts'
import { utc } from './duration.ts'
import type { Said } from './said.ts'
import { sentenceOf } from './sentences.ts'

/** An error that an operator can see to, in words. Undefined: it is a bug, and the program ends with it. */
export function failureSays(runbook: PlainRunbook, error: unknown): Said | undefined {
  if (error instanceof HeldByAnother) {
    const { holder } = error
    if (!holder) return { tone: 'warn', says: error.message, cure: 'Wait until it is free, then go on.' }
    const { user, host, pid, since, purpose } = holder
    return {
      tone: 'warn',
      says: `${user}@${host} (process ${pid}) has been working on this database since ${utc(since)}: ${purpose}.`,
      cure: `Wait, or ask ${user}; then go on.`,
    }
  }
  if (error instanceof ProgressUnusable)
    return { tone: 'danger', says: error.message, cure: 'Nothing was overwritten.' }
  const failure = failureOf(error)
  if (!failure) return undefined
  const { says, cure } = sentenceOf(runbook, '', failure.reason)
  return { tone: 'warn', says: failure.detail ? `${says} ${failure.detail}` : says, cure }
}
