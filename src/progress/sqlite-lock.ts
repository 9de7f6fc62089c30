import fs from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { ProgressUnusable } from '../ports/progress.ts'
import { errno, orUnusable } from './unusable.ts'

/** SQLite's result codes, https://www.sqlite.org/rescode.html. */
const BUSY = 5
const FULL = 13

/**
 * With its journal in memory SQLite makes no file beside this one. The write, of which nothing reaches the disk, tells the truth: a
 * file that may only be read lets anybody begin an exclusive transaction, which then excludes nobody.
 */
const TAKE = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1'

/** Locks that are held: out of reach of the garbage collector, which would close, and so free, one that nobody refers to any more. */
const held = new Set<SqliteLock>()

/**
 * An exclusive lock on a file, through SQLite's own locking (`BEGIN EXCLUSIVE`; nothing is written). The operating
 * system frees it when its holder dies, however it dies, and it also keeps out a second taker in the same process.
 *
 * Never open such a file otherwise while it may be held here: POSIX frees all of a process's locks on a file as soon as that
 * process closes any descriptor of it.
 */
export class SqliteLock {
  #database: DatabaseSync | undefined

  private constructor(database: DatabaseSync) {
    this.#database = database
    held.add(this)
  }

  /**
   * Takes the lock, or returns undefined when somebody has it.
   * @param wait milliseconds to wait for it, blocking the whole process: for moments only
   */
  static take(file: string, wait = 0): SqliteLock | undefined {
    makeEmptyFile(file)
    const database = begin(file, TAKE, { timeout: wait })
    return database && new SqliteLock(database)
  }

  /** Whether somebody holds the lock now, here or in another process. It gets in the way of whoever takes it at that moment. */
  static isHeld(file: string): boolean {
    if (!orUnusable(file, 'look at a lock', () => fs.existsSync(file))) return false
    // A read needs SQLite's shared lock, which an exclusive one excludes, and works on a file system that is read-only.
    const database = begin(file, 'SELECT count(*) FROM sqlite_master', { readOnly: true })
    database?.close()
    return database === undefined
  }

  /** Idempotent. */
  release(): void {
    // Closing rolls the transaction back, in which nothing was done.
    this.#database?.close()
    this.#database = undefined
    held.delete(this)
  }
}

function begin(
  file: string,
  statement: string,
  options: { timeout?: number; readOnly?: boolean },
): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new (sqlite())(file, options)
    database.exec(statement)
    return database
  } catch (error) {
    database?.close()
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
    if (code === BUSY) return undefined
    if (!(error instanceof Error)) throw error
    const text = `Cannot lock ${file}: ${error.message}. Nothing was changed; saved progress needs a place whose file system has locks and that this user may write to (--state-dir).`
    throw new ProgressUnusable(code === FULL ? 'NO_SPACE' : 'NO_ACCESS', file, text, { cause: error })
  }
}

/** SQLite would make it readable for all. Only ever opened here when it is new, so that no lock is lost by closing it. */
function makeEmptyFile(file: string): void {
  orUnusable(file, 'lock saved progress', () => {
    try {
      fs.closeSync(fs.openSync(file, 'wx', 0o600))
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error
    }
  })
}

let loaded: typeof DatabaseSync | undefined

/** Loads node:sqlite when first needed, without the warning that Node 22 prints about it: it would tear the operator's screen. */
function sqlite(): typeof DatabaseSync {
  if (loaded) return loaded
  const warn = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  process.emitWarning = () => {}
  try {
    loaded = process.getBuiltinModule('node:sqlite').DatabaseSync
  } finally {
    if (warn) Object.defineProperty(process, 'emitWarning', warn)
  }
  return loaded
}
