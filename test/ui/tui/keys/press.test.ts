import type { Key } from 'ink'
import { describe, expect, test } from 'vitest'
import { pressesOf } from '../../../../src/ui/tui/keys/press.ts'

const NONE: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
}
const keysOf = (input: string, flags: Partial<Key> = {}) =>
  pressesOf(input, { ...NONE, ...flags }).map(({ key }) => key)

describe('the keys of one chunk', () => {
  test.each<[string, Partial<Key>, readonly string[]]>([
    ['', { upArrow: true }, ['up']],
    ['', { return: true }, ['enter']],
    ['', { tab: true, shift: true }, ['shift+tab']],
    ['c', { ctrl: true }, ['ctrl+c']],
    ['q', { meta: true }, ['esc', 'q']],
    ['jjj', {}, ['j', 'j', 'j']],
    ['G', { shift: true }, ['G']],
    ['name\r', {}, ['n', 'a', 'm', 'e', 'enter']],
    ['a\r\nb', {}, ['a', 'enter', 'b']],
    ['本é', {}, ['本', 'é']],
    ['a\u0007b', {}, ['a', 'b']],
    ['', {}, []],
  ])('%j %o', (input, flags, keys) => {
    expect(keysOf(input, flags)).toEqual(keys)
  })
})
