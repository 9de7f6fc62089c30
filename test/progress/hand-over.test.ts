import fs from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { digestOf } from '../../src/rules/words.ts'
import { anna, bert, filesOf, openTally, orders, refusal, saved, scratch, subject } from './tally.ts'

const temporary = scratch()
afterEach(() => temporary.cleanUp())

const billing = subject('db-BILLING')

interface Exported {
  formatVersion: number
  exportedBy: { user: string }
  journals: { subject: Record<string, unknown>; lines: Record<string, unknown>[] }[]
}

/** An export that somebody altered. */
function altered(text: string, change: (exported: Exported) => unknown): string {
  const exported = JSON.parse(text) as Exported
  change(exported)
  return JSON.stringify(exported)
}

test('a run handed over is the same run: lines, authors, hashes, and it goes on there and comes back', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  await saved(mine, ['one', 'two'])
  await saved(mine, ['b'], billing)
  const text = await openTally(mine).export([orders, billing])
  const there = openTally(hers, bert)
  expect(await there.import(text)).toEqual([
    { subject: orders, added: 2 },
    { subject: billing, added: 1 },
  ])
  expect(fs.readFileSync(filesOf(hers).journal)).toEqual(fs.readFileSync(filesOf(mine).journal))
  expect(fs.statSync(filesOf(hers).journal).mode & 0o777).toBe(0o600)
  const journal = await there.open(orders)
  await journal.append({ word: 'three' })
  expect(journal.state).toEqual({ count: 3, words: ['one', 'two', 'three'], authors: ['anna', 'anna', 'bert'] })

  const back = openTally(mine)
  const open = await back.open(orders)
  expect(await back.import(await there.export([orders, billing]))).toEqual([
    { subject: orders, added: 1 },
    { subject: billing, added: 0 },
  ])
  expect([await open.refresh(), open.state]).toEqual([true, journal.state])
  await open.append({ word: 'four' })
  // What ours continues changes nothing, and again does nothing.
  expect(await back.import(text)).toEqual([
    { subject: orders, added: 0 },
    { subject: billing, added: 0 },
  ])
  expect((await back.open(orders)).state.words).toEqual(['one', 'two', 'three', 'four'])
  expect((await back.check(orders)).broken).toBeUndefined()
})

test('journals that went different ways are refused, and nothing at all is written', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  await saved(mine, ['one'])
  await openTally(hers).import(await openTally(mine).export([orders]))
  await saved(mine, ['mine'])
  const journal = await openTally(hers, bert).open(orders)
  await journal.append({ word: 'hers' })
  await journal.append({ word: 'more' })
  await saved(hers, ['b'], billing)
  const text = await openTally(hers).export([billing, orders])
  const before = fs.readFileSync(filesOf(mine).journal)
  const refused = await refusal(() => openTally(mine).import(text))
  expect(refused).toMatchObject({ code: 'DIVERGED', file: filesOf(mine).journal })
  expect(refused.message).toMatch(
    /up to line 1 of them they are the same, then ours goes on by anna@bastion-1 .*line 3\), the other by bert@bastion-2/,
  )
  expect(fs.readFileSync(filesOf(mine).journal).equals(before)).toBe(true)
  expect(await openTally(mine).subjects()).toEqual([orders])
  expect(fs.existsSync(filesOf(mine, billing).directory)).toBe(false)
})

