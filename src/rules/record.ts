import type { Asked, Correspondence, Question, Reply } from './asking.ts'
import type { Change, Outcome } from './change.ts'
import type { Confirmation } from './confirmation.ts'
import type { Decisions } from './decisions.ts'
import type { Body, BodyOf, Kept } from './entries.ts'
import type { Attempt, Attestation, Evidence, Waiver } from './evidence.ts'
import type { SequenceName } from './step.ts'
import type { Instant, Reason, Who } from './words.ts'

/** One attempt to send one change: the intent, and what became of it. */
export interface Sending {
  readonly intent: string
  readonly step: string
  readonly change: Change
  readonly confirmation: Confirmation
  readonly intendedAt: Instant
  readonly by: Who
  /** The standings and facts that it rested on. */
  readonly kept: Readonly<Record<string, Kept>>
  readonly answer?: { readonly outcome: Outcome; readonly at: Instant }
  readonly resolved?: {
    readonly how: 'adopted' | 'abandoned'
    readonly seen: Reason
    readonly at: Instant
    readonly by: Who
  }
}

export interface DecisionOnRecord {
  readonly value: unknown
  readonly at: Instant
  readonly by: Who
  readonly said: string
}

/** One run of a sequence for one database. */
export interface Rotation {
  readonly id: string
  readonly sequence: SequenceName
  readonly name: string
  readonly startedAt: Instant
  readonly by: Who
  /** The steps whose evidence is still one from before this rotation: by their order on record, because clocks are set back. */
  readonly earlier: readonly string[]
  readonly decisions: Readonly<Partial<Record<keyof Decisions, DecisionOnRecord>>>
  readonly waivers: readonly Waiver[]
  readonly sendings: readonly Sending[]
  readonly end?: {
    readonly how: 'done' | 'rolled-back' | 'abandoned'
    readonly at: Instant
    readonly by: Who
    readonly kept: Readonly<Record<string, Kept>>
  }
}

/** A stop to all waves of an account, until somebody takes it back. */
export interface Halt {
  readonly why: string
  readonly at: Instant
  readonly by: Who
}

/** Everything on record about one subject. Questions, and what came back, are an application's alone. */
export interface SubjectRecord extends Correspondence {
  readonly evidence: Readonly<Record<string, Evidence>>
  /** The last failed look of each step, until a later look succeeds. */
  readonly attempts: Readonly<Record<string, Attempt>>
  readonly attestations: readonly Attestation[]
  /** The last is the present one. */
  readonly rotations: readonly Rotation[]
  /** The halt that is in force, if one is. */
  readonly halt?: Halt | undefined
}

export const EMPTY_RECORD: SubjectRecord = {
  evidence: {},
  attempts: {},
  attestations: [],
  rotations: [],
  questions: [],
  asked: [],
  replies: [],
}

/** Raised whenever {@link fold} comes to mean something else, so that what was folded before is folded again. */
export const RECORD_VERSION = 3

export const presentRotation = (record: SubjectRecord): Rotation | undefined => record.rotations.at(-1)

/** How the last sending of a rotation stands. */
export type SendingState = 'none' | 'unanswered' | 'accepted' | 'refused' | 'abandoned'
export function sendingState(sending: Sending | undefined): SendingState {
  if (!sending) return 'none'
  if (sending.resolved) return sending.resolved.how === 'adopted' ? 'accepted' : 'abandoned'
  switch (sending.answer?.outcome.kind) {
    case 'accepted':
      return 'accepted'
    case 'refused':
      return 'refused'
    case 'unknown':
    case undefined:
      return 'unanswered'
  }
}

interface Signed {
  readonly at: Instant
  readonly who: Who
  readonly body: Body
}

const inRotation = (record: SubjectRecord, id: string, change: (rotation: Rotation) => Rotation): SubjectRecord => ({
  ...record,
  rotations: record.rotations.map((rotation) => (rotation.id === id ? change(rotation) : rotation)),
})

const inSending = (rotation: Rotation, intent: string, change: (sending: Sending) => Sending): Rotation => ({
  ...rotation,
  sendings: rotation.sendings.map((sending) => (sending.intent === intent ? change(sending) : sending)),
})

