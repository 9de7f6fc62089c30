/**
 * How long a Region takes, in milliseconds at speed 1. AWS documents no durations; these are of the size that operators
 * see. Only these are divided by the rehearsal's speed: the calendar, by which certificates are judged, is real.
 */
export const DELAYS = {
  /** From the answer to ModifyDBInstance until the API shows that anything happens. */
  unnoticed: 30_000,
  modifying: 90_000,
  /** Longer, when the instance class changes too. */
  resizing: 120_000,
  settling: 30_000,
  /** From RebootDBInstance's answer to the restart. */
  beforeReboot: 5_000,
  rebooting: 60_000,
  /** From set-up to the first maintenance window, and from each database's to the next one's. */
  untilWindow: 20 * 60_000,
  betweenWindows: 10 * 60_000,
  /** CloudTrail shows a call after a few minutes. */
  trailBehind: 5 * 60_000,
  /** A new instance, from its appearance to `available`. */
  creating: 240_000,
  /** `--fault slow-api`: before each answer. */
  slowAnswer: 30_000,
} as const

/** One CA change takes 12 to 15 s: long enough to watch. */
export const INTERACTIVE_SPEED = 12
/** One CA change takes 2.5 to 3 s. */
export const AUTOPILOT_SPEED = 60
export const FASTEST_SPEED = 100_000

export const scaled = (milliseconds: number, speed: number): number => Math.round(milliseconds / speed)
