import type { Allowance, Shortfall } from '../src/rules/evidence.ts'
import type { Args, Reason, Subject } from '../src/rules/words.ts'

/** A reason's English: what is so, and what to do about it. `{name}` is filled in with the reason's argument of that name. */
export interface Sentence {
  readonly says: string
  readonly cure: string
}
export type Text = Readonly<Record<string, Sentence>>

/** Makes reasons and shortfalls whose codes have a text: a code without one does not compile. */
export const reasonsOf = <const T extends Text>(_text: T) => ({
  reason: (code: keyof T & string, args: Args = {}): Reason => ({ code, args }),
  short: (code: keyof T & string, allows: Allowance, args: Args = {}): Shortfall => ({ code, args, allows }),
})

/** A shortfall that the change of these databases, and nothing else, takes away. */
export const until = (after: readonly Subject[], shortfall: Shortfall): Shortfall => ({ ...shortfall, after })

/** A shortfall that says that somebody has changed what had come. */
export const undone = (shortfall: Shortfall): Shortfall => ({ ...shortfall, undone: true })

/** A day as every operator reads it, whatever the time zone of the terminal: UTC. */
export const day = (at: number | undefined): string =>
  at === undefined ? 'unknown' : new Date(at).toISOString().slice(0, 10)

/** An instant in UTC, to the second. */
export const instant = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

const LOCAL = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})

/** The same instant by the clock on the wall: in the time zone of this terminal, which it names. */
export const localTime = (at: number): string => LOCAL.format(at)
