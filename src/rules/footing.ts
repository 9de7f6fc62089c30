/** What a step stands on: what its needs give it, and which of them are not met. */
import type { Decisions } from './decisions.ts'
import type { Seen } from './evidence.ts'
import { undecided, type Blocker } from './gate.ts'
import { waitsForOthers } from './group.ts'
import type { Known } from './known.ts'
import type { Position } from './position.ts'
import { isMet } from './standing.ts'
import type { Need, PlainStep } from './step.ts'
import { digestOf, sameSubject, type Digest, type Instant } from './words.ts'

const NO_TWIN = digestOf('there is no twin')
const NOT_IN_SEQUENCE = digestOf('not in this sequence')

/** Where a step is assessed: the database, its decisions, and the steps before it. */
export interface Ground {
  readonly step: PlainStep
  readonly known: Known
  readonly decided: Partial<Decisions>
  readonly steps: ReadonlyMap<string, Position>
  /** The ids of this rotation's sequence: a need for a step outside it is no need here. */
  readonly sequence: readonly string[]
  /** The twin's own steps; absent when there is no twin or it is not known. */
  readonly twin: ReadonlyMap<string, Position> | undefined
}

export interface Footing {
  readonly given: Record<string, Seen | undefined>
  readonly rests: Record<string, Digest | undefined>
  /** Unmet needs; `aged` ones close the gate of a change only. */
  readonly blockers: readonly { readonly blocker: Blocker; readonly aged: boolean }[]
  readonly judgeable: boolean
  /** What it will be given once the databases that come first are changed, as far as it is known now; undefined where more is lacking. */
  readonly foreseen: Record<string, Seen | undefined> | undefined
  readonly until: Instant
}

/** What the step's needs give it, and which of them are not met. */
export function footingOf({ step, known, decided, steps, sequence, twin }: Ground): Footing {
  const given: Record<string, Seen | undefined> = {}
  const rests: Record<string, Digest | undefined> = {}
  const blockers: { blocker: Blocker; aged: boolean }[] = []
  const foreseen: Record<string, Seen | undefined> = {}
  let judgeable = true
  let isForeseen = true
  let until = Infinity
  for (const [name, need] of Object.entries(step.needs)) {
    if (need.of === 'twin' && decided.twin === 'none') {
      given[name] = undefined
      rests[name] = NO_TWIN
      continue
    }
    if (need.of === 'own' && !sequence.includes(need.step)) {
      given[name] = undefined
      rests[name] = NOT_IN_SEQUENCE
      continue
    }
    const position = need.of === 'own' ? steps.get(need.step) : twinPosition(known, decided, twin, need.step)
    const standing = position?.standing ?? 'missing'
    given[name] = isMet(standing) || standing === 'expired' ? position?.facts : undefined
    rests[name] = position?.digest
    foreseen[name] = given[name] ?? (position && waitsForOthers(position) ? position.facts : undefined)
    if (need.facts === 'always' && !given[name]) judgeable = false
    if (need.facts === 'always' && !foreseen[name]) isForeseen = false
    if (!isMet(standing)) {
      blockers.push({ blocker: unmet(need, standing, decided, position?.behind), aged: standing === 'expired' })
    }
    until = Math.min(until, position?.until ?? Infinity)
  }
  // A step that looks before it is decided on sees the same whatever is decided: it is judged anew, and not outdated by it.
  for (const name of step.looksFirst ? [] : step.asks) {
    const value = decided[name]
    rests[`decided:${name}`] = value === undefined ? undefined : digestOf(value)
  }
  return { given, rests, blockers, judgeable, foreseen: isForeseen ? foreseen : undefined, until }
}

/** Why a need is not met, and who can meet it. Which database a twin's need speaks of is first to be decided. */
function unmet(
  { of, step }: Need,
  standing: Position['standing'],
  { twin }: Partial<Decisions>,
  behind: Position['behind'],
): Blocker {
  const args = { step, standing }
  if (of === 'own') return { code: 'own-need', args, cure: { do: 'step', step } }
  if (!twin || twin === 'none') return undecided('twin')
  const after = behind ?? (twin.members ?? [twin]).map(({ subject }) => subject)
  return { code: 'twin-need', args, cure: { do: 'twin', step, name: twin.name }, after }
}

/** A step of the twin that was decided on: another database's evidence opens nothing. */
function twinPosition(
  known: Known,
  decided: Partial<Decisions>,
  twin: Ground['twin'],
  step: string,
): Position | undefined {
  if (!twin || !known.twin || !decided.twin || decided.twin === 'none') return undefined
  return sameSubject(known.twin.about.subject, decided.twin.subject) ? twin.get(step) : undefined
}
