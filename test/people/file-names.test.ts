import { expect, it } from 'vitest'
import { fileName } from '../../src/commands/people/probe-files.ts'

it('owners and applications of different names have files of different names, in any script', () => {
  expect(['Orders team', 'orders-api', '受注チーム', 'Équipe Façade'].map((name) => fileName(name))).toEqual([
    'Orders-team',
    'orders-api',
    '受注チーム',
    'Équipe-Façade',
  ])
  const names = [
    '受注チーム',
    '請求チーム',
    'a/b',
    'a:b',
    '../b',
    '..',
    '.',
    '???',
    '',
    '☺',
    '\0',
    '.ssh',
    '受'.repeat(90),
    '受'.repeat(91),
  ]
  const files = names.map((name) => fileName(name))
  expect(new Set(files).size).toBe(names.length)
  for (const file of files) expect(Buffer.byteLength(file)).toBeLessThan(220)
  for (const file of files) expect(file).toMatch(/^[^/\\:\0.-][^/\\:\0]*$/)
})
