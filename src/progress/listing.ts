import fs from 'node:fs'
import { join } from 'node:path'
import type { Subject } from '../rules/words.ts'
import { readHeader } from './header.ts'
import { JOURNAL_NAME, SNAPSHOT_NAME, subjectsDirectory } from './layout.ts'
import { Damaged, errno, orUnusable } from './unusable.ts'

/**
 * The subjects that have a journal, by their journals' first lines alone: those of newer formats too. Corrupt is not absent: one
 * whose header cannot be read is an error, not left out. Throws ProgressUnusable.
 */
export function listSubjects(root: string): Subject[] {
  const directory = subjectsDirectory(root)
  return orUnusable(directory, 'list saved progress', () => {
    const subjects: Subject[] = []
    for (const name of folders(directory)) {
      const subject = subjectIn(join(directory, name))
      if (subject) subjects.push(subject)
    }
    return subjects
  })
}

function folders(directory: string): string[] {
  try {
    return fs.readdirSync(directory).sort()
  } catch (error) {
    if (errno(error) === 'ENOENT') return []
    throw error
  }
}

function subjectIn(folder: string): Subject | undefined {
  const file = join(folder, JOURNAL_NAME)
  const header = orUnusable(file, 'read saved progress', () => firstLine(file))
  if (header !== undefined) return readHeader(header, file).subject
  // Without a whole first line nothing was ever saved here, unless a snapshot was made of it.
  if (fs.existsSync(join(folder, SNAPSHOT_NAME)))
    throw new Damaged(file, 1, 'it is gone or cut short, although lines were saved in it')
  return undefined
}

/** Undefined when there is no file, or no newline in it. */
function firstLine(file: string): string | undefined {
  let descriptor: number
  try {
    descriptor = fs.openSync(file, 'r')
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return undefined
    throw error
  }
  try {
    const chunk = Buffer.alloc(512)
    const parts: Buffer[] = []
    for (;;) {
      const count = fs.readSync(descriptor, chunk)
      const newline = chunk.subarray(0, count).indexOf(0x0a)
      parts.push(Buffer.from(chunk.subarray(0, newline === -1 ? count : newline)))
      if (newline !== -1) return Buffer.concat(parts).toString('utf8')
      if (count === 0) return undefined
    }
  } finally {
    fs.closeSync(descriptor)
  }
}
