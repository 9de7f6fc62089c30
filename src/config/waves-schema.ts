/** What the configuration can say about waves. */
import * as z from 'zod/mini'
import { ENVIRONMENTS } from '../rules/decisions.ts'
import { region } from './region-schema.ts'
import { REST, type WaveDeclared } from '../rules/waves.ts'

const name = z.string().check(z.minLength(1))
const names = z.array(name).check(z.minLength(1))

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `24h`, `7d`, as milliseconds. */
const duration = z.pipe(
  z.string().check(z.regex(/^\d+[smhd]$/, 'must be a number with a unit: 90s, 30m, 24h or 7d')),
  z.transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0)),
)

const selectors = {
  databases: z.optional(names),
  /** Each tag with exactly this value. */
  tags: z.optional(z.record(name, z.string())),
  /** `*` stands for any characters. */
  names: z.optional(names),
  regions: z.optional(z.array(region).check(z.minLength(1))),
  environment: z.optional(z.enum(ENVIRONMENTS)),
}

const wave = z
  .strictObject({
    name: name.check(z.refine((text) => text !== REST && !/\s/.test(text), `must be one word, and not "${REST}"`)),
    ...selectors,
    /** How many databases at a time. */
    atOnce: z._default(z.int().check(z.minimum(1)), 1),
    /** How long to wait after its last database before the next wave may begin. */
    bake: z._default(duration, 0),
  })
  .check(
    z.refine((one) => Object.keys(selectors).some((key) => one[key as keyof typeof selectors] !== undefined), {
      error: `must say which databases: ${Object.keys(selectors).join(', ')}`,
    }),
  )

/** In the order in which they go. */
export const waves: z.ZodMiniType<WaveDeclared[]> = z
  .array(wave)
  .check(z.refine((all) => new Set(all.map((one) => one.name)).size === all.length, 'names a wave twice'))
