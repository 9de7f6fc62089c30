/** Who was seen over time, one file a database: written whole, beside, and renamed, so that a kill leaves the one before or this one. */
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { ProgressUnusable } from '../ports/progress.ts'
import type { Sightings } from '../ports/sightings.ts'
import type { Tally } from '../rules/tally.ts'
import { subjectKey, type Subject } from '../rules/words.ts'
import { makeDirectory, syncDirectory, writeNewFile } from './durable.ts'
import { folderName } from './layout.ts'
import { SqliteLock } from './sqlite-lock.ts'
import { TALLY_FORMAT, tallyFile } from './tally-schema.ts'
import { errno, orUnusable } from './unusable.ts'

/** Writes one database's tally, for as long as it is held. */
export interface TallyWriter {
  readonly tally: Tally | undefined
  /** Durable when it returns. Throws {@link ProgressUnusable}: what was saved before is still there. */
  save(tally: Tally): void
  release(): void
}

export interface TallyFiles extends Sightings {
  /** Undefined when another program watches this database: two would overwrite each other. */
  take(database: Subject): TallyWriter | undefined
}

const unreadable = (file: string, why: string): ProgressUnusable =>
  new ProgressUnusable(
    'CORRUPT',
    file,
    `Who was seen over time cannot be read: ${file}: ${why}. Nothing was changed. Restore this file from a backup, or move it away: then watching begins anew, and nothing else is lost.`,
  )

function read(file: string, database: Subject): Tally | undefined {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined
    return orUnusable(file, 'read who was seen', () => {
      throw error
    })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable(file, 'it is not JSON')
  }
  const version = typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : 0
  if (typeof version === 'number' && version > TALLY_FORMAT)
    throw unreadable(
      file,
      `it is of format ${version}, and this version reads ${TALLY_FORMAT}: use a newer rds-ca-runbook`,
    )
  const result = tallyFile.safeParse(value)
  if (!result.success) {
    const [issue] = result.error.issues
    throw unreadable(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
  }
  if (result.data.subject !== subjectKey(database)) throw unreadable(file, 'it is about another database')
  return result.data.tally
}

function write(file: string, database: Subject, tally: Tally): void {
  const text = JSON.stringify({ formatVersion: TALLY_FORMAT, subject: subjectKey(database), tally })
  orUnusable(file, 'save who was seen', () => {
    writeNewFile(`${file}.new`, Buffer.from(text))
    fs.renameSync(`${file}.new`, file)
    syncDirectory(dirname(file))
  })
}

/** The tallies below a directory, which is made, 0700, when the first is watched. */
export function openTallyFiles(directory: string): TallyFiles {
  const fileOf = (database: Subject): string => join(directory, `${folderName(database)}.json`)
  return {
    of: async (database) => read(fileOf(database), database),
    take(database) {
      const file = fileOf(database)
      orUnusable(directory, 'save who was seen', () => makeDirectory(directory))
      const lock = SqliteLock.take(`${file}.lock`)
      if (!lock) return undefined
      try {
        return {
          tally: read(file, database),
          save: (tally) => write(file, database, tally),
          release: () => lock.release(),
        }
      } catch (error) {
        lock.release()
        throw error
      }
    },
  }
}
