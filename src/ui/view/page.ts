import { asAwsCli, type Change } from '../../rules/change.ts'
import type { Assessment } from '../../rules/assess.ts'
import type { Judged, Position, StandingShortfall } from '../../rules/position.ts'
import type { Rotation } from '../../rules/record.ts'
import type { PlainRunbook, SequenceName } from '../../rules/step.ts'
import { isMet, type Standing } from '../../rules/standing.ts'
import { utc } from './duration.ts'
import { SEQUENCE_WORDS, STANDING_WORDS } from './english.ts'
import { standingWords } from './standing-words.ts'
import { blockerSentence, noteOf, numberOf, sentenceOf } from './sentences.ts'

/** One line of the list of steps. */
export interface StepLine {
  readonly id: string
  readonly number: string
  readonly title: string
  readonly standing: Standing
  readonly word: string
  /** The first reason, when it is not met; empty otherwise. */
  readonly because: string
  readonly next: boolean
}

/** What is short, with its cure, and how else it may be met. */
export interface ShortfallLine {
  readonly says: string
  readonly cure: string
  readonly allows: 'proof' | 'attestation' | 'waiver'
  readonly met?: string
  readonly shortfall: StandingShortfall
}

/** One step's page: everything that a front end shows of it, in words. */
export interface StepPage extends StepLine {
  readonly why: string
  readonly source: string
  readonly facts: readonly string[]
  readonly notes: readonly string[]
  readonly shortfalls: readonly ShortfallLine[]
  readonly blockers: readonly { readonly says: string; readonly cure: string }[]
  readonly when: string
  readonly change?: ChangeShown
}

/** A request exactly as it would be sent, and the same as an AWS CLI command. */
export interface ChangeShown {
  readonly api: string
  readonly input: readonly (readonly [string, string])[]
  readonly cli: string
  readonly change: Change
}

export const changeShown = (change: Change): ChangeShown => ({
  api: change.api,
  input: Object.entries(change.input).map(([name, value]) => [name, String(value)] as const),
  cli: asAwsCli(change),
  change,
})

/** Who was asked about an application that is not met yet. */
const askedWords = ({ asked, standing }: Judged): string =>
  asked && !isMet(standing)
    ? ` (${asked.to} asked ${utc(asked.at).slice(0, 10)}, answer due ${utc(asked.due).slice(0, 10)})`
    : ''

const metWords = (met: StandingShortfall['met']): string | undefined => {
  if (!met) return undefined
  const until = met.until === undefined ? '' : ` until ${utc(met.until)}`
  return `${met.by} by ${met.who}${until}`
}

function shortfallLines(runbook: PlainRunbook, position: Position): ShortfallLine[] {
  return position.shortfalls.map((one) => {
    const met = metWords(one.met)
    const { allows } = one.shortfall
    return { ...sentenceOf(runbook, position.step, one.shortfall), allows, shortfall: one, ...(met && { met }) }
  })
}

/** Why a step is not met, in one line. */
function becauseOf(runbook: PlainRunbook, position: Position): string {
  const short = position.shortfalls.find((one) => !one.met)
  if (short) return sentenceOf(runbook, position.step, short.shortfall).says
  if (position.reason) return sentenceOf(runbook, position.step, position.reason).says
  // What it rests on is not met: that is said, not that something "changed".
  const changed = position.changed?.filter((name) => name !== 'needs') ?? []
  if (changed.length > 0) return `changed since: ${changed.join(', ')}`
  if (!position.gate.open) return blockerSentence(runbook, position.step, position.gate.blockers[0]).says
  return ''
}

/** A standing in words; a change that has not been made was not "not looked at". */
function wordOf(runbook: PlainRunbook, position: Position): string {
  const { step, standing, gate } = position
  if (standing !== 'missing' || !runbook.steps[step]?.change) return standingWords(position)
  return gate.open ? 'ready to confirm' : 'not sent'
}

export function stepLine(runbook: PlainRunbook, assessment: Assessment, position: Position): StepLine {
  const { step: id, standing } = position
  const met = standing === 'proven' || standing === 'attested' || standing === 'waived'
  return {
    id,
    number: numberOf(runbook, id),
    title: runbook.steps[id]?.title ?? id,
    standing,
    word: wordOf(runbook, position),
    because: met ? '' : becauseOf(runbook, position),
    next: assessment.next === id && !assessment.rotation?.end,
  }
}

export function stepPage(runbook: PlainRunbook, assessment: Assessment, position: Position): StepPage {
  const step = runbook.steps[position.step]
  const say = (reason: { code: string; args: Position['notes'][number]['args'] }) =>
    sentenceOf(runbook, position.step, reason)
  const facts = position.facts && step?.tells ? step.tells(position.facts).map((one) => say(one).says) : []
  const perApplication = [...(position.applications ?? [])].flatMap(([name, judged]) => [
    `${name}: ${STANDING_WORDS[judged.standing]}${askedWords(judged)}`,
    ...(judged.facts && step?.tells ? step.tells(judged.facts).map((one) => `  ${say(one).says}`) : []),
  ])
  const { evidence } = position
  return {
    ...stepLine(runbook, assessment, position),
    why: step?.why ?? '',
    source: step?.source ?? '',
    facts: [...facts, ...perApplication],
    notes: position.notes.map((one) => noteOf(runbook, position.step, one)),
    shortfalls: shortfallLines(runbook, position),
    blockers:
      position.gate.open || position.history
        ? []
        : position.gate.blockers.map((one) => blockerSentence(runbook, position.step, one)),
    when: evidence ? `${utc(evidence.at)} by ${evidence.by.user}@${evidence.by.host}` : '',
    ...(position.change && { change: changeShown(position.change) }),
  }
}

/** One database in the list. */
export interface DatabaseLine {
  readonly name: string
  readonly environment: string
  readonly ca: string
  readonly target: string
  /** `07`, or `done`. */
  readonly at: string
  readonly word: string
  readonly because: string
}

/** How a rotation ended: what was done says what of, unless it is the change of the CA, which "done" is taken for. */
export function endWords({ sequence }: Rotation, { how }: NonNullable<Rotation['end']>): string {
  if (how !== 'done') return how === 'rolled-back' ? 'rolled back' : how
  return NO_NEW_CA.has(sequence) ? `${SEQUENCE_WORDS[sequence]} done` : 'done'
}
const NO_NEW_CA: ReadonlySet<SequenceName> = new Set(['leaf-renewal', 'cancellation', 'rollback'])

/** How a database stands, in a line. `ca`: what AWS says now, where the list has been read. */
export function databaseLine(
  runbook: PlainRunbook,
  name: string,
  ca: string | undefined,
  assessment: Assessment,
): DatabaseLine {
  const { decided, next, rotation, steps } = assessment
  const base = {
    name,
    environment: decided.environment ?? 'production',
    ca: ca ?? 'unknown',
    target: decided.target?.ca ?? '?',
  }
  if (rotation?.end)
    return {
      ...base,
      at: rotation.end.how === 'done' ? 'done' : rotation.end.how,
      word: endWords(rotation, rotation.end),
      because: `${utc(rotation.end.at)} by ${rotation.end.by.user}`,
    }
  const position = next === undefined ? undefined : steps.get(next)
  if (!position) return { ...base, at: '10', word: 'all steps met', because: '' }
  const line = stepLine(runbook, assessment, position)
  return { ...base, at: line.number, word: rotation ? line.word : 'not begun', because: line.because }
}
