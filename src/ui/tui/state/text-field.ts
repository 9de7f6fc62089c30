/** One line of text being typed. Positions count graphemes, so that a composed character is erased as a whole. */
export interface TextField {
  readonly text: string
  /** Where the next character goes: 0 is before the first grapheme. */
  readonly at: number
}

export const EMPTY_FIELD: TextField = { text: '', at: 0 }

/** What can be done to a field. */
export type Edit =
  | { readonly edit: 'insert'; readonly text: string }
  | { readonly edit: 'erase' | 'erase-ahead' | 'clear' | 'left' | 'right' | 'start' | 'end' }

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const graphemes = (text: string): string[] => [...segmenter.segment(text)].map((one) => one.segment)

/** A pasted or typed text as a line can hold it: line ends at its end fall away, other control characters become spaces. */
export const typeable = (text: string): string => text.replace(/[\r\n]+$/, '').replace(/\p{Cc}+/gu, ' ')

/** The field with the text before, at and after its cursor. */
export function partsOf({ text, at }: TextField): readonly [before: string, under: string, after: string] {
  const all = graphemes(text)
  return [all.slice(0, at).join(''), all[at] ?? '', all.slice(at + 1).join('')]
}

export function edited(field: TextField, edit: Edit): TextField {
  const all = graphemes(field.text)
  const at = Math.min(field.at, all.length)
  switch (edit.edit) {
    case 'insert': {
      const added = graphemes(typeable(edit.text))
      return { text: [...all.slice(0, at), ...added, ...all.slice(at)].join(''), at: at + added.length }
    }
    case 'erase':
      return at === 0 ? field : { text: [...all.slice(0, at - 1), ...all.slice(at)].join(''), at: at - 1 }
    case 'erase-ahead':
      return { text: [...all.slice(0, at), ...all.slice(at + 1)].join(''), at }
    case 'clear':
      return EMPTY_FIELD
    case 'left':
      return { ...field, at: Math.max(0, at - 1) }
    case 'right':
      return { ...field, at: Math.min(all.length, at + 1) }
    case 'start':
      return { ...field, at: 0 }
    case 'end':
      return { ...field, at: all.length }
  }
}
