import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Contents } from '../../src/bundle/formats.ts'
import { put } from '../../src/bundle/put.ts'
import { openWritten, type Written } from '../../src/bundle/written.ts'
import { Folder } from './bundles.ts'

let folder: Folder
let written: Written
beforeEach(async () => {
  folder = await Folder.make()
  await mkdir(folder.at('out'))
  written = openWritten(folder.at('notes'))
})
afterEach(() => folder[Symbol.asyncDispose]())

const file = (text: string): Contents => ({ kind: 'file', bytes: Buffer.from(text) })
const directory = (files: Readonly<Record<string, string>>): Contents => ({
  kind: 'directory',
  files: new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])),
})
const gently = (name: string, contents: Contents) => put(folder.at('out', name), contents, { force: false, written })
const forced = (name: string, contents: Contents) => put(folder.at('out', name), contents, { force: true, written })
const text = (...names: readonly string[]): Promise<string> => readFile(folder.at('out', ...names), 'utf8')

describe('a file', () => {
  test('is written, left as it is, and replaced where it is our own', async () => {
    expect(await gently('a', file('one'))).toBe('written')
    expect((await stat(folder.at('out', 'a'))).mode & 0o777).toBe(0o644)
    expect(await gently('a', file('one'))).toBe('unchanged')
    expect(await gently('a', file('two'))).toBe('replaced')
    expect(await text('a')).toBe('two')
    expect(await readdir(folder.at('out'))).toEqual(['a'])
  })

  test('of somebody else is left alone, until forced', async () => {
    await writeFile(folder.at('out', 'a'), 'theirs')
    await expect(gently('a', file('ours'))).rejects.toThrow(/is there already.*--force/)
    expect(await text('a')).toBe('theirs')
    expect(await forced('a', file('ours'))).toBe('replaced')
    expect(await gently('a', file('ours, newer'))).toBe('replaced')
  })

  test('that somebody changed since is theirs', async () => {
    await gently('a', file('one'))
    await writeFile(folder.at('out', 'a'), 'one, and a line of mine')
    await expect(gently('a', file('two'))).rejects.toThrow(/is there already/)
    expect(await text('a')).toBe('one, and a line of mine')
  })

  test('behind a link is replaced where it lies', async () => {
    await gently('real', file('one'))
    await symlink('real', folder.at('out', 'link'))
    expect(await gently('link', file('two'))).toBe('replaced')
    expect((await lstat(folder.at('out', 'link'))).isSymbolicLink()).toBe(true)
    expect(await text('real')).toBe('two')
  })

  test('is not written where there is no directory', async () => {
    await expect(gently('missing/a', file('one'))).rejects.toThrow(/There is no directory .*missing/)
    expect(await readdir(folder.at('out'))).toEqual([])
  })

  test('is written where nothing can be noted, and asked for by --force next time', async () => {
    await writeFile(folder.at('notes'), 'a file in the place of the directory')
    expect(await gently('a', file('one'))).toBe('written')
    await expect(gently('a', file('two'))).rejects.toThrow(/--force/)
  })
})

describe('a directory', () => {
  test('is replaced whole where it is our own', async () => {
    expect(await gently('d', directory({ 'a.pem': '1', 'b.pem': '2' }))).toBe('written')
    expect((await stat(folder.at('out', 'd'))).mode & 0o777).toBe(0o755)
    expect((await stat(folder.at('out', 'd', 'a.pem'))).mode & 0o777).toBe(0o644)
    expect(await gently('d', directory({ 'b.pem': '2', 'a.pem': '1' }))).toBe('unchanged')
    expect(await gently('d', directory({ 'c.pem': '3' }))).toBe('replaced')
    expect(await readdir(folder.at('out', 'd'))).toEqual(['c.pem'])
    expect(await readdir(folder.at('out'))).toEqual(['d'])
  })

  test.each([
    ['one more file', () => writeFile(folder.at('out', 'd', 'mine.pem'), 'mine')],
    ['a changed file', () => writeFile(folder.at('out', 'd', 'a.pem'), 'mine')],
    ['a directory in it', () => mkdir(folder.at('out', 'd', 'mine'))],
    ['a link in it', () => symlink('a.pem', folder.at('out', 'd', '12345678.0'))],
  ])('with %s is not ours any more', async (_, change) => {
    await gently('d', directory({ 'a.pem': '1' }))
    await change()
    await expect(gently('d', directory({ 'a.pem': '2' }))).rejects.toThrow(/is there already/)
  })

  test('with anything but certificates is not even replaced by force', async () => {
    await mkdir(folder.at('out', 'd'))
    await writeFile(folder.at('out', 'd', 'id_rsa'), 'mine')
    await expect(forced('d', directory({ 'a.pem': '1' }))).rejects.toThrow(/not even --force/)
    expect(await text('d', 'id_rsa')).toBe('mine')
  })

  test('is as it was when the new one cannot be written', async () => {
    await gently('d', directory({ 'a.pem': '1' }))
    await expect(gently('d', directory({ 'b.pem': '2', 'no/such.pem': '3' }))).rejects.toThrow(
      /could not be written \(ENOENT\).*as it was/,
    )
    expect(await readdir(folder.at('out', 'd'))).toEqual(['a.pem'])
    expect(await readdir(folder.at('out'))).toEqual(['d'])
  })

  test('and a file do not take each other’s place', async () => {
    await gently('d', directory({ 'a.pem': '1' }))
    await expect(forced('d', file('one'))).rejects.toThrow(/is a directory, and one file/)
    await gently('f', file('one'))
    await expect(forced('f', directory({ 'a.pem': '1' }))).rejects.toThrow(/is a file, and a directory/)
    expect(await text('f')).toBe('one')
  })
})