/** What the present rotation has seen itself is none from before it. */
function seenAnew(record: SubjectRecord, step: string): SubjectRecord {
  const present = presentRotation(record)
  if (!present?.earlier.includes(step)) return record
  const earlier = present.earlier.filter((one) => one !== step)
  return inRotation(record, present.id, (rotation) => ({ ...rotation, earlier }))
}

function corresponded(
  record: SubjectRecord,
  body: BodyOf<'question' | 'asked' | 'replied'>,
  signed: { readonly at: Instant; readonly by: Who },
): SubjectRecord {
  switch (body.kind) {
    case 'question': {
      const { kind: _, ...question } = body
      return { ...record, questions: [...record.questions, { ...question, ...signed } satisfies Question] }
    }
    case 'asked': {
      const { kind: _, ...asked } = body
      return { ...record, asked: [...record.asked, { ...asked, ...signed } satisfies Asked] }
    }
    case 'replied': {
      const { kind: _, ...reply } = body
      return { ...record, replies: [...record.replies, { ...reply, ...signed } satisfies Reply] }
    }
  }
}

/** The record after one more line. Total: a line that names an unknown rotation or intent changes nothing. */
export function fold(record: SubjectRecord, { at, who: by, body }: Signed): SubjectRecord {
  switch (body.kind) {
    case 'rotation-started': {
      const rotation: Rotation = {
        id: body.rotation,
        sequence: body.sequence,
        name: body.name,
        startedAt: at,
        by,
        earlier: Object.keys(record.evidence),
        decisions: {},
        waivers: [],
        sendings: [],
      }
      return { ...record, rotations: [...record.rotations, rotation] }
    }
    case 'decided': {
      const decision: DecisionOnRecord = { value: body.value, at, by, said: body.said }
      return inRotation(record, body.rotation, (rotation) => ({
        ...rotation,
        decisions: { ...rotation.decisions, [body.decision]: decision },
      }))
    }
    case 'evidence': {
      const { kind: _, ...seen } = body
      const { [body.step]: _settled, ...attempts } = record.attempts
      const evidence = { ...seen, at, by } as Evidence
      return seenAnew({ ...record, attempts, evidence: { ...record.evidence, [body.step]: evidence } }, body.step)
    }
    case 'attempt':
      return {
        ...record,
        attempts: {
          ...record.attempts,
          [body.step]: {
            step: body.step,
            reason: body.reason,
            at,
            by,
            ...(body.until !== undefined && { until: body.until }),
            ...(body.refutes && { refutes: body.refutes }),
          },
        },
      }
    case 'attested': {
      const { kind: _, ...attested } = body
      return { ...record, attestations: [...record.attestations, { ...attested, at, by }] }
    }
    case 'question':
    case 'asked':
    case 'replied':
      return corresponded(record, body, { at, by })
    case 'waived': {
      const { kind: _, rotation: id, ...waived } = body
      return inRotation(record, id, (rotation) => ({
        ...rotation,
        waivers: [...rotation.waivers, { ...waived, at, by }],
      }))
    }
    case 'intent': {
      const { intent, step, change, confirmation, kept } = body
      const sending: Sending = { intent, step, change, confirmation, kept, intendedAt: at, by }
      return inRotation(record, body.rotation, (rotation) => ({
        ...rotation,
        sendings: [...rotation.sendings, sending],
      }))
    }
    case 'receipt':
      return inRotation(record, body.rotation, (rotation) =>
        inSending(rotation, body.intent, (sending) => ({
          ...sending,
          answer: { outcome: body.outcome as Outcome, at },
        })),
      )
    case 'resolved':
      return inRotation(record, body.rotation, (rotation) =>
        inSending(rotation, body.intent, (sending) => ({
          ...sending,
          resolved: { how: body.how, seen: body.seen, at, by },
        })),
      )
    case 'waves-halted':
      return { ...record, halt: { why: body.why, at, by } }
    case 'waves-resumed':
      return { ...record, halt: undefined }
    case 'rotation-ended':
      return inRotation(record, body.rotation, (rotation) => ({
        ...rotation,
        end: { how: body.how, at, by, kept: body.kept },
      }))
  }
}
