import { takeReplies } from '../../people/take-replies.ts'
import type { Instant } from '../../rules/words.ts'
import type { SavedProgress } from '../../runner/deps.ts'
import type { Session } from '../../ui/session.ts'
import { tookSays } from './took-says.ts'

/** What a session does with a pasted text. */
export const pastedReplies =
  (progress: SavedProgress, now: () => Instant): Session['takeReplies'] =>
  async (text) => {
    const took = await takeReplies(text, { progress, from: 'pasted', now })
    return took.map((one) => {
      const [says = '', ...more] = tookSays(one, 'pasted')
      const rest = more.map((line) => line.replace(/^[\s→]+/, '')).join('; ')
      return one.kind === 'taken'
        ? { tone: 'good', says: rest === '' ? says : `${says} ${rest}`, cure: '' }
        : { tone: 'warn', says, cure: rest }
    })
  }
