/** The facts of a step that makes a change: its receipt. The rules make them, from intent and answer. */
import { CHANGE_APIS } from '../src/rules/change.ts'
import type { Reason } from '../src/rules/words.ts'
import { z } from './shapes.ts'
import { instant, reasonsOf } from './text.ts'

export const receipt = z.object({
  basis: z.object({
    intent: z.string(),
    change: z.object({
      api: z.enum(CHANGE_APIS),
      world: z.string(),
      region: z.string(),
      resourceId: z.string(),
      input: z.record(z.string(), z.union([z.string(), z.boolean()])),
    }),
  }),
  detail: z.object({ at: z.number(), by: z.object({ user: z.string(), host: z.string() }), adopted: z.boolean() }),
})
export type Receipt = z.infer<typeof receipt>

export const receiptText = { 'saw-receipt': { says: 'Sent {at} by {user}@{host}{adopted}.', cure: '' } } as const
const { reason } = reasonsOf(receiptText)

export const receiptTells = ({ detail: { at, by, adopted } }: Receipt): readonly Reason[] => [
  reason('saw-receipt', {
    at: instant(at),
    ...by,
    adopted: adopted ? '; no answer came, and AWS showed that it took it' : '',
  }),
]
