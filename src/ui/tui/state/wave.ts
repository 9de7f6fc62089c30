import { unread, type Scroll } from './scroll.ts'
import type { TextField } from './text-field.ts'

/** A wave that is run from here, from the look at its databases to what came of it. */
export interface WaveShown {
  readonly name: string
  readonly phase:
    | { readonly at: 'surveying' }
    | {
        readonly at: 'asking'
        /** Every request, to be read. */
        readonly lines: readonly string[]
        readonly expected: string
        readonly field: TextField
        readonly error?: string
      }
    | { readonly at: 'changing' }
    | { readonly at: 'ended'; readonly title: string; readonly lines: readonly string[] }
}

/** Why what was typed does not confirm, if it does not. Nothing but the exact words do: no trimming, no case folding. */
export function wholeRefused({ phase }: WaveShown, shown: Scroll): string | undefined {
  if (phase.at !== 'asking') return 'There is nothing to confirm now.'
  if (unread(shown)) return 'The requests have not been read to their end: PgDn. Nothing was sent.'
  const { expected, field } = phase
  if (field.text === expected) return undefined
  return field.text === ''
    ? `Type "${expected}" to confirm. Nothing was sent.`
    : `Expected exactly "${expected}", and "${field.text}" was typed. Nothing was sent.`
}