test('an export that was altered anywhere is refused by name, and nothing at all is written', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  await saved(mine, ['b'], billing)
  await saved(mine, ['one', 'two', 'three'])
  const text = await openTally(mine).export([billing, orders])
  const line = (exported: Exported, at = 1) => exported.journals[1]!.lines[at]!
  const rehashed = (target: Record<string, unknown>) => {
    const { hash: _, ...content } = target
    target['hash'] = digestOf(content)
  }
  const cases: [string, string, string][] = [
    ['an author', altered(text, (e) => (line(e)['who'] = bert)), 'CORRUPT'],
    ['a body', altered(text, (e) => (line(e)['body'] = { word: 'ten' })), 'CORRUPT'],
    ['a time', altered(text, (e) => (line(e)['at'] = 0)), 'CORRUPT'],
    ['a member more', altered(text, (e) => (line(e)['approved'] = true)), 'CORRUPT'],
    ['a line left out', altered(text, (e) => e.journals[1]!.lines.splice(1, 1)), 'CORRUPT'],
    ['the first line left out', altered(text, (e) => e.journals[1]!.lines.shift()), 'CORRUPT'],
    [
      'a line hashed again',
      altered(text, (e) => rehashed(Object.assign(line(e), { body: { word: 'ten' } }))),
      'CORRUPT',
    ],
    [
      'a body that is not understood',
      altered(text, (e) => rehashed(Object.assign(line(e, 2), { body: 3 }))),
      'CORRUPT',
    ],
    ['no subject', altered(text, (e) => delete e.journals[1]!.subject['world']), 'CORRUPT'],
    ['an unknown kind', altered(text, (e) => (e.journals[1]!.subject['kind'] = 'planet')), 'CORRUPT'],
    ['one subject twice', altered(text, (e) => e.journals.push(e.journals[1]!)), 'CORRUPT'],
    ['a newer format', altered(text, (e) => (e.formatVersion = 2)), 'NEWER_FORMAT'],
    ['half of it', text.slice(0, text.length / 2), 'CORRUPT'],
    ['something else', '{"name":"rds-ca-runbook"}', 'FOREIGN'],
    ['nothing', 'null', 'FOREIGN'],
  ]
  for (const [what, wrong, code] of cases) {
    const refused = await refusal(() => openTally(hers).import(wrong))
    expect(refused, what).toMatchObject({ code, name: 'ProgressUnusable' })
    expect(refused.message, what).toMatch(/Nothing was changed/)
    expect(fs.readdirSync(hers), what).toEqual([])
  }
  expect((await refusal(() => openTally(hers).import(cases[0]![1]))).message).toContain(
    'database db-ORDERS, line 2: it was altered',
  )
  // The names of those who exported it are for people; nothing rests on them.
  expect(await openTally(hers).import(altered(text, (e) => (e.exportedBy.user = 'somebody')))).toHaveLength(2)
})

test('what is imported into a damaged or torn journal of ours', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  await saved(mine, ['one'])
  await openTally(hers).import(await openTally(mine).export([orders]))
  await saved(mine, ['two'])
  const text = await openTally(mine).export([orders])
  const { journal, torn } = filesOf(hers)
  const whole = fs.readFileSync(journal)
  fs.writeFileSync(journal, whole.toString().replace('"one"', '"ten"'))
  expect(await refusal(() => openTally(hers).import(text))).toMatchObject({ code: 'CORRUPT', file: journal })
  expect(await refusal(() => openTally(hers).export([orders]))).toMatchObject({ code: 'CORRUPT', file: journal })
  fs.writeFileSync(journal, Buffer.concat([whole, Buffer.from('{"at":17')]))
  expect(await openTally(hers).import(text)).toEqual([{ subject: orders, added: 1 }])
  expect(fs.readFileSync(torn, 'utf8')).toBe('{"at":17\n')
  expect((await openTally(hers).open(orders)).state.words).toEqual(['one', 'two'])
})

test('an import and an append at the same time do not lose a line', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  await saved(mine, ['one'])
  await openTally(hers).import(await openTally(mine).export([orders]))
  await saved(mine, ['two'])
  const text = await openTally(mine).export([orders])
  const journal = await openTally(hers).open(orders)
  const [imported, appended] = await Promise.allSettled([
    openTally(hers).import(text),
    journal.append({ word: 'here' }),
  ])
  expect(appended.status).toBe('fulfilled')
  const words = (await openTally(hers).open(orders)).state.words
  expect(words).toEqual(imported.status === 'fulfilled' ? ['one', 'two', 'here'] : ['one', 'here'])
  expect((await openTally(hers).check(orders)).broken).toBeUndefined()
})

test('a subject without a journal is exported as one without lines', async () => {
  const [mine, hers] = [await temporary.make(), await temporary.make()]
  const text = await openTally(mine, anna).export([orders])
  expect(await openTally(hers).import(text)).toEqual([{ subject: orders, added: 0 }])
  expect(fs.readdirSync(hers)).toEqual([])
})
