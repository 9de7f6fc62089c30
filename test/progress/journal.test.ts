import fs from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { canonical, digestOf } from '../../src/rules/words.ts'
import { bert, filesOf, openTally, orders, refusal, saved, scratch, subject } from './tally.ts'

const temporary = scratch()
afterEach(() => temporary.cleanUp())

test('a line that was appended is there for the next one who opens, with its author and its place in the chain', async () => {
  const directory = await temporary.make()
  const journal = await openTally(directory).open(orders)
  const first = await journal.append({ word: 'one' })
  const second = await journal.append({ word: 'two' }, bert)
  expect([first.seq, first.prev]).toEqual([1, '0'.repeat(64)])
  expect([second.seq, second.prev, second.who]).toEqual([2, first.hash, bert])
  const { hash, ...content } = second
  expect(hash).toBe(digestOf(content))

  const again = await openTally(directory).open(orders)
  expect(again.state).toEqual({ count: 2, words: ['one', 'two'], authors: ['anna', 'bert'] })
  expect(again.state).toEqual(journal.state)
  expect(again.length).toBe(2)
  expect(await again.lines()).toEqual([first, second])
})

test('opening, listing and checking write nothing', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  const journal = await progress.open(orders)
  expect([journal.length, journal.state.count, await journal.lines(), await journal.refresh()]).toEqual([
    0,
    0,
    [],
    false,
  ])
  expect(await progress.subjects()).toEqual([])
  expect((await progress.check(orders)).lines).toBe(0)
  expect(progress.holder(orders)).toBeUndefined()
  expect(fs.readdirSync(directory)).toEqual([])
})

test('files are 0600 and directories 0700, conf’s too', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one', 'two'])
  const { directory: own } = filesOf(directory)
  const hold = openTally(directory).hold(orders, 'look at the modes')
  const modes = Object.fromEntries(
    fs.readdirSync(own).map((name) => [name, fs.statSync(`${own}/${name}`).mode & 0o777]),
  )
  hold.release()
  expect(Object.keys(modes).sort()).toEqual([
    'append.json',
    'append.lock',
    'hold.guard',
    'hold.json',
    'hold.lock',
    'journal.jsonl',
    'snapshot.json',
  ])
  expect(new Set(Object.values(modes))).toEqual(new Set([0o600]))
  expect([own, dirname(own)].map((path) => fs.statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
})

test('two journals of one subject, open at once, take in each other’s lines', async () => {
  const directory = await temporary.make()
  const [left, right] = await Promise.all([openTally(directory).open(orders), openTally(directory, bert).open(orders)])
  await left.append({ word: 'one' })
  expect([right.length, await right.refresh(), right.length, await right.refresh()]).toEqual([0, true, 1, false])
  await right.append({ word: 'two' })
  await left.append({ word: 'three' })
  expect(left.state.words).toEqual(['one', 'two', 'three'])
  await Promise.all(
    [1, 2, 3, 4].flatMap((n) => [left.append({ word: `left ${n}` }), right.append({ word: `right ${n}` })]),
  )
  await left.refresh()
  await right.refresh()
  expect(right.state).toEqual(left.state)
  expect(new Set(left.state.words).size).toBe(11)
})

test('what cannot be read again is not written', async () => {
  const directory = await temporary.make()
  const journal = await openTally(directory).open(orders)
  await journal.append({ word: 'one' })
  const before = fs.readFileSync(filesOf(directory).journal)
  await expect(journal.append({ word: Number.NaN as unknown as string })).rejects.toThrow(
    'canonical JSON cannot hold NaN',
  )
  await expect(journal.append({ word: 3 as unknown as string })).rejects.toThrow('it is no word')
  await expect(journal.append(undefined as never)).rejects.toThrow()
  expect(fs.readFileSync(filesOf(directory).journal)).toEqual(before)
  expect(journal.length).toBe(1)
  await journal.append({ word: 'two', note: undefined })
  expect((await openTally(directory).open(orders)).state.words).toEqual(['one', 'two'])
})

test('text of every kind comes back as it was', async () => {
  const directory = await temporary.make()
  const words = ['', '\n\r\u2028', '\u0000\u001b[31m', '"hash":"', '\\', 'Ωß🦆', '\ud800', '__proto__']
  await saved(directory, words)
  fs.rmSync(filesOf(directory).snapshot)
  expect((await openTally(directory).open(orders)).state.words).toEqual(words)
})

test('subjects are told apart by world, Region and id, and listed with their own names', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  const all = [
    subject('db-A'),
    subject('db-A', 'http://127.0.0.1:4566|000000000000'),
    { ...subject('db-A'), region: 'eu-west-2' },
    subject('db-a'),
    subject('../../etc/passwd'),
    subject('|'),
    { kind: 'application', world: 'aws|123456789012', id: 'orders web ✨' } as const,
  ]
  for (const each of all) await (await progress.open(each)).append({ word: canonical(each) })
  const listed = await progress.subjects()
  expect(new Set(listed.map((each) => canonical(each)))).toEqual(new Set(all.map((each) => canonical(each))))
  for (const each of listed) expect((await progress.open(each)).state.words).toEqual([canonical(each)])
  expect((await progress.subjects('http://127.0.0.1:4566|000000000000')).length).toBe(1)
  expect(fs.readdirSync(directory)).toEqual(['subjects'])
})

test('a journal in another subject’s place is refused by name', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  fs.renameSync(filesOf(directory).directory, filesOf(directory, subject('db-OTHER')).directory)
  const refused = await refusal(() => openTally(directory).open(subject('db-OTHER')))
  expect(refused.code).toBe('FOREIGN')
  expect(refused.message).toContain('db-ORDERS')
})

test('a newer format is refused by name, and listed', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  const { journal, snapshot } = filesOf(directory)
  fs.rmSync(snapshot)
  const newer = fs.readFileSync(journal, 'utf8').replace('"formatVersion":1', '"formatVersion":2')
  fs.writeFileSync(journal, newer)
  const progress = openTally(directory)
  for (const action of [() => progress.open(orders), () => progress.check(orders), () => progress.export([orders])]) {
    expect(await refusal(action)).toMatchObject({ code: 'NEWER_FORMAT', file: journal, name: 'ProgressUnusable' })
  }
  expect(await progress.subjects()).toEqual([orders])
  expect(fs.readFileSync(journal, 'utf8')).toBe(newer)
})
