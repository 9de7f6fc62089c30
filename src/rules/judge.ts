/** How saved facts stand: the part of an assessment that concerns one look at one subject. */
import type { Decisions } from './decisions.ts'
import { coverOf, type Attempt, type Evidence, type Seen, type Shortfall } from './evidence.ts'
import type { Judged, StandingShortfall } from './position.ts'
import type { Rotation, SubjectRecord } from './record.ts'
import type { Standing } from './standing.ts'
import type { About, PlainStep } from './step.ts'
import { digestOf, sameSubject, type Digest, type Instant } from './words.ts'

/** What a judgement is made in: shared by every look of one step. */
export interface Court {
  readonly step: PlainStep
  readonly given: Readonly<Record<string, Seen | undefined>>
  /** The digests of what it would rest on now; undefined where a need has none. */
  readonly rests: Readonly<Record<string, Digest | undefined>>
  /** Whether every need's facts are there, so that the step can judge at all. */
  readonly judgeable: boolean
  readonly decided: Decisions
  readonly undecided: readonly string[]
  readonly rotation: Rotation | undefined
  readonly now: Instant
}

const NOTHING = { shortfalls: [], notes: [], until: Infinity } as const

/** An attestation or waiver that covers a shortfall now, if there is one and the shortfall may be met so. */
function answerFor(
  court: Court,
  record: SubjectRecord,
  shortfall: Shortfall,
  covers: Digest,
): StandingShortfall['met'] {
  if (shortfall.allows === 'attestation') {
    const attested = record.attestations.findLast(
      (one) => one.covers === covers && one.at <= court.now && court.now < one.until,
    )
    if (attested) return { by: 'attested', who: attested.name, until: attested.until }
  }
  if (shortfall.allows === 'waiver') {
    const waived = court.rotation?.waivers.findLast((one) => one.covers === covers)
    if (waived) return { by: 'waived', who: waived.by.user }
  }
  return undefined
}

function withAnswers(
  court: Court,
  record: SubjectRecord,
  shortfalls: readonly Shortfall[],
  about?: About,
): StandingShortfall[] {
  return shortfalls.map((shortfall) => {
    const covers = coverOf(court.step.id, shortfall)
    const met = answerFor(court, record, shortfall, covers)
    return { shortfall, covers, ...(about && { about }), ...(met && { met }) }
  })
}

/** The standing that answered shortfalls add up to; undefined when one is unanswered. */
function standingOfAnswers(shortfalls: readonly StandingShortfall[]): 'attested' | 'waived' | undefined {
  if (shortfalls.some((one) => !one.met)) return undefined
  return shortfalls.some((one) => one.met?.by === 'waived') ? 'waived' : 'attested'
}

const untilOf = (shortfalls: readonly StandingShortfall[]): Instant =>
  Math.min(Infinity, ...shortfalls.map((one) => one.met?.until ?? Infinity))

/**
 * A look that failed and has not succeeded since, judged as a shortfall of its own: it may be waived where the step allows it. One that
 * only has to wait is no failure, and says until when; it may be answered likewise.
 */
function cannotLook(court: Court, record: SubjectRecord, attempt: Attempt, about?: About): Judged {
  const shortfall: Shortfall = { ...attempt.reason, allows: court.step.cannotLook }
  const shortfalls = withAnswers(court, record, [shortfall], about)
  const standing = standingOfAnswers(shortfalls)
  if (!standing && attempt.until !== undefined)
    return { ...NOTHING, standing: 'waiting', reason: attempt.reason, until: attempt.until, attempt, shortfalls }
  if (!standing) return { ...NOTHING, standing: 'cannot-look', attempt, shortfalls }
  return {
    ...NOTHING,
    standing,
    attempt,
    shortfalls,
    digest: digestOf(shortfalls.map((one) => one.covers)),
    until: untilOf(shortfalls),
  }
}

/** Facts that were to be renewed, where a look fails. */
const RENEWED: ReadonlySet<Standing> = new Set(['expired', 'outdated', 'foreign', 'missing'])

/** What an earlier rotation saw of a database, and does not hold any more, is no work of this one that could be outdated: this one has not looked. */
function unlessOfBefore({ step, rotation }: Court, judged: Judged): Judged {
  if (judged.standing !== 'outdated' || step.on !== 'database' || !rotation?.earlier.includes(step.id)) return judged
  const { changed: _changed, ...rest } = judged
  return { ...rest, standing: 'missing' }
}

