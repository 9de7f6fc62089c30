import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { openProgress } from '../../src/progress/open-progress.ts'
import { digestOf } from '../../src/rules/words.ts'
import { filesOf, openTally, orders, saved, scratch, tallyOptions, type Word } from './tally.ts'

const temporary = scratch()
afterEach(() => temporary.cleanUp())

const WORDS = ['one', 'two', 'three']

/** A snapshot as its writer would have signed it. */
function signed(content: Record<string, unknown>): string {
  const { digest: _, ...rest } = content
  return JSON.stringify({ ...rest, digest: digestOf(rest) })
}

/** Counts how often a line is folded: none, where a snapshot was used. */
function counting(directory: string, stateVersion?: number) {
  const options = tallyOptions(directory)
  let folds = 0
  const progress = openProgress({
    ...options,
    ...(stateVersion === undefined ? {} : { stateVersion }),
    fold(state, line) {
      folds++
      return options.fold(state, line)
    },
  })
  return { progress, folds: () => folds }
}

test('a valid snapshot is used without folding a line, by those who open and after an append', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { progress, folds } = counting(directory)
  const journal = await progress.open(orders)
  expect([journal.state.words, journal.length, folds()]).toEqual([WORDS, 3, 0])
  await journal.append({ word: 'four' })
  expect(folds()).toBe(1)
  expect((await openTally(directory).open(orders)).state.words).toEqual([...WORDS, 'four'])
})

test('whatever is wrong with a snapshot, the state is the journal’s, and the next append writes a good one', async () => {
  const directory = await temporary.make()
  const other = await temporary.make()
  const { snapshot } = filesOf(directory)
  await saved(directory, WORDS.slice(0, 2))
  const older = fs.readFileSync(snapshot, 'utf8')
  await saved(directory, WORDS.slice(2))
  await saved(other, ['something', 'else'])
  const good = fs.readFileSync(snapshot, 'utf8')
  const parsed = JSON.parse(good) as Record<string, unknown> & { journal: Record<string, unknown> }
  const wrong: Record<string, string | undefined> = {
    missing: undefined,
    empty: '',
    'half of it': good.slice(0, good.length / 2),
    'no object': 'null',
    'a list': '[]',
    'an older one': older,
    'a newer format, and another state': signed({ ...parsed, formatVersion: 2, state: { count: 99 } }),
    'a state that was edited': good.replace('"three"', '"THREE"'),
    'of another subject': fs.readFileSync(filesOf(other).snapshot, 'utf8'),
    'of another file': signed({
      ...parsed,
      journal: { ...parsed.journal, hash: 'f'.repeat(64) },
      state: { count: 99 },
    }),
    'of another time': signed({ ...parsed, journal: { ...parsed.journal, mtimeMs: 1 }, state: { count: 99 } }),
    'of another place in the file': signed({
      ...parsed,
      journal: { ...parsed.journal, lastAt: 3 },
      state: { count: 99 },
    }),
  }
  const journalBytes = fs.readFileSync(filesOf(directory).journal)
  const { atimeMs, mtimeMs } = fs.statSync(filesOf(directory).journal)
  for (const [what, text] of Object.entries(wrong)) {
    fs.writeFileSync(filesOf(directory).journal, journalBytes)
    fs.utimesSync(filesOf(directory).journal, atimeMs / 1000, mtimeMs / 1000)
    if (text === undefined) fs.rmSync(snapshot)
    else fs.writeFileSync(snapshot, text)
    const journal = await openTally(directory).open(orders)
    expect(journal.state.words, what).toEqual(WORDS)
    await journal.append({ word: 'four' })
    const { progress, folds } = counting(directory)
    expect((await progress.open(orders)).state.words, what).toEqual([...WORDS, 'four'])
    expect(folds(), what).toBe(0)
  }
})

test('a snapshot of another version of the fold is folded again', async () => {
  const directory = await temporary.make()
  await saved(directory, WORDS)
  const { progress, folds } = counting(directory, 2)
  const journal = await progress.open(orders)
  expect([journal.state.words, folds()]).toEqual([WORDS, 3])
  await journal.append({ word: 'four' })
  const again = counting(directory, 2)
  expect([(await again.progress.open(orders)).state.count, again.folds()]).toEqual([4, 0])
})

test('what a killed writer of snapshots left is cleared away by the next one', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  fs.writeFileSync(`${filesOf(directory).snapshot}.tmp-1795000000abcdef`, '{"half":')
  await saved(directory, ['two'])
  expect(fs.readdirSync(filesOf(directory).directory).filter((name) => name.includes('.tmp-'))).toEqual([])
  expect((await openTally(directory).open(orders)).state.words).toEqual(['one', 'two'])
})

test('conf is loaded by the first append, not by reading; nothing is printed', async () => {
  const directory = await temporary.make()
  await saved(directory, ['one'])
  const script = `
    import { registerHooks } from 'node:module'
    let conf = false
    registerHooks({ resolve(name, context, next) { if (name === 'conf') conf = true; return next(name, context) } })
    const { openTally, orders } = await import(${JSON.stringify(new URL('tally.ts', import.meta.url).href)})
    const progress = openTally(${JSON.stringify(directory)})
    const journal = await progress.open(orders)
    await progress.subjects(); await progress.check(orders); await progress.export([orders])
    progress.hold(orders, 'a test').release()
    const before = conf
    await journal.append({ word: 'two' })
    console.log(JSON.stringify({ before, after: conf }))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ before: false, after: true })
})

test('the state is never altered in place', async () => {
  const directory = await temporary.make()
  const journal = await openTally(directory).open(orders)
  const states = [journal.state]
  for (const word of WORDS) {
    const body: Word = { word }
    await journal.append(body)
    states.push(journal.state)
  }
  expect(states.map((state) => state.count)).toEqual([0, 1, 2, 3])
})
