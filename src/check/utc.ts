import type { Instant } from '../rules/words.ts'

/** A date and time as operators compare them: `2061-05-25 23:34:57 UTC`. */
export const utc = (at: Instant): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
