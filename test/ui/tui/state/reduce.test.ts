import { describe, expect, test } from 'vitest'
import type { Change } from '../../../../src/rules/change.ts'
import { subjectKey } from '../../../../src/rules/words.ts'
import type { RunnerEvent } from '../../../../src/runner/events.ts'
import { chooser, confirming, form, nameRefused, type Confirming } from '../../../../src/ui/tui/state/dialog.ts'
import type { UiEvent } from '../../../../src/ui/tui/state/event.ts'
import { reduce } from '../../../../src/ui/tui/state/reduce.ts'
import { measured, scrolled, UNSCROLLED } from '../../../../src/ui/tui/state/scroll.ts'
import { dialogOf, initialState, type TuiState } from '../../../../src/ui/tui/state/state.ts'
import { NOW, production } from '../../../support/scenario.ts'

const KEY = subjectKey(production.subject)
const after = (start: TuiState, ...events: UiEvent[]): TuiState =>
  events.reduce((state, event) => reduce(state, event), start)
const START = initialState()
const runner = (event: RunnerEvent, at = NOW): UiEvent => ({ kind: 'runner', event, at })
const change: Change = {
  api: 'ModifyDBInstance',
  world: 'w',
  region: 'r',
  resourceId: 'db',
  input: { DBInstanceIdentifier: 'x' },
}
const typed = (text: string): UiEvent => ({ kind: 'typed', edit: { edit: 'insert', text } })

describe('the screen after an event', () => {
  test('another database or step is read from the top', () => {
    const read = after(
      START,
      { kind: 'measured', area: 'page', content: 40, view: 10 },
      { kind: 'scrolled', area: 'page', by: 5 },
    )
    expect(read.page.offset).toBe(5)
    expect(after(read, { kind: 'database-selected', index: 1 }).page.offset).toBe(0)
    expect(after(read, { kind: 'step-selected', database: KEY, step: 'census' }).page.offset).toBe(0)
    expect(after(read, { kind: 'database-selected', index: 0 })).toBe(read)
  })

  test('a step that was chosen is left when the screen follows the next one again', () => {
    const chosen = after(START, { kind: 'step-selected', database: KEY, step: 'census' })
    expect(chosen.steps).toEqual({ [KEY]: 'census' })
    expect(after(chosen, { kind: 'followed', database: KEY }).steps).toEqual({})
  })

  test('dialogs lie over each other, and Esc leads back one by one', () => {
    const list = chooser('decisions', [])
    const over = after(START, { kind: 'opened', dialog: list }, { kind: 'opened', dialog: { kind: 'help' } })
    expect(dialogOf(over)).toEqual({ kind: 'help' })
    expect(dialogOf(after(over, { kind: 'closed' }))).toBe(list)
    expect(dialogOf(after(over, { kind: 'closed' }, { kind: 'closed' }))).toBeUndefined()
    expect(after(over, { kind: 'dismissed' }).dialogs).toEqual([])
  })

  test('an option is chosen within the list, never past its ends', () => {
    const options = ['a', 'b', 'c'].map((label) => ({ label, next: { intent: { do: 'refresh' } } }) as const)
    const open = after(START, { kind: 'opened', dialog: chooser('', options) })
    const at = (...moves: (number | 'start' | 'end')[]) => {
      const dialog = dialogOf(after(open, ...moves.map((by): UiEvent => ({ kind: 'option-moved', by }))))
      return dialog?.kind === 'choose' ? dialog.at : undefined
    }
    expect([at(1), at(-1), at(1, 1, 1), at('end'), at('end', 'start')]).toEqual([1, 0, 2, 2, 0])
  })

  test('typing goes into the field that has the cursor, and takes the error away', () => {
    const open = after(START, { kind: 'opened', dialog: form('Waive', { for: 'give-up' }, []) })
    const refused = after(open, { kind: 'form-refused', at: 0, error: 'missing' })
    expect(dialogOf(refused)).toMatchObject({ error: 'missing' })
    const written = dialogOf(after(refused, typed('because')))
    expect(written).toMatchObject({ fields: [{ text: 'because' }] })
    expect(written).not.toHaveProperty('error')
  })

  test('messages are kept, the last 200', () => {
    const said = Array.from({ length: 250 }, (_, n): UiEvent => ({
      kind: 'said',
      at: NOW,
      said: { tone: 'info', says: `${n}`, cure: '' },
    }))
    const { messages } = after(START, ...said)
    expect(messages).toHaveLength(200)
    expect(messages.at(-1)?.says).toBe('249')
  })
})

