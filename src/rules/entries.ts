/**
 * What a journal line can say, with its schema. Journals outlive programs: members are added, never given another meaning,
 * and a body that this program does not know is refused by name, not skipped.
 */
import * as z from 'zod/mini'
import { PROBE_ENGINES, PROBE_RESULTS } from './asking.ts'
import { CHANGE_APIS, type Change } from './change.ts'
import type { Confirmation } from './confirmation.ts'
import { ACCOUNTED_AS, DECISION_NAMES, ENVIRONMENTS, TIMINGS, VERIFICATIONS } from './decisions.ts'
import type { Digest } from './words.ts'
import { SEQUENCES } from './step.ts'
import { STANDINGS } from './standing.ts'
import { SUBJECT_KINDS } from './words.ts'

export const digest = z.pipe(
  z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  z.transform((text) => text as Digest),
)
const args = z.readonly(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.readonly(z.array(z.string()))])),
)
const reason = z.object({ code: z.string(), args })
export const who = z.object({ user: z.string(), host: z.string() })
export const subject = z.object({
  kind: z.enum(SUBJECT_KINDS),
  world: z.string(),
  region: z.optional(z.string()),
  id: z.string(),
})
export const change: z.ZodMiniType<Change> = z.object({
  api: z.enum(CHANGE_APIS),
  world: z.string(),
  region: z.string(),
  resourceId: z.string(),
  input: z.record(z.string(), z.union([z.string(), z.boolean()])),
})

const application = z.object({
  name: z.string(),
  verification: z.enum(VERIFICATIONS),
  users: z.array(z.string()),
  sessionNames: z.optional(z.array(z.string())),
  addresses: z.optional(z.array(z.string())),
  route: z.optional(z.enum(['rds-proxy', 'pooler', 'cname'])),
  host: z.optional(z.string()),
  check: z.optional(z.string()),
})
const client = z.object({
  user: z.string(),
  application: z.string(),
  as: z.enum(ACCOUNTED_AS),
  of: z.optional(z.string()),
  why: z.string(),
})

/** The value of each decision. */
export const decisionSchemas = {
  environment: z.enum(ENVIRONMENTS),
  target: z.object({ ca: z.string() }),
  twin: z.union([
    z.literal('none'),
    z.object({
      subject,
      name: z.string(),
      members: z.optional(z.array(z.object({ subject, name: z.string() }))),
    }),
  ]),
  applications: z.array(application),
  clients: z.array(client),
  timing: z.enum(TIMINGS),
} as const satisfies Record<(typeof DECISION_NAMES)[number], z.ZodMiniType>

/** A step's standing and facts as they were when a change was sent, or when the rotation ended. */
const kept = z.object({
  standing: z.enum(STANDINGS),
  digest: z.optional(digest),
  facts: z.optional(z.unknown()),
  at: z.optional(z.number()),
})
export type Kept = z.infer<typeof kept>

const outcome = z.union([
  z.object({ kind: z.literal('accepted'), requestId: z.string() }),
  z.object({ kind: z.literal('refused'), code: z.string(), message: z.string(), requestId: z.optional(z.string()) }),
  z.object({ kind: z.literal('unknown'), cause: z.string() }),
])

export const confirmation: z.ZodMiniType<Confirmation> = z.object({
  typed: z.string(),
  digests: z.readonly(z.array(digest)),
  at: z.number(),
  by: who,
  of: z.optional(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('wave'), name: z.string() }),
      z.object({ kind: z.literal('plan'), name: z.string(), plan: digest, approver: z.string() }),
    ]),
  ),
})

const bodies = [
  z.object({
    kind: z.literal('rotation-started'),
    rotation: z.string(),
    sequence: z.enum(SEQUENCES),
    name: z.string(),
  }),
  z.object({
    kind: z.literal('decided'),
    rotation: z.string(),
    decision: z.enum(DECISION_NAMES),
    value: z.unknown(),
    /** Where it was said: `config`, `screen`, `default` … */
    said: z.string(),
  }),
  z.object({
    kind: z.literal('evidence'),
    step: z.string(),
    version: z.number(),
    subject,
    facts: z.unknown(),
    digest,
    rests: z.record(z.string(), digest),
  }),
  z.object({
    kind: z.literal('attempt'),
    step: z.string(),
    reason,
    /** For a look that has to wait: from when on it may be tried. */
    until: z.optional(z.number()),
    /** What was seen before is not so any more: the look found something else in its place. */
    refutes: z.optional(z.literal(true)),
  }),
  z.object({
    kind: z.literal('attested'),
    step: z.string(),
    code: z.string(),
    args,
    covers: digest,
    name: z.string(),
    ticket: z.string(),
    until: z.number(),
  }),
  z.object({
    kind: z.literal('question'),
    question: z.string(),
    nonce: z.string(),
    endpoints: z.array(z.object({ host: z.string(), port: z.number(), engine: z.enum(PROBE_ENGINES) })),
    roots: z.array(z.object({ region: z.string(), sha1: z.string(), sha256: z.string() })),
  }),
  z.object({ kind: z.literal('asked'), question: z.string(), to: z.string(), due: z.number() }),
  z.object({
    kind: z.literal('replied'),
    question: z.string(),
    line: z.string(),
    from: z.string(),
    application: z.string(),
    ranAt: z.number(),
    host: z.string(),
    user: z.string(),
    store: z.string(),
    certificates: z.number(),
    roots: z.array(z.string()),
    storeDigest: z.string(),
    bundleDigest: z.string(),
    regions: z.array(z.string()),
    handshakes: z.array(
      z.object({
        host: z.string(),
        port: z.number(),
        result: z.enum(PROBE_RESULTS),
        leaf: z.optional(z.string()),
      }),
    ),
  }),
  z.object({
    kind: z.literal('waived'),
    rotation: z.string(),
    step: z.string(),
    code: z.string(),
    args,
    covers: digest,
    why: z.string(),
  }),
  z.object({
    kind: z.literal('intent'),
    rotation: z.string(),
    intent: z.string(),
    step: z.string(),
    change,
    confirmation,
    kept: z.record(z.string(), kept),
  }),
  z.object({ kind: z.literal('receipt'), rotation: z.string(), intent: z.string(), outcome }),
  /** How an intent without a usable answer was settled, after observing. */
  z.object({
    kind: z.literal('resolved'),
    rotation: z.string(),
    intent: z.string(),
    how: z.enum(['adopted', 'abandoned']),
    seen: reason,
  }),
  z.object({
    kind: z.literal('rotation-ended'),
    rotation: z.string(),
    how: z.enum(['done', 'rolled-back', 'abandoned']),
    kept: z.record(z.string(), kept),
  }),
  /** Nothing more of any wave is sent until it is taken back. */
  z.object({ kind: z.literal('waves-halted'), why: z.string() }),
  z.object({ kind: z.literal('waves-resumed') }),
] as const

const body = z.discriminatedUnion('kind', bodies)
export type Body = z.infer<typeof body>
export type BodyOf<K extends Body['kind']> = Extract<Body, { kind: K }>

/** Reads a line's body. Throws with the path of the first member that is wrong. */
export function parseBody(value: unknown): Body {
  const result = body.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : 'no kind'
  throw new Error(
    `an entry of kind "${kind}" is not one this version knows: ${issue?.path.join('.') || 'kind'}: ${issue?.message ?? 'invalid'}`,
  )
}
