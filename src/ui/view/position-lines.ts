import type { Assessment } from '../../rules/assess.ts'
import type { Position } from '../../rules/position.ts'
import type { PlainRunbook } from '../../rules/step.ts'
import { standingWords } from './standing-words.ts'
import { noteOf, numberOf, sentenceOf } from './sentences.ts'

/** A position in lines: the standing and its reason first, then what is short with its cure, then the notes with theirs. */
export function positionLines(runbook: PlainRunbook, position: Position): [string, ...string[]] {
  const say = (reason: Position['notes'][number]) => sentenceOf(runbook, position.step, reason)
  const word = standingWords(position)
  const first = position.reason ? `${word}: ${say(position.reason).says}` : word
  const changed =
    position.standing === 'outdated' ? [`changed since: ${position.changed?.join(', ') ?? 'what it rests on'}`] : []
  const short = position.shortfalls.flatMap((one) => {
    const { says, cure } = say(one.shortfall)
    return one.met ? [`${says} (${one.met.by} by ${one.met.who})`] : [says, `→ ${cure}`]
  })
  return [first, ...changed, ...short, ...position.notes.map((note) => noteOf(runbook, position.step, note))]
}

/** What a person should know although it is proven, of every step, each with its number: `06: It speaks Babelfish …`. */
export const noteLines = (runbook: PlainRunbook, { steps }: Assessment): readonly string[] =>
  [...steps.values()].flatMap(({ step, notes }) =>
    notes.map((note) => `${numberOf(runbook, step)}: ${noteOf(runbook, step, note)}`),
  )
