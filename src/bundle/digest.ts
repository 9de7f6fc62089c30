import { createHash, type Hash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contents } from './formats.ts'

const byName = (a: string, b: string): number => (a < b ? -1 : 1)

const feed = (sum: Hash, name: string, bytes: Buffer): Hash =>
  sum.update(`${name.length}:${name}${bytes.length}:`).update(bytes)

/** The digest of what is to be written: `file:…` or `directory:…`, over all names and bytes. */
export function digestOf(contents: Contents): string {
  const sum = createHash('sha256')
  if (contents.kind === 'file') return `file:${sum.update(contents.bytes).digest('hex')}`
  for (const [name, bytes] of [...contents.files].toSorted(([a], [b]) => byName(a, b))) feed(sum, name, bytes)
  return `directory:${sum.digest('hex')}`
}

/** The same of what lies at a place: undefined when nothing does. What is no plain file in a directory makes it `other`, like nothing of ours. */
export async function digestAt(place: string): Promise<string | undefined> {
  const there = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!there) return undefined
  if (there.isFile()) return digestOf({ kind: 'file', bytes: await readFile(place) })
  if (!there.isDirectory()) return 'other'
  const entries = await readdir(place, { withFileTypes: true })
  if (!entries.every((entry) => entry.isFile())) return 'directory:other'
  const files = new Map<string, Buffer>()
  for (const { name } of entries) files.set(name, await readFile(join(place, name)))
  return digestOf({ kind: 'directory', files })
}
