import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { filesOf, openTally, orders, refusal, saved, scratch, subject } from './tally.ts'

const temporary = scratch()
const mounts: string[] = []
afterEach(async () => {
  for (const mount of mounts.splice(0)) spawnSync('umount', [mount])
  await temporary.cleanUp()
})

/** A file system of its own, so small that it fills up; undefined where this user may not mount one. */
function mountSmall(directory: string, size: string): string | undefined {
  const at = join(directory, 'small')
  fs.mkdirSync(at, { recursive: true })
  if (process.platform !== 'linux') return undefined
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'tmpfs', at]).status !== 0) return undefined
  mounts.push(at)
  return at
}

const NOBODY = 65_534
/** Does it as a user without rights, where we are root, for whom permissions do not count. */
async function withoutRights<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action()
  process.seteuid?.(NOBODY)
  try {
    return await action()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a full disk', () => {
  test('refuses an append as NO_SPACE, loses nothing, and goes on when there is space again', async (context) => {
    const small = mountSmall(await temporary.make(), '64k')
    if (!small) return context.skip('this user may not mount a tmpfs')
    await saved(small, ['one', 'two'])
    const { journal } = filesOf(small)
    const ours = await openTally(small).open(orders)
    const before = fs.readFileSync(journal)

    // A line longer than all that is left: a part of it fits, and has to be cut off again.
    const refused = await refusal(() => ours.append({ word: 'x'.repeat(100_000) }))
    expect(refused).toMatchObject({ code: 'NO_SPACE', file: journal, name: 'ProgressUnusable' })
    expect(refused.message).toContain('Nothing that was saved is lost; free some space')
    expect(fs.readFileSync(journal).equals(before)).toBe(true)
    expect([ours.length, (await openTally(small).open(orders)).state.words]).toEqual([2, ['one', 'two']])

    // Filled to the last byte: not even a snapshot fits, and conf says nothing of it.
    const filler = join(small, 'filler')
    const { bavail, bsize } = fs.statfsSync(small)
    fs.writeFileSync(filler, Buffer.alloc(bavail * bsize))
    let saved3 = 0
    for (let n = 0; n < 60; n++) {
      try {
        await ours.append({ word: `more ${n}`, note: 'y'.repeat(200) })
        saved3++
      } catch (error) {
        expect(error).toMatchObject({ code: 'NO_SPACE' })
      }
      const words = (await openTally(small).open(orders)).state.words
      expect(words).toEqual(ours.state.words)
    }
    expect(ours.length).toBe(2 + saved3)
    expect(saved3).toBeLessThan(60)
    expect(
      await refusal(async () => (await openTally(small).open(subject('db-NEW'))).append({ word: 'new' })),
    ).toMatchObject({
      code: 'NO_SPACE',
    })

    fs.rmSync(filler)
    await ours.append({ word: 'last' })
    const check = await openTally(small).check(orders)
    expect(check).toMatchObject({ lines: ours.length })
    expect(check.broken).toBeUndefined()
  })

  test.skipIf(process.platform === 'win32')(
    'as a limit on file sizes: the line that goes over it in the middle is cut off again',
    async () => {
      const directory = await temporary.make()
      // 16 blocks of 512 bytes: two lines fit, and half of the third.
      const appender = new URL('appender.ts', import.meta.url).pathname
      const { stdout } = spawnSync(
        'sh',
        ['-c', 'ulimit -f 16 && exec "$0" "$@"', process.execPath, appender, directory, 'a', '4', '3000'],
        { encoding: 'utf8' },
      )
      expect(stdout.split('\n')).toEqual(['a-0', 'a-1', 'NO_SPACE', 'NO_SPACE', ''])
      const progress = openTally(directory)
      expect((await progress.open(orders)).state.words).toEqual(['a-0', 'a-1'])
      expect((await progress.check(orders)).broken).toBeUndefined()
      expect(fs.readFileSync(filesOf(directory).journal).at(-1)).toBe(0x0a)
      expect(fs.existsSync(filesOf(directory).torn)).toBe(false)
    },
  )

  test('refuses an import as NO_SPACE and takes in none of its journals', async (context) => {
    const source = await temporary.make()
    const small = mountSmall(await temporary.make(), '96k')
    if (!small) return context.skip('this user may not mount a tmpfs')
    await saved(small, ['one'])
    await saved(source, ['a'], subject('db-A'))
    await saved(source, ['b'.repeat(200_000)], subject('db-B'))
    const text = await openTally(source).export([subject('db-A'), subject('db-B')])
    expect(await refusal(() => openTally(small).import(text))).toMatchObject({ code: 'NO_SPACE' })
    expect(await openTally(small).subjects()).toEqual([orders])
    expect(fs.existsSync(filesOf(small, subject('db-A')).incoming)).toBe(false)
  })
})

