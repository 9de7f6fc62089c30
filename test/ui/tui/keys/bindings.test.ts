import { describe, expect, test } from 'vitest'
import { BINDINGS, bindingOf, bindingsOf } from '../../../../src/ui/tui/keys/bindings.ts'
import { COMMANDS, MODES } from '../../../../src/ui/tui/keys/command.ts'

describe('the table of keys', () => {
  test.each(MODES)('no key means two things at once: %s', (mode) => {
    const keys = bindingsOf(mode).flatMap((one) => one.keys)
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([])
  })

  test.each(COMMANDS)('%s has a key, and a sentence that says what it does', (command) => {
    const bound = BINDINGS.filter((one) => one.command === command)
    expect(bound.length).toBeGreaterThan(0)
    for (const { keys, help, label, shown } of bound) {
      expect(keys).not.toEqual([])
      expect(help).toMatch(/^[A-Z].*\.$/)
      expect(label.length * shown.length).toBeGreaterThan(0)
    }
  })

  test.each(MODES)('everywhere there is a way out: %s', (mode) => {
    expect(bindingOf(mode, 'ctrl+c')?.command).toBe('interrupt')
    expect(bindingOf(mode, 'esc')).toBeDefined()
  })

  test('where a line is typed, every printable character is text', () => {
    const printable = Array.from({ length: 95 }, (_, n) => String.fromCodePoint(32 + n))
    expect(printable.filter((key) => bindingOf('typing', key))).toEqual([])
  })
})
