import { ProgressUnusable } from '../ports/progress.ts'

const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const NO_ACCESS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Node's code of a file system error (`ENOENT` …); undefined for anything else. */
export const errno = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/**
 * A file system error as what an operator needs to know. Other errors (bugs) and errors that already say it come back as they are.
 * @param doing for example `save progress`
 */
export function unusable(error: unknown, file: string, doing: string): unknown {
  const code = errno(error)
  if (error instanceof ProgressUnusable || code === undefined || !(error instanceof Error)) return error
  const cause = { cause: error }
  if (NO_SPACE.has(code)) {
    const text = `No space is left to ${doing}: ${file} (${code}). Nothing that was saved is lost; free some space and do it again.`
    return new ProgressUnusable('NO_SPACE', file, text, cause)
  }
  if (NO_ACCESS.has(code)) {
    const text = `No permission to ${doing}: ${file} (${code}). Nothing was changed; give this user access to it, or name another place with --state-dir.`
    return new ProgressUnusable('NO_ACCESS', file, text, cause)
  }
  if (!/^E[A-Z0-9]+$/.test(code)) return error
  return new ProgressUnusable(
    code,
    file,
    `Cannot ${doing}: ${file}: ${error.message}. Nothing that was saved is lost.`,
    cause,
  )
}

/** Does it, and says errors of the file system as {@link unusable} does. */
export function orUnusable<T>(file: string, doing: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw unusable(error, file, doing)
  }
}

/** A journal that is damaged, or that lacks lines which were saved. Nothing is repaired on its own: the message says what a person can do. */
export class Damaged extends ProgressUnusable {
  /** The line of the file, counted from 1, and what is wrong with it: the second half of a sentence. */
  readonly line: number
  readonly why: string
  constructor(file: string, line: number, why: string) {
    super(
      'CORRUPT',
      file,
      `Saved progress is damaged: ${file}, line ${line}: ${why}. Nothing was changed. Restore this file from a backup, ` +
        'or move its folder away and import an export of it; without either, this subject begins anew.',
    )
    this.line = line
    this.why = why
  }
}

export const gone = (file: string): Damaged => new Damaged(file, 1, 'the file is gone, although lines were saved in it')
