import type { Instant } from '../../rules/words.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A duration in milliseconds, in its two largest units: `12 s`, `3 min 5 s`, `2 h 4 min`, `9 d 3 h`. Never negative. */
export function duration(ms: number): string {
  const left = Math.max(0, ms)
  const parts = (whole: number, unit: string, rest: number, restUnit: string) =>
    rest > 0 ? `${whole} ${unit} ${rest} ${restUnit}` : `${whole} ${unit}`
  if (left < MINUTE) return `${Math.floor(left / SECOND)} s`
  if (left < HOUR) return parts(Math.floor(left / MINUTE), 'min', Math.floor((left % MINUTE) / SECOND), 's')
  if (left < DAY) return parts(Math.floor(left / HOUR), 'h', Math.floor((left % HOUR) / MINUTE), 'min')
  return parts(Math.floor(left / DAY), 'd', Math.floor((left % DAY) / HOUR), 'h')
}

/** An instant in UTC to the second, as every operator reads it whatever the terminal's time zone. */
export const utc = (at: Instant): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