describe('a place without access', () => {
  test('is NO_ACCESS to read and to write, never empty', async () => {
    const directory = await temporary.make()
    await saved(directory, ['one'])
    fs.chmodSync(directory, 0o755)
    const { directory: own, journal } = filesOf(directory)
    const subjects = join(own, '..')
    // Owned by us, closed to others: where we are root, we look as one of the others.
    const closed = process.getuid?.() === 0 ? 0o700 : 0o000
    fs.chmodSync(subjects, closed)
    await withoutRights(async () => {
      const progress = openTally(directory)
      expect(await refusal(() => progress.open(orders))).toMatchObject({ code: 'NO_ACCESS' })
      expect(await refusal(() => progress.subjects())).toMatchObject({ code: 'NO_ACCESS', file: subjects })
      expect(await refusal(() => progress.hold(orders, 'a test'))).toMatchObject({ code: 'NO_ACCESS' })
      expect(await refusal(() => progress.import('{}'))).toMatchObject({ code: 'FOREIGN' })
    })
    fs.chmodSync(subjects, 0o755)
    fs.chmodSync(own, process.getuid?.() === 0 ? 0o755 : 0o500)
    fs.chmodSync(journal, process.getuid?.() === 0 ? 0o644 : 0o400)
    fs.chmodSync(join(own, 'snapshot.json'), 0o644)
    await withoutRights(async () => {
      const ours = await openTally(directory).open(orders)
      expect(ours.state.words).toEqual(['one'])
      const refused = await refusal(() => ours.append({ word: 'two' }))
      expect(refused.code).toBe('NO_ACCESS')
      expect(refused.message).toContain('--state-dir')
      expect(ours.length).toBe(1)
    })
    fs.chmodSync(own, 0o700)
  })

  test('a directory that cannot be made is NO_ACCESS', async () => {
    const directory = await temporary.make()
    fs.chmodSync(directory, process.getuid?.() === 0 ? 0o755 : 0o500)
    await withoutRights(async () => {
      const ours = await openTally(directory).open(orders)
      expect(await refusal(() => ours.append({ word: 'one' }))).toMatchObject({ code: 'NO_ACCESS' })
    })
  })

  test('a read-only file system can be read, and looked at for holders', async (context) => {
    const small = mountSmall(await temporary.make(), '256k')
    if (!small) return context.skip('this user may not mount a tmpfs')
    await saved(small, ['one'])
    openTally(small).hold(orders, 'make the files').release()
    if (spawnSync('mount', ['-o', 'remount,ro', small]).status !== 0) return context.skip('this user may not remount')
    const progress = openTally(small)
    const ours = await progress.open(orders)
    expect([ours.state.words, progress.holder(orders), (await progress.check(orders)).lines]).toEqual([
      ['one'],
      undefined,
      1,
    ])
    expect(await refusal(() => ours.append({ word: 'two' }))).toMatchObject({ code: 'NO_ACCESS' })
    expect(await refusal(() => progress.hold(orders, 'a test'))).toMatchObject({ code: 'NO_ACCESS' })
  })
})