describe('confirming', () => {
  const asked = after(
    START,
    { kind: 'opened', dialog: confirming(KEY, 'orders-production', 'modify') },
    { kind: 'confirm-asked', database: KEY, change, until: NOW + 1_000 },
  )
  const dialogAfter = (...events: UiEvent[]) => dialogOf(after(asked, ...events)) as Confirming

  test.each([
    ['orders-production', NOW, undefined],
    ['orders-productio', NOW, 'Expected exactly "orders-production"'],
    ['Orders-Production', NOW, 'Expected exactly'],
    ['orders-production ', NOW, 'Expected exactly'],
    ['yes', NOW, 'Expected exactly'],
    ['', NOW, 'Type the name'],
    ['orders-production', NOW + 2_000, 'the gate is closed'],
  ])('%j at %i', (text, now, refused) => {
    const said = nameRefused(dialogAfter(typed(text)), now, measured(UNSCROLLED, 10, 10))
    if (refused === undefined) expect(said).toBeUndefined()
    else expect(said).toContain(refused)
  })

  test('what has not been read to its end is not confirmed', () => {
    const right = dialogAfter(typed('orders-production'))
    const half = measured(UNSCROLLED, 30, 10)
    expect(nameRefused(right, NOW, half)).toContain('not been read to its end')
    expect(nameRefused(right, NOW, scrolled(half, 'end'))).toBeUndefined()
    expect(nameRefused(right, NOW, scrolled(scrolled(half, 'end'), 'start'))).toBeUndefined()
  })

  test('asking belongs to the database whose confirmation is open', () => {
    const other = after(START, { kind: 'opened', dialog: confirming('other', 'other', 'modify') })
    expect(after(other, { kind: 'confirm-asked', database: KEY, change, until: NOW }).dialogs).toBe(other.dialogs)
  })

  test('what came of it stays when the work has ended; a question does not', () => {
    const done = dialogAfter(
      { kind: 'confirm-done', database: KEY, applied: { kind: 'declined', why: 'x' } },
      { kind: 'confirm-ended', database: KEY },
    )
    expect(done.phase.at).toBe('done')
    expect(dialogAfter({ kind: 'confirm-ended', database: KEY })).toBeUndefined()
  })

  test('typing after it was confirmed changes nothing', () => {
    expect(dialogAfter(typed('x'), { kind: 'confirm-sending' }, typed('y')).phase).toEqual({ at: 'sending', change })
  })
})

describe('what is being done', () => {
  const busy = after(START, { kind: 'work-started', database: KEY, doing: 'go-on', at: NOW })
  const looking = (at: number) => runner({ kind: 'looking', about: production, step: 'settle' }, at)
  const waiting = (at: number) =>
    runner({ kind: 'waiting', about: production, step: 'settle', reason: undefined, until: at + 5_000 }, at)

  test('waiting is counted from its beginning, over all its looks', () => {
    const state = after(busy, looking(NOW), waiting(NOW + 1_000), looking(NOW + 6_000), waiting(NOW + 7_000))
    expect(state.busy[KEY]?.waiting).toMatchObject({ since: NOW + 1_000, until: NOW + 12_000 })
  })

  test('looking at the next step is no waiting', () => {
    const state = after(busy, waiting(NOW), runner({ kind: 'looking', about: production, step: 'verify' }))
    expect(state.busy[KEY]).toEqual({ doing: 'go-on', since: NOW, step: 'verify' })
  })

  test('it ends with the work, and standings are derived anew', () => {
    const ended = after(busy, { kind: 'work-ended', database: KEY })
    expect(ended.busy).toEqual({})
    expect(ended.revision).toBeGreaterThan(busy.revision)
  })

  test('an event of a database that nothing is done for only counts', () => {
    const state = after(START, waiting(NOW))
    expect(state.busy).toEqual({})
    expect(state.revision).toBe(1)
  })
})
