import fs from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { filesOf, openTally, orders, random, refusal, saved, scratch } from './tally.ts'

const temporary = scratch()
afterEach(() => temporary.cleanUp())

const WORDS = ['one', 'two', 'three']

test('cut off at every byte, a journal whose snapshot knows better is refused by name, never read as less', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { journal } = filesOf(directory)
  const whole = fs.readFileSync(journal)
  for (let length = 0; length < whole.length; length++) {
    fs.writeFileSync(journal, whole.subarray(0, length))
    const progress = openTally(directory)
    expect(await refusal(() => progress.open(orders)), `length ${length}`).toMatchObject({
      code: 'CORRUPT',
      file: journal,
    })
    expect((await progress.check(orders)).broken, `length ${length}`).toBeDefined()
    expect(fs.readFileSync(journal).length).toBe(length)
  }
  fs.rmSync(journal)
  expect(await refusal(() => openTally(directory).open(orders))).toMatchObject({ code: 'CORRUPT', file: journal })
  expect(await refusal(() => openTally(directory).subjects())).toMatchObject({ code: 'CORRUPT', file: journal })
})

test('cut off at every byte by a crash, before anybody was told: read up to the last whole line, and what is left is set aside', async () => {
  const directory = await temporary.make()
  const { journal, snapshot, torn } = filesOf(directory)
  await saved(directory, WORDS.slice(0, 2))
  const acknowledged = fs.statSync(journal).size
  const snapshotOfTwo = fs.readFileSync(snapshot)
  await saved(directory, WORDS.slice(2))
  const whole = fs.readFileSync(journal)
  for (let length = acknowledged; length < whole.length; length++) {
    fs.writeFileSync(journal, whole.subarray(0, length))
    fs.writeFileSync(snapshot, snapshotOfTwo)
    fs.rmSync(torn, { force: true })
    const opened = await openTally(directory).open(orders)
    expect(opened.state.words, `length ${length}`).toEqual(['one', 'two'])
    expect(await openTally(directory).check(orders)).toMatchObject({ lines: 2 })
    await opened.append({ word: '3' })
    expect((await openTally(directory).open(orders)).state.words).toEqual(['one', 'two', '3'])
    expect(fs.readFileSync(journal).at(-1)).toBe(0x0a)
    const left = whole.subarray(acknowledged, length).toString()
    expect(left === '' ? !fs.existsSync(torn) : fs.readFileSync(torn, 'utf8') === `${left}\n`, `length ${length}`).toBe(
      true,
    )
  }
})

test('a first append that was cut short at any byte is no journal yet, and the next one succeeds', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  const { journal, snapshot } = filesOf(directory)
  const whole = fs.readFileSync(journal)
  const header = whole.indexOf('\n') + 1
  for (let length = 0; length < whole.length; length++) {
    fs.rmSync(snapshot, { force: true })
    fs.writeFileSync(journal, whole.subarray(0, length))
    const progress = openTally(directory)
    expect((await progress.subjects()).length).toBe(length < header ? 0 : 1)
    const opened = await progress.open(orders)
    expect(opened.length).toBe(0)
    await opened.append({ word: 'again' })
    expect((await openTally(directory).open(orders)).state.words).toEqual(['again'])
  }
  fs.rmSync(snapshot)
  fs.writeFileSync(journal, Buffer.alloc(4096))
  expect((await openTally(directory).open(orders)).length).toBe(0)
})

test('one byte altered anywhere is found, at opening already, and nothing is overwritten', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { journal } = filesOf(directory)
  const whole = fs.readFileSync(journal)
  const next = random(20_261_122)
  for (let at = 0; at < whole.length; at++) {
    const altered = Buffer.from(whole)
    altered[at] = altered[at]! ^ (1 + Math.floor(next() * 255))
    fs.writeFileSync(journal, altered)
    const progress = openTally(directory)
    const refused = await refusal(async () => (await progress.open(orders)).append({ word: 'four' }))
    expect(['CORRUPT', 'FOREIGN', 'NEWER_FORMAT'], `byte ${at}: ${refused.message}`).toContain(refused.code)
    expect(fs.readFileSync(journal).equals(altered)).toBe(true)
  }
})

test('the message names file and line, and what to do', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { journal } = filesOf(directory)
  fs.writeFileSync(journal, fs.readFileSync(journal, 'utf8').replace('"two"', '"ten"'))
  const { message } = await refusal(() => openTally(directory).open(orders))
  expect(message).toContain(`${journal}, line 3: it was altered after it was written`)
  expect(message).toContain('Restore this file from a backup')
  expect((await openTally(directory).check(orders)).broken).toEqual({
    line: 3,
    why: 'it was altered after it was written (its hash does not fit)',
  })
  expect((await openTally(directory).check(orders)).lines).toBe(1)
})

test('lines that were moved, left out or repeated are found', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { journal } = filesOf(directory)
  const [header, one, two, three] = fs.readFileSync(journal, 'utf8').split('\n')
  const orders3 = [
    [header, two, one, three],
    [header, one, three],
    [header, one, one, two, three],
    [one, two, three],
    [header, one, '', two, three],
    [header, '{}', '[]', 'null'],
  ]
  for (const lines of orders3) {
    fs.writeFileSync(journal, `${lines.join('\n')}\n`)
    expect(await refusal(() => openTally(directory).open(orders))).toMatchObject({ code: 'CORRUPT' })
  }
})

test('an open journal whose file is cut, replaced or removed by somebody does not go on', async () => {
  const directory = await temporary.make()
  const elsewhere = await temporary.make()
  await saved(directory, WORDS)
  await saved(elsewhere, ['another', 'story', 'altogether', 'here'])
  const { journal, snapshot } = filesOf(directory)
  const whole = fs.readFileSync(journal)
  const opened = await openTally(directory).open(orders)
  for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 300), fs.readFileSync(filesOf(elsewhere).journal)]) {
    fs.writeFileSync(journal, bytes)
    expect(await refusal(() => opened.append({ word: 'four' }))).toMatchObject({ code: 'CORRUPT' })
    expect(await refusal(() => opened.refresh())).toMatchObject({ code: 'CORRUPT' })
    expect(fs.readFileSync(journal).equals(bytes)).toBe(true)
  }
  for (const file of [journal, snapshot]) {
    fs.rmSync(file)
    expect(await refusal(() => opened.append({ word: 'four' }))).toMatchObject({ code: 'CORRUPT' })
    expect(await refusal(() => opened.refresh())).toMatchObject({ code: 'CORRUPT' })
  }
  expect(fs.existsSync(journal)).toBe(false)
})

test('lines that another process was told were saved cannot be appended over, even unseen by us', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  const ours = await openTally(directory).open(orders)
  const size = fs.statSync(filesOf(directory).journal).size
  await saved(directory, ['two'])
  fs.truncateSync(filesOf(directory).journal, size)
  expect(await refusal(() => ours.append({ word: 'three' }))).toMatchObject({ code: 'CORRUPT' })
})
