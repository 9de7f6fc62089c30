import type { Instant } from '../../rules/words.ts'

/** The end of a day in UTC, from `YYYY-MM-DD`. Undefined when there is no such day. */
export function endOfDay(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const start = Date.parse(`${text}T00:00:00Z`)
  // Date.parse takes 31 April for 1 May in some engines: what comes back must be what was typed.
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== text) return undefined
  return start + 24 * 60 * 60_000 - 1
}
