import fs from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { run, type Child } from './child.ts'
import { filesOf, openTally, orders, random, scratch } from './tally.ts'

const temporary = scratch()
const children: Child[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
  await temporary.cleanUp()
})

test('killed in the middle of appends, several processes at once: nothing acknowledged is lost, nothing is there twice', async () => {
  const directory = await temporary.make()
  const next = random(22)
  const acknowledged: string[] = []
  for (let round = 0; round < 4; round++) {
    const running = ['a', 'b', 'c'].map((name) => run('appender.ts', directory, `${name}${round}`, '2000'))
    children.push(...running)
    await Promise.all(
      running.map(async (child) => {
        await child.said(3 + Math.floor(next() * 30))
        await child.kill()
        acknowledged.push(...child.lines)
      }),
    )
    const progress = openTally(directory)
    const check = await progress.check(orders)
    expect(check.broken).toBeUndefined()
    const journal = await progress.open(orders)
    const words = new Set(journal.state.words)
    expect(words.size).toBe(journal.length)
    expect(acknowledged.filter((word) => !words.has(word))).toEqual([])
    // Each of the killed may have saved one line of which it told nobody.
    expect(journal.length - acknowledged.length).toBeLessThanOrEqual(3 * (round + 1))
    expect((await openTally(directory).open(orders)).state).toEqual(journal.state)
  }
  const journal = await openTally(directory).open(orders)
  await journal.append({ word: 'afterwards' })
  expect(fs.readdirSync(filesOf(directory).directory).filter((name) => name.includes('.tmp-'))).toEqual([])
})

test('several processes that append at once all get their lines in', async () => {
  const directory = await temporary.make()
  const running = ['a', 'b', 'c'].map((name) => run('appender.ts', directory, name, '40'))
  children.push(...running)
  await Promise.all(running.map((child) => child.ended))
  const { state } = await openTally(directory).open(orders)
  expect(state.count).toBe(120)
  expect(new Set(state.words)).toEqual(new Set(running.flatMap((child) => child.lines)))
  for (const name of ['a', 'b', 'c']) {
    expect(state.words.filter((word) => word.startsWith(name))).toEqual(
      Array.from({ length: 40 }, (_, n) => `${name}-${n}`),
    )
  }
})
