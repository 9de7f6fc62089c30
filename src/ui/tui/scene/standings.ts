import type { Assessment } from '../../../rules/assess.ts'
import type { Instant } from '../../../rules/words.ts'
import type { Session } from '../../session.ts'

/** How the session's databases stand: derived when somebody looks, and kept until something happened or time alone can change it. */
export interface Standings {
  /** Throws when there is no database of that index. */
  of(index: number): Assessment
}

interface Kept {
  readonly assessment: Assessment
  readonly revision: number
  readonly at: Instant
}

/** `revision`: counts what could have changed how databases stand. */
export function standingsOf(session: Session, revision: () => number): Standings {
  const kept = new Map<number, Kept>()
  return {
    of(index) {
      const now = session.now()
      const last = kept.get(index)
      // A clock that was set back can change the answer too: evidence dated in the future is expired.
      if (last && last.revision === revision() && last.at <= now && now <= last.assessment.until) return last.assessment
      const desk = session.databases[index]?.desk
      if (!desk) throw new Error(`Bug: the session has no database ${index}`)
      const assessment = desk.assess()
      kept.set(index, { assessment, revision: revision(), at: now })
      return assessment
    },
  }
}
