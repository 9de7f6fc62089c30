/** Schemas that several steps' facts share. */
import * as z from 'zod/mini'
import { TRANSPORTS } from '../src/rules/census.ts'

export const endpoint = z.object({ host: z.string(), port: z.number() })
export type Endpoint = z.infer<typeof endpoint>

/** The wire families that a probe speaks; `other` engines (Oracle, SQL Server, Db2) cannot be looked at on the wire. */
export const family = z.enum(['postgres', 'mysql', 'other'])
export type Family = z.infer<typeof family>

const check = z.union([
  z.object({ passed: z.literal(true) }),
  z.object({ passed: z.literal(false), code: z.string(), detail: z.string(), certificate: z.optional(z.string()) }),
])
export const certificate = z.object({
  subject: z.string(),
  issuer: z.string(),
  serial: z.string(),
  notBefore: z.number(),
  notAfter: z.number(),
  sha1: z.string(),
  sha256: z.string(),
  key: z.string(),
})
export const place = z.union([
  z.object({ kind: z.literal('here') }),
  z.object({ kind: z.literal('connect'), address: z.string() }),
])

/** A wire proof as it is saved. */
export const proof = z.object({
  place,
  at: z.number(),
  ms: z.number(),
  protocol: z.string(),
  cipher: z.string(),
  served: z.array(certificate),
  root: z.optional(certificate),
  chain: check,
  dates: check,
  name: check,
  strict: z.boolean(),
  controls: z.object({ withoutServedRoot: z.enum(['refused', 'passed']), wrongName: z.enum(['refused', 'passed']) }),
  by: z.optional(z.literal('log-in')),
  handshakes: z.optional(z.object({ spent: z.number(), allowed: z.number(), nextAt: z.optional(z.number()) })),
})

/** A look that others made elsewhere: who ran the probe, where and when, and who took its line in. */
export const answered = z.object({ at: z.number(), host: z.string(), user: z.string(), takenBy: z.string() })
export type Answered = z.infer<typeof answered>

/** How an application's own check ended, or the handshake that its people made where it lives. */
export const checkResult = z.object({
  passed: z.boolean(),
  ended: z.string(),
  output: z.string(),
  ms: z.number(),
  answered: z.optional(answered),
})

export const client = z.object({
  user: z.string(),
  application: z.string(),
  address: z.string(),
  transport: z.enum(TRANSPORTS),
  protocol: z.optional(z.string()),
  cipher: z.optional(z.string()),
  sessions: z.number(),
  oldest: z.optional(z.number()),
  newest: z.optional(z.number()),
  met: z.optional(z.number()),
  /** When it was first and last seen, and how many sessions at most. Absent: in one look alone. */
  first: z.optional(z.number()),
  last: z.optional(z.number()),
  most: z.optional(z.number()),
})

/**
 * Reads saved facts by a schema; undefined when they are not such facts. Saved facts never change, and every assessment reads them again:
 * each is read once.
 */
export const reader = <S extends z.ZodMiniType>(schema: S) => {
  const read = new WeakMap<object, z.output<S>>()
  return (saved: unknown): z.output<S> | undefined => {
    const known = typeof saved === 'object' && saved !== null ? read.get(saved) : undefined
    if (known !== undefined) return known
    const result = schema.safeParse(saved)
    if (result.success && typeof saved === 'object' && saved !== null) read.set(saved, result.data)
    return result.success ? result.data : undefined
  }
}

export { z }
