import { describe, expect, test } from 'vitest'
import { layoutOf, shareOf } from '../../../../src/ui/tui/scene/layout.ts'
import { rowsWanted, stepRows } from '../../../../src/ui/tui/scene/step-rows.ts'
import { windowOf } from '../../../../src/ui/tui/scene/window-of.ts'
import type { StepLine } from '../../../../src/ui/view/page.ts'

describe('how the screen is divided', () => {
  test.each([
    [59, 24, 'tiny'],
    [60, 15, 'tiny'],
    [60, 16, 'single'],
    [80, 21, 'single'],
    [80, 24, 'split'],
    [139, 50, 'split'],
    [140, 24, 'wide'],
    [200, 60, 'wide'],
  ])('%ix%i is %s', (columns, rows, kind) => {
    expect(layoutOf(columns, rows).kind).toBe(kind)
  })

  test('panes, messages and frame fill the window, and no more', () => {
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [120, 30],
      [200, 60],
    ] as const) {
      const layout = layoutOf(columns, rows)
      if (layout.kind === 'tiny') throw new Error('too small')
      expect(layout.body + layout.messages + 3).toBe(rows)
    }
  })

  test('the steps get what they want while the page keeps some', () => {
    expect(shareOf(19, 12)).toEqual({ steps: 12, page: 7 })
    expect(shareOf(19, 40)).toEqual({ steps: 14, page: 5 })
  })

  test.each([
    [4, 0, 10, 0, 4],
    [100, 0, 10, 0, 10],
    [100, 50, 10, 45, 55],
    [100, 99, 10, 90, 100],
    [3, 1, 0, 1, 1],
  ])('of %i with %i chosen, %i rows show %i to %i', (count, selected, height, from, to) => {
    expect(windowOf(count, selected, height)).toEqual({ from, to })
  })
})

describe('the rows of the list of steps', () => {
  const line = (id: string, standing: StepLine['standing'], because = '', next = false): StepLine => ({
    id,
    number: id,
    title: id,
    standing,
    word: standing,
    because,
    next,
  })
  const lines = [
    line('01', 'proven'),
    line('02', 'not-proven', 'a client is nobody’s', true),
    line('03', 'missing', 'step 02 is not proven'),
    line('04', 'missing', 'step 03 is not looked at'),
  ]
  const shown = (height: number, selected = '02') =>
    stepRows(lines, selected, height).map((row) => (row.kind === 'step' ? row.line.id : `because ${row.of}`))

  test('all reasons where there is room, those that matter where there is less, then none', () => {
    expect(shown(7)).toEqual(['01', '02', 'because 02', '03', 'because 03', '04', 'because 04'])
    expect(shown(6)).toEqual(['01', '02', 'because 02', '03', '04'])
    expect(shown(4)).toEqual(['01', '02', '03', '04'])
    expect(rowsWanted(lines, '02')).toBe(5)
  })

  test('what does not fit is cut off around the chosen step', () => {
    expect(shown(2, '04')).toEqual(['03', '04'])
    expect(shown(2, '01')).toEqual(['01', '02'])
  })
})
