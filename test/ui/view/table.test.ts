import { expect, test } from 'vitest'
import { tableWithin } from '../../../src/ui/view/table.ts'

const ROWS = [
  ['  NAME', 'CA', 'LEAF UNTIL', 'RESTART'],
  ['  注文-production', 'rds-ca-2019', '2027-02-23', 'no restart'],
  ['    replica', 'rds-ca-2019', '-', ''],
]

test('a table that fits, and one for a pipe, is a row a line', () => {
  const lines = [
    '  NAME             CA           LEAF UNTIL  RESTART',
    '  注文-production  rds-ca-2019  2027-02-23  no restart',
    '    replica        rds-ca-2019  -',
  ]
  expect(tableWithin(ROWS, undefined)).toEqual(lines)
  expect(tableWithin(ROWS, 54)).toEqual(lines)
})

test('where the terminal is narrower, nothing is cut: what each cell says stands beneath its name', () => {
  expect(tableWithin(ROWS, 44)).toEqual([
    '  注文-production',
    '      rds-ca-2019, leaf until 2027-02-23,',
    '      no restart',
    '    replica',
    '        rds-ca-2019',
  ])
})
