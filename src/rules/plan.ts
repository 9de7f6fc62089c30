/**
 * A plan: what was reviewed and approved, so that it can be carried out unattended. It allows nothing by itself: each request must be
 * what the rules derive when it is carried out, each gate must be open then, and what a plan adds is that no fact may differ from what
 * the approver read. Pure.
 */
import * as z from 'zod/mini'
import type { Assessment } from './assess.ts'
import { changeDigest, type Change } from './change.ts'
import type { Confirmation } from './confirmation.ts'
import { change, confirmation, decisionSchemas, digest, subject, who } from './entries.ts'
import type { DecisionName, Decisions } from './decisions.ts'
import { DECISION_NAMES } from './decisions.ts'
import type { SubjectRecord } from './record.ts'
import { isMet, STANDINGS } from './standing.ts'
import { SEQUENCES, type About, type PlainRunbook } from './step.ts'
import {
  canonical,
  digestOf,
  subjectKey,
  type Digest,
  type Instant,
  type Reason,
  type Subject,
  type Who,
} from './words.ts'

export const PLAN_FORMAT = 1
const MARK = 'rds-ca-runbook plan'

const proof = z.object({
  standing: z.enum(STANDINGS),
  digest: z.optional(digest),
  /** When it runs out, if nothing is looked at again; absent: it does not. */
  validUntil: z.optional(z.number()),
  /** Whether the program can look again by itself. What a person attested or waived it cannot. */
  repeatable: z.boolean(),
})
export type PlannedProof = z.infer<typeof proof>

const database = z.object({
  subject,
  name: z.string(),
  sequence: z.enum(SEQUENCES),
  step: z.string(),
  change,
  decisions: z.partial(z.object(decisionSchemas)),
  proofs: z.record(z.string(), proof),
})
export type PlannedDatabase = z.infer<typeof database>

const content = z.object({
  format: z.literal(MARK),
  formatVersion: z.literal(PLAN_FORMAT),
  name: z.string(),
  at: z.number(),
  by: who,
  approver: z.string(),
  databases: z.array(database),
})
type Content = z.infer<typeof content>

const plan = z.extend(content, {
  /** Digest of all of the above: what the confirmation names. */
  plan: digest,
  confirmation,
  /** Digest of the whole, without this member. */
  digest,
})
export type Plan = Content & { readonly plan: Digest; readonly confirmation: Confirmation; readonly digest: Digest }

/** One database as the approver sees it: what would be sent, and everything that it rests on. */
export function plannedDatabase(about: About, assessment: Assessment, step: string, request: Change): PlannedDatabase {
  const proofs: Record<string, PlannedProof> = {}
  for (const [id, { standing, digest: rests, until }] of assessment.steps) {
    if (id === step) break
    proofs[id] = {
      standing,
      ...(rests && { digest: rests }),
      ...(Number.isFinite(until) && { validUntil: until }),
      repeatable: standing !== 'attested' && standing !== 'waived',
    }
  }
  return {
    subject: about.subject,
    name: about.name,
    sequence: assessment.sequence,
    step,
    change: request,
    decisions: assessment.decided as PlannedDatabase['decisions'],
    proofs,
  }
}

export interface PlanDraft {
  readonly name: string
  readonly at: Instant
  readonly by: Who
  readonly approver: string
  readonly databases: readonly PlannedDatabase[]
}

/** The plan with a person's confirmation of all its requests. `typed`: what was typed, see `wholeName`. */
export function planOf(draft: PlanDraft, typed: string, at: Instant): Plan {
  // As it will be read again: the digests are of what the schema knows.
  const body = content.parse({ format: MARK, formatVersion: PLAN_FORMAT, ...draft })
  const digestOfBody = digestOf(body)
  const whole = {
    ...body,
    plan: digestOfBody,
    confirmation: {
      typed,
      digests: draft.databases.map((one) => changeDigest(one.change)),
      at,
      by: draft.by,
      of: { kind: 'plan' as const, name: draft.name, plan: digestOfBody, approver: draft.approver },
    },
  }
  return { ...whole, digest: digestOf(whole) }
}

