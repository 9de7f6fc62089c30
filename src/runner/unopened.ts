import type { Assessment } from '../rules/assess.ts'
import { canonical, type Instant } from '../rules/words.ts'
import type { RunnerDeps } from './deps.ts'

interface Made {
  readonly assessment: Assessment
  readonly at: Instant
}

const made = new WeakMap<RunnerDeps, Map<string, Made>>()

/** A clock that was set back can change the answer too: evidence dated in the future is expired. */
export const isStill = ({ assessment, at }: Made, now: Instant): boolean => at <= now && now <= assessment.until

/**
 * How databases stand of which nothing is on record. Nothing tells them apart but where they are and what is decided of them, which
 * `alike` says: those that are alike share one assessment. A fleet has thousands, and each of its own takes 14 kB.
 */
export function assessUnopened(deps: RunnerDeps, alike: unknown, now: Instant, make: () => Assessment): Assessment {
  const known = made.get(deps) ?? new Map<string, Made>()
  made.set(deps, known)
  const key = canonical(alike)
  const last = known.get(key)
  if (last && isStill(last, now)) return last.assessment
  const assessment = make()
  known.set(key, { assessment, at: now })
  return assessment
}
