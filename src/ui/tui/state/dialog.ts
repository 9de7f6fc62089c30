import type { Change } from '../../../rules/change.ts'
import type { Instant } from '../../../rules/words.ts'
import type { Applied } from '../../../runner/apply.ts'
import type { Intent } from '../work/intent.ts'
import { FIELDS, type Purpose } from './form.ts'
import { unread, type Scroll } from './scroll.ts'
import { EMPTY_FIELD, type TextField } from './text-field.ts'

/** What choosing comes to: another dialog over this one, or something to be done. */
export type Next = { readonly open: Dialog } | { readonly intent: Intent }

export interface Option {
  readonly label: string
  readonly detail?: string
  /** Why it cannot be chosen; absent when it can. */
  readonly off?: string
  readonly next: Next
}

export interface Chooser {
  readonly kind: 'choose'
  readonly title: string
  readonly intro: readonly string[]
  readonly options: readonly Option[]
  readonly at: number
}

export interface Form {
  readonly kind: 'form'
  readonly title: string
  readonly intro: readonly string[]
  readonly purpose: Purpose
  readonly fields: readonly TextField[]
  /** The field that is being typed in. */
  readonly at: number
  readonly error?: string
}

/** The typed confirmation of one change, from asking for it to what came of it. */
export interface Confirming {
  readonly kind: 'confirm'
  /** Key and name of the database. */
  readonly database: string
  readonly name: string
  readonly step: string
  readonly phase:
    | { readonly at: 'preparing' }
    | {
        readonly at: 'asking'
        readonly change: Change
        readonly until: Instant
        readonly field: TextField
        readonly error?: string
      }
    | { readonly at: 'sending'; readonly change: Change }
    | { readonly at: 'done'; readonly applied: Applied }
}

/** What lies over the screen. One is seen at a time; Esc leads back to the one beneath it. */
export type Dialog =
  | { readonly kind: 'help' }
  | { readonly kind: 'messages' }
  /** The wave that is run from here: what is shown of it is in the state, since it goes on while the screen is elsewhere. */
  | { readonly kind: 'wave' }
  | Chooser
  | Form
  | Confirming

export const chooser = (title: string, options: readonly Option[], intro: readonly string[] = [], at = 0): Chooser => ({
  kind: 'choose',
  title,
  intro,
  options,
  at,
})

export const form = (title: string, purpose: Purpose, intro: readonly string[]): Form => ({
  kind: 'form',
  title,
  intro,
  purpose,
  fields: FIELDS[purpose.for].map(() => EMPTY_FIELD),
  at: 0,
})

/** A reply that is typed in, or pasted where a terminal does not tell pasting from typing. */
export const REPLY_FORM: Form = form('Take in a reply', { for: 'reply' }, [
  'The line that the probe printed where the application lives.',
])

/** The confirmation of a change, from its beginning: asked for, and not yet answered with a request to confirm. */
export const confirming = (database: string, name: string, step: string): Confirming => ({
  kind: 'confirm',
  database,
  name,
  step,
  phase: { at: 'preparing' },
})

/** Why what was typed does not confirm, if it does not. Nothing but the exact name does: no trimming, no case folding. */
export function nameRefused({ name, phase }: Confirming, now: Instant, shown: Scroll): string | undefined {
  if (phase.at !== 'asking') return 'There is nothing to confirm now.'
  if (now > phase.until) return 'A proof has run out meanwhile: the gate is closed. Esc, then go on.'
  if (unread(shown)) return 'The request has not been read to its end: PgDn. Nothing was sent.'
  if (phase.field.text === name) return undefined
  return phase.field.text === ''
    ? `Type the name "${name}" to confirm. Nothing was sent.`
    : `Expected exactly "${name}", and "${phase.field.text}" was typed. Nothing was sent.`
}