/** How one subject's saved facts stand for this step. `rests` is what they must rest on: its own, or a declaration. */
export function judgeEvidence(
  court: Court,
  record: SubjectRecord,
  about: About,
  rests: Readonly<Record<string, Digest | undefined>>,
  concerns?: About,
): Judged {
  const { step } = court
  const evidence = record.evidence[step.id]
  const attempt = record.attempts[step.id]
  if (!evidence) return attempt ? cannotLook(court, record, attempt, concerns) : { ...NOTHING, standing: 'missing' }

  // The look did not merely fail: another database has the name, or none. What was seen of the old one opens nothing more.
  if (attempt?.refutes) return { ...cannotLook(court, record, attempt, concerns), evidence }
  const judged = unlessOfBefore(court, judgeFacts(court, record, about, evidence, rests, concerns))
  // A later look that failed takes nothing from facts that still hold; where they do not, it says why they were not renewed.
  if (attempt && attempt.at >= evidence.at && RENEWED.has(judged.standing))
    return { ...cannotLook(court, record, attempt, concerns), evidence }
  return attempt ? { ...judged, attempt } : judged
}

function judgeFacts(
  court: Court,
  record: SubjectRecord,
  about: About,
  evidence: Evidence,
  rests: Readonly<Record<string, Digest | undefined>>,
  concerns?: About,
): Judged {
  const { step, given, decided, now } = court
  if (!sameSubject(evidence.subject, about.subject)) return { ...NOTHING, standing: 'foreign', evidence }
  const facts = evidence.version === step.version ? step.parse(evidence.facts) : undefined
  if (!facts) return { ...NOTHING, standing: 'outdated', evidence, changed: ['version'] }

  const changed = Object.entries(rests).flatMap(([name, digest]) =>
    digest && evidence.rests[name] === digest ? [] : [name],
  )
  if (changed.length > 0) return { ...NOTHING, standing: 'outdated', evidence, facts, changed }
  if (!court.judgeable) return { ...NOTHING, standing: 'outdated', evidence, facts, changed: ['needs'] }
  if (court.undecided.length > 0) {
    const shortfalls = court.undecided.map((decision): Shortfall => ({
      code: 'undecided',
      args: { decision },
      allows: 'proof',
    }))
    return {
      ...NOTHING,
      standing: 'not-proven',
      evidence,
      facts,
      shortfalls: withAnswers(court, record, shortfalls, concerns),
    }
  }

  const verdict = step.judge(facts, given, decided, now, about)
  const digest = step.bears ? digestOf(step.bears(facts, given, decided)) : evidence.digest
  const known = { ...NOTHING, evidence, facts, digest }
  const aged = (standing: Standing, until: Instant, rest: Partial<Judged> = {}): Judged => {
    const goodUntil = step.maxAge === 'never' ? until : Math.min(until, evidence.at + step.maxAge)
    // Another rotation may have changed what a cheap look saw, within its age: a new one looks anew.
    const before = step.cheap === true && court.rotation?.earlier.includes(step.id) === true
    // Evidence dated in the future is expired: some clock was wrong, and which one cannot be known.
    if (before || now > goodUntil || evidence.at > now)
      return { ...known, ...rest, standing: 'expired', until: Infinity }
    return { ...known, ...rest, standing, until: goodUntil }
  }
  switch (verdict.kind) {
    case 'proven': {
      const { notes = [], until = Infinity } = verdict
      return aged('proven', until, { notes })
    }
    case 'not-applicable':
      return { ...known, standing: 'not-applicable', reason: verdict.reason }
    case 'waiting':
      return { ...known, standing: 'waiting', reason: verdict.reason, until: verdict.lookAgainAt }
    case 'not-proven': {
      const { notes = [], until = Infinity } = verdict
      const shortfalls = withAnswers(court, record, verdict.shortfalls, concerns)
      const standing = standingOfAnswers(shortfalls)
      if (!standing) return { ...known, standing: 'not-proven', shortfalls, notes }
      // What a person answers for makes what was seen no younger.
      return aged(standing, Math.min(until, untilOf(shortfalls)), { shortfalls, notes })
    }
  }
}
