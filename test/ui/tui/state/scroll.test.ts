import { describe, expect, test } from 'vitest'
import { measured, scrolled, UNSCROLLED, type Scroll } from '../../../../src/ui/tui/state/scroll.ts'

const at = (offset: number): Scroll => ({ offset, content: 30, view: 10, seen: 0 })

describe('scrolling', () => {
  test.each<[Scroll, Parameters<typeof scrolled>[1], number]>([
    [at(0), 1, 1],
    [at(0), -1, 0],
    [at(20), 1, 20],
    [at(0), 'page-down', 9],
    [at(15), 'page-down', 20],
    [at(5), 'page-up', 0],
    [at(5), 'end', 20],
    [at(20), 'start', 0],
  ])('%o by %s goes to %i', (scroll, by, offset) => {
    expect(scrolled(scroll, by).offset).toBe(offset)
  })

  test('nothing scrolls before it has been measured, or where everything is seen', () => {
    expect(scrolled(UNSCROLLED, 'end').offset).toBe(0)
    expect(scrolled({ offset: 0, content: 5, view: 10, seen: 0 }, 3).offset).toBe(0)
  })

  test('what grows shorter or is seen through a larger window stays in view', () => {
    expect(measured(at(20), 15, 10).offset).toBe(5)
    expect(measured(at(20), 30, 28).offset).toBe(2)
  })

  test('measuring the same again is no change', () => {
    const scroll = at(3)
    expect(measured(scroll, 30, 10)).toBe(scroll)
  })
})
