import type { Blocker } from '../../rules/gate.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import type { Standing } from '../../rules/standing.ts'
import { fillIn, type Reason } from '../../rules/words.ts'
import { DECISION_WORDS, ENGLISH, STANDING_WORDS, type Sentence } from './english.ts'

/** A title within a sentence: its first letter small, names like CA and AWS as they are. */
const inSentence = (title: string): string => title.charAt(0).toLowerCase() + title.slice(1)

/** The number of a step, as people say it: `05`. */
export const numberOf = (runbook: PlainRunbook, step: string): string => runbook.steps[step]?.number ?? '??'

/**
 * A reason in words: what is so, and what to do. `step` is the step that says it; what the rules say themselves is looked up
 * when the step has no such code. A code without a text shows as it is: it is never swallowed.
 */
export function sentenceOf(runbook: PlainRunbook, step: string, { code, args }: Reason): Sentence {
  const own = runbook.steps[step]?.text[code]
  const sentence = own ?? ENGLISH[code] ?? { says: code, cure: '' }
  const named = { ...args }
  const other = args['step']
  if (!own && typeof other === 'string') {
    named['number'] = numberOf(runbook, other)
    named['step'] = inSentence(runbook.steps[other]?.title ?? other)
  }
  if (typeof args['standing'] === 'string') {
    const unsent = args['standing'] === 'missing' && typeof other === 'string' && runbook.steps[other]?.change
    named['standing'] = unsent ? 'not sent' : STANDING_WORDS[args['standing'] as Standing]
  }
  if (!own && typeof args['decision'] === 'string')
    named['decision'] = DECISION_WORDS[args['decision']] ?? args['decision']
  return { says: fillIn(sentence.says, named), cure: fillIn(sentence.cure, named) }
}

/** What a person should know although it is proven: what is so, and what to do where there is something to do. */
export function noteOf(runbook: PlainRunbook, step: string, reason: Reason): string {
  const { says, cure } = sentenceOf(runbook, step, reason)
  return cure === '' ? says : `${says} ${cure}`
}

/** Why a gate is closed, in words. */
export function blockerSentence(runbook: PlainRunbook, step: string, blocker: Blocker): Sentence {
  const { cure } = blocker
  // What does not apply is said by the step's own reason.
  if (blocker.code === 'not-applicable' && typeof blocker.args['reason'] === 'string')
    return sentenceOf(runbook, step, { code: blocker.args['reason'], args: blocker.args })
  const args = cure.do === 'twin' ? { ...blocker.args, name: cure.name } : blocker.args
  return sentenceOf(runbook, step, { code: blocker.code, args })
}