export type PlanRead =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'unreadable'; readonly why: Reason }

const unreadable = (code: string, args: Reason['args'] = {}): PlanRead => ({ kind: 'unreadable', why: { code, args } })

/** Reads a plan. Total: what is none, is of a newer format, or was edited is said so. */
export function readPlan(value: unknown): PlanRead {
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== MARK)
    return unreadable('plan-none')
  const version = 'formatVersion' in value ? value.formatVersion : undefined
  if (typeof version === 'number' && version > PLAN_FORMAT)
    return unreadable('plan-newer', { found: version, known: PLAN_FORMAT })
  const read = plan.safeParse(value)
  if (!read.success) return unreadable('plan-damaged', { path: read.error.issues[0]?.path.join('.') ?? 'the file' })
  const { digest: whole, ...signed } = read.data
  const { plan: approved, confirmation: confirmed, ...body } = signed
  if (digestOf(signed) !== whole || digestOf(body) !== approved) return unreadable('plan-edited')
  const { of, digests } = confirmed
  const requests = body.databases.map((one) => changeDigest(one.change))
  if (
    of?.kind !== 'plan' ||
    of.plan !== approved ||
    of.name !== body.name ||
    of.approver !== body.approver ||
    canonical(digests) !== canonical(requests)
  )
    return unreadable('plan-edited')
  return { kind: 'plan', plan: read.data }
}

/** Whether this plan's request was sent to the database and accepted, in whatever rotation. */
export const wasApplied = (record: SubjectRecord, approved: Digest): boolean =>
  record.rotations.some(({ sendings }) =>
    sendings.some(({ confirmation: { of } }) => of?.kind === 'plan' && of.plan === approved),
  )

/** The decisions of the plan that nobody has taken here: they are taken over with the plan. */
export const decisionsToTake = (planned: PlannedDatabase, decided: Partial<Decisions>): readonly DecisionName[] =>
  DECISION_NAMES.filter((name) => planned.decisions[name] !== undefined && decided[name] === undefined)

/** What differs between what was approved and what is so now. Empty: nothing. Judged after everything was looked at again. */
export function differs(
  runbook: PlainRunbook,
  planned: PlannedDatabase,
  assessment: Assessment,
  now: Instant,
): readonly Reason[] {
  const reasons: Reason[] = []
  const say = (code: string, args: Reason['args'] = {}) => reasons.push({ code, args })
  if (assessment.sequence !== planned.sequence)
    say('plan-sequence', { planned: planned.sequence, found: assessment.sequence })
  for (const [decision, value] of Object.entries(planned.decisions)) {
    const found = assessment.decided[decision as DecisionName]
    if (found !== undefined && canonical(found) !== canonical(value)) say('plan-decision', { decision })
  }
  for (const [step, { digest: approved, standing, repeatable, validUntil }] of Object.entries(planned.proofs)) {
    // What was not met when it was approved comes from another database of the plan; its gate waits for it.
    if (!isMet(standing)) continue
    const position = assessment.steps.get(step)
    if (!repeatable && validUntil !== undefined && now > validUntil) say('plan-proof-expired', { step })
    else if (!position || !isMet(position.standing))
      say('plan-proof-missing', { step, standing: position?.standing ?? 'missing' })
    else if (position.digest !== approved || (repeatable && position.standing !== standing))
      say('plan-proof-differs', { step })
  }
  const change = assessment.steps.get(planned.step)?.change
  if (!change || !runbook.steps[planned.step]?.change) say('plan-no-request')
  else if (changeDigest(change) !== changeDigest(planned.change)) say('plan-request', { name: planned.name })
  return reasons
}

/** Where a planned database is not among those that are read here: another account or endpoint, deleted, or restored under its old name. */
export const foreign = ({ name, subject: planned }: PlannedDatabase): Reason => ({
  code: 'plan-foreign',
  args: { name, subject: subjectKey(planned as Subject) },
})
