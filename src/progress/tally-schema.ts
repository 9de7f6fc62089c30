import * as z from 'zod/mini'
import { TRANSPORTS, VIEW_GAPS } from '../rules/census.ts'
import type { Tally } from '../rules/tally.ts'

const text = z.optional(z.string())
const instant = z.optional(z.number())

const sighting = z.object({
  user: z.string(),
  application: z.string(),
  address: z.string(),
  transport: z.enum(TRANSPORTS),
  protocol: text,
  cipher: text,
  sessions: z.number(),
  oldest: instant,
  newest: instant,
  met: instant,
  first: z.number(),
  last: z.number(),
  most: z.number(),
})

export const TALLY_FORMAT = 1

/** What a file of sightings says. */
export const tallyFile = z.object({
  formatVersion: z.literal(TALLY_FORMAT),
  /** The database's key: a file that was copied to another's name is not its. */
  subject: z.string(),
  tally: z.object({
    server: z.string(),
    samples: z.number(),
    failures: z.number(),
    first: z.number(),
    last: z.number(),
    gaps: z.array(z.enum(VIEW_GAPS)),
    whole: z.boolean(),
    lacks: z.array(z.string()),
    tlsEnforced: z.union([z.boolean(), z.literal('unknown')]),
    starts: z.array(z.number()),
    leaves: z.array(z.object({ sha256: z.string(), ends: z.number(), first: z.number(), last: z.number() })),
    sightings: z.array(sighting),
    watch: z.optional(z.object({ began: z.number(), until: z.number() })),
    folded: z.number(),
  }) satisfies z.ZodMiniType<Tally>,
})
