import fs from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { HeldByAnother } from '../../src/ports/progress.ts'
import { takeAppendLock } from '../../src/progress/append-lock.ts'
import { SqliteLock } from '../../src/progress/sqlite-lock.ts'
import { run, type Child } from './child.ts'
import { anna, bert, filesOf, openTally, orders, saved, scratch, subject } from './tally.ts'

const temporary = scratch()
const children: Child[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
  await temporary.cleanUp()
})

function holding(directory: string, name: string): Child {
  const child = run('holding.ts', directory, name)
  children.push(child)
  return child
}

function heldBy(action: () => unknown): HeldByAnother {
  try {
    action()
  } catch (error) {
    if (error instanceof HeldByAnother) return error
    throw error
  }
  throw new Error('nobody holds it')
}

test('one process holds it, the other is told who; freed, the other gets it', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  const hold = progress.hold(orders, 'rotate orders')
  expect(progress.holder(orders)).toEqual({
    ...anna,
    pid: process.pid,
    since: 1_795_000_000_000,
    purpose: 'rotate orders',
  })
  expect(await holding(directory, 'bert').said(1)).toEqual(['refused anna'])
  hold.release()
  hold.release()
  expect(progress.holder(orders)).toBeUndefined()

  const bert = holding(directory, 'bert')
  expect(await bert.said(1)).toEqual(['held'])
  expect(progress.holder(orders)).toMatchObject({ user: 'bert', pid: bert.process.pid })
  const { message, holder } = heldBy(() => progress.hold(orders, 'again'))
  expect(message).toMatch(
    /^The database db-ORDERS is held by bert@here \(process \d+, since 2026-11-18T[\d:.]+Z: a test by bert\)\. Nothing/,
  )
  expect(holder?.user).toBe('bert')
  // What one holds is no other's, and reading and appending go on.
  progress.hold(subject('db-OTHER'), 'another one').release()
  await saved(directory, ['one'])
})

test('a holder that was killed holds nothing, though its record is still there, and leaves nothing that is in the way', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  for (let round = 0; round < 3; round++) {
    const killed = holding(directory, `killed-${round}`)
    expect(await killed.said(1)).toEqual(['held'])
    expect(progress.holder(orders)).toMatchObject({ user: `killed-${round}` })
    await killed.kill()
    expect(fs.existsSync(filesOf(directory).holder)).toBe(true)
    expect(progress.holder(orders)).toBeUndefined()
    const hold = progress.hold(orders, 'after it')
    expect(progress.holder(orders)).toMatchObject({ user: 'anna' })
    hold.release()
  }
  expect(fs.readdirSync(filesOf(directory).directory).sort()).toEqual(['hold.guard', 'hold.lock'])
  expect(fs.statSync(filesOf(directory).holdLock).size).toBe(0)
})

test('held by this very process, it says so, through another Progress too', async () => {
  const directory = await temporary.make()
  const hold = openTally(directory).hold(orders, 'the first')
  const twice = heldBy(() => openTally(directory).hold(orders, 'the second'))
  expect(twice.message).toContain('This process holds the database db-ORDERS already')
  expect(twice.holder).toEqual(hold.holder)
  hold.release()
  openTally(directory).hold(orders, 'the third').release()
})

test('of many that take it at once exactly one gets it, while others look', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  progress.hold(orders, 'make the files').release()
  const takers = ['a', 'b', 'c', 'd'].map((name) => holding(directory, name))
  const seen = new Set<string>()
  while (takers.some((taker) => taker.lines.length === 0)) {
    seen.add(progress.holder(orders)?.user ?? 'nobody')
    await new Promise(setImmediate)
  }
  const winners = takers.filter((taker) => taker.lines[0] === 'held')
  expect(winners.length).toBe(1)
  const winner = progress.holder(orders)
  expect(winner?.pid).toBe(winners[0]?.process.pid)
  expect([...seen].filter((user) => user !== 'nobody' && user !== winner?.user)).toEqual([])
})

test('a lock whose record is gone or spoilt is still held, by somebody unknown', async () => {
  const directory = await temporary.make()
  const progress = openTally(directory)
  const hold = progress.hold(orders, 'a test')
  fs.writeFileSync(filesOf(directory).holder, '{')
  expect(progress.holder(orders)).toMatchObject({ user: 'unknown', pid: 0 })
  expect(heldBy(() => progress.hold(orders, 'b')).message).toContain('held by another process, which left no name')
  hold.release()
})

test('an append waits for another one, and not for ever', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  const layout = filesOf(directory)
  const me = { ...bert, pid: 4711, since: 1_795_000_000_000, purpose: 'append to the journal' }
  const lock = await takeAppendLock(layout, me)
  await expect(takeAppendLock(layout, { ...me, ...anna }, 30)).rejects.toThrow(
    /The journal of database db-ORDERS has been locked for 0\.03 s by bert@bastion-2 \(process 4711/,
  )
  const journal = await openTally(directory).open(orders)
  const appended = journal.append({ word: 'two' })
  lock.release()
  expect((await appended).seq).toBe(2)
})

test('a lock survives the garbage collector', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  openTally(directory).hold(orders, 'nobody keeps what this returns')
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(SqliteLock.isHeld(filesOf(directory).holdLock)).toBe(true)
})
