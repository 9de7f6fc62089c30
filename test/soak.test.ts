/** What `npm run soak` runs: each test that can be run at length, in one part; the parts that were named; and no word that means nothing. */
import { expect, test } from 'vitest'
import { PARTS, soakOf } from '../scripts/soak-parts.js'

const FILES = [
  'e2e/kill-everywhere.test.ts',
  'rules/tally.test.ts',
  'runner/fleet-runs.test.ts',
  'tls/malformed.test.ts',
]
const chosen = (...words: string[]) => soakOf(words, FILES).map(({ name, files }) => [name, ...files])

test('without a word, every file is in one part', () => {
  expect(
    chosen()
      .flatMap(([, ...files]) => files)
      .sort(),
  ).toEqual(FILES)
  expect(chosen('samples')).toEqual([['samples', 'rules/tally.test.ts', 'tls/malformed.test.ts']])
})

test('a part by its name, in the order of the parts', () => {
  expect(chosen('kill', 'fleets')).toEqual([
    ['fleets', 'runner/fleet-runs.test.ts'],
    ['kill', 'e2e/kill-everywhere.test.ts'],
  ])
})

test('a file by a word of its path', () => {
  expect(chosen('tally')).toEqual([['samples', 'rules/tally.test.ts']])
})

test('a word that means nothing is refused, with the parts’ names', () => {
  const names = PARTS.map(({ name }) => name).join(', ')
  expect(() => chosen('kill', 'kil1')).toThrow(`Nothing is soaked under the name "kil1". The parts: ${names}`)
})
