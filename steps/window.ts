import type { Instant } from '../src/rules/words.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE

/**
 * When a weekly maintenance window (`ddd:hh24:mi-ddd:hh24:mi`, UTC, as DescribeDBInstances gives it) next begins; the present
 * one when it is open now. Undefined when there is none or it is not of that form.
 */
export function nextWindow(window: string | undefined, now: Instant): Instant | undefined {
  const match = /^(\w{3}):(\d\d):(\d\d)-(\w{3}):(\d\d):(\d\d)$/.exec(window?.toLowerCase() ?? '')
  if (!match) return undefined
  const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = match
  const minuteOfWeek = (
    day: string | undefined,
    hour: string | undefined,
    minute: string | undefined,
  ): number | undefined => {
    const index = DAYS.findIndex((one) => one === day)
    return index < 0 ? undefined : (index * 24 + Number(hour)) * 60 + Number(minute)
  }
  const begins = minuteOfWeek(fromDay, fromHour, fromMinute)
  const ends = minuteOfWeek(toDay, toHour, toMinute)
  if (begins === undefined || ends === undefined) return undefined
  const date = new Date(now)
  const sunday = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - date.getUTCDay())
  const start = sunday + begins * MINUTE
  const lasts = ((ends - begins) * MINUTE + WEEK) % WEEK
  for (const week of [-WEEK, 0, WEEK]) if (now < start + week + lasts) return start + week
  return undefined
}
