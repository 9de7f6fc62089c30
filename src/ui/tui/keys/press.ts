import type { Key } from 'ink'

/** One key, by name: `enter`, `up`, `ctrl+c`, `shift+tab`, or the character itself. */
export interface Press {
  readonly key: string
  /** The character that it types; absent for keys that type none. */
  readonly text?: string
}

/** In Ink's own order; the first that holds names the key. */
const NAMED: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
]

const WITHIN: Readonly<Record<string, string>> = { '\r': 'enter', '\n': 'enter', '\t': 'tab', '\u007F': 'backspace' }

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * The keys of one call of Ink's input handler. What is typed quickly, or pasted into a terminal without bracketed paste, arrives as
 * one string: it is taken apart, so that each character is the key that it would have been alone.
 */
export function pressesOf(input: string, key: Key): Press[] {
  const named = NAMED.find(([flag]) => key[flag] === true)
  if (named) return [{ key: key.shift && named[1] === 'tab' ? 'shift+tab' : named[1] }]
  if (key.ctrl) return input === '' ? [] : [{ key: `ctrl+${input}` }]
  // Esc and another key in quick succession are the same bytes as that key with Alt; nothing is bound to Alt.
  if (key.meta) return [{ key: 'esc' }, ...(input === '' ? [] : pressesOf(input, { ...key, meta: false }))]
  // A carriage return and a line feed together are one Enter.
  return [...segmenter.segment(input.replaceAll('\r\n', '\r'))].flatMap(({ segment }): Press[] => {
    const within = WITHIN[segment]
    if (within !== undefined) return [{ key: within }]
    return /\p{Cc}/u.test(segment) ? [] : [{ key: segment, text: segment }]
  })
}
