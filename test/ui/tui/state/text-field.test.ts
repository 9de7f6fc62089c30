import { describe, expect, test } from 'vitest'
import { edited, EMPTY_FIELD, partsOf, type Edit, type TextField } from '../../../../src/ui/tui/state/text-field.ts'

const after = (start: TextField, ...edits: Edit[]): TextField =>
  edits.reduce((field, edit) => edited(field, edit), start)
const insert = (text: string): Edit => ({ edit: 'insert', text })
const typed = (text: string): TextField => after(EMPTY_FIELD, insert(text))

describe('a line being typed', () => {
  test.each<[string, readonly Edit[], TextField]>([
    ['inserts at the cursor', [insert('orders'), { edit: 'start' }, insert('my-')], { text: 'my-orders', at: 3 }],
    ['erases before the cursor', [insert('abc'), { edit: 'left' }, { edit: 'erase' }], { text: 'ac', at: 1 }],
    ['erases under the cursor', [insert('abc'), { edit: 'start' }, { edit: 'erase-ahead' }], { text: 'bc', at: 0 }],
    [
      'stays where there is nothing to erase',
      [insert('a'), { edit: 'start' }, { edit: 'erase' }],
      { text: 'a', at: 0 },
    ],
    ['goes no further than its ends', [insert('ab'), { edit: 'right' }, { edit: 'right' }], { text: 'ab', at: 2 }],
    ['is cleared as a whole', [insert('abc'), { edit: 'clear' }], EMPTY_FIELD],
  ])('%s', (_, edits, expected) => {
    expect(after(EMPTY_FIELD, ...edits)).toEqual(expected)
  })

  test('a composed character is one character', () => {
    const field = typed('a👩‍👩‍👧é')
    expect(field.at).toBe(3)
    expect(edited(field, { edit: 'erase' }).text).toBe('a👩‍👩‍👧')
    expect(after(field, { edit: 'erase' }, { edit: 'erase' }).text).toBe('a')
  })

  test.each([
    ['orders-production\n', 'orders-production'],
    ['orders-production\r\n', 'orders-production'],
    ['one\ntwo', 'one two'],
    ['\u001B[31mred', ' [31mred'],
  ])('what is pasted becomes one line: %j', (pasted, text) => {
    expect(typed(pasted).text).toBe(text)
  })

  test('is shown before, under and after the cursor', () => {
    expect(partsOf({ text: '本番db', at: 1 })).toEqual(['本', '番', 'db'])
    expect(partsOf({ text: 'ab', at: 2 })).toEqual(['ab', '', ''])
  })
})
