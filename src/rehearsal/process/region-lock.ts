import { DatabaseSync } from 'node:sqlite'
import { errorText, RegionUnusable } from '../region-unusable.ts'

/** SQLite's result code for "another connection holds it". */
const SQLITE_BUSY = 5

/**
 * Makes sure that one process alone serves a rehearsal. It is an exclusive transaction on a file: the operating system
 * frees it when its holder dies, however it dies, which no file with a process id in it can promise.
 */
export class RegionLock {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Takes the lock, or resolves to undefined when another process holds it. Throws {@link RegionUnusable}. */
  static take(path: string): RegionLock | undefined {
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path)
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
      return new RegionLock(database)
    } catch (error) {
      database?.close()
      if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined
      throw new RegionUnusable(
        'NO_ACCESS',
        `The rehearsal's lock ${path} cannot be taken: ${errorText(error)}. Nothing was changed. Give this user access to the folder; if the file itself is damaged, delete it.`,
        { cause: error },
      )
    }
  }

  release(): void {
    this.#database.close()
  }
}
