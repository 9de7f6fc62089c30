import type { Instant } from '../../rules/words.ts'
import { invalidValue } from '../api/wire-error.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const WEEK = 7 * DAY
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
/** 1970-01-04T00:00Z, a Sunday: weeks are counted from it. */
const FIRST_SUNDAY = 3 * DAY

/** A weekly window: milliseconds after Sunday 00:00 UTC, and how long it lasts. It may cross the end of the week. */
export interface MaintenanceWindow {
  readonly start: number
  readonly length: number
}

/** Reads `ddd:hh24:mi-ddd:hh24:mi`, UTC. Throws `InvalidParameterValue`, also for less than the 30 minutes that AWS asks for. */
export function parseWindow(text: string): MaintenanceWindow {
  const match = /^(\w{3}):(\d\d):(\d\d)-(\w{3}):(\d\d):(\d\d)$/.exec(text.toLowerCase())
  if (!match) throw invalidValue(`Invalid maintenance window: ${text}. The format is ddd:hh24:mi-ddd:hh24:mi.`)
  const [, fromDay = '', fromHour, fromMinute, tillDay = '', tillHour, tillMinute] = match
  const start = sinceSunday(text, fromDay, Number(fromHour), Number(fromMinute))
  const length = (sinceSunday(text, tillDay, Number(tillHour), Number(tillMinute)) - start + WEEK) % WEEK
  if (length < 30 * MINUTE) throw invalidValue('The maintenance window must be at least 30 minutes.')
  return { start, length }
}

/** The window as AWS writes it, from the whole minute at or after an instant, for so many minutes. */
export function windowFrom(instant: Instant, minutes: number): string {
  const start = Math.ceil(instant / MINUTE) * MINUTE
  return `${weekTime(start)}-${weekTime(start + minutes * MINUTE)}`
}

/** When the window is open next: now, when it is open now. */
export function nextOpening(text: string, now: Instant): Instant {
  const { start, length } = parseWindow(text)
  const latest = latestStart(start, now)
  return now < latest + length ? now : latest + WEEK
}

const latestStart = (start: number, now: Instant): Instant =>
  now - ((((now - FIRST_SUNDAY - start) % WEEK) + WEEK) % WEEK)

function sinceSunday(text: string, day: string, hour: number, minute: number): number {
  const index = DAYS.findIndex((name) => name === day)
  if (index === -1 || hour > 23 || minute > 59) throw invalidValue(`Invalid maintenance window: ${text}.`)
  return index * DAY + hour * 60 * MINUTE + minute * MINUTE
}

function weekTime(instant: Instant): string {
  const date = new Date(instant)
  return `${DAYS[date.getUTCDay()] ?? 'sun'}:${date.toISOString().slice(11, 16)}`
}
