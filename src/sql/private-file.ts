import { readFile, stat } from 'node:fs/promises'
import { CannotLogIn } from '../ports/sql.ts'

/** Files have no such permission bits on Windows; libpq does not look there either. */
const CHECKS_MODE = process.platform !== 'win32'

/** What others must not do to a file of passwords or options: permission bits. */
const FORBIDDEN = { read: 0o077, write: 0o002 } as const

/**
 * The text of a file that others may not read (or write). Undefined when there is none, when it is no plain file (`/dev/null` stands for
 * none), and when it is not to be used: why goes into `passed`, as `FILE_EXPOSED` or `FILE_UNREADABLE`.
 */
export async function readPrivate(
  path: string,
  forbidden: keyof typeof FORBIDDEN,
  passed: CannotLogIn[],
): Promise<string | undefined> {
  const pass = (code: string, why: string) => passed.push(new CannotLogIn(code, `${path} is not used: ${why}`))
  try {
    const found = await stat(path)
    if (!found.isFile()) return undefined
    if (!CHECKS_MODE || (found.mode & FORBIDDEN[forbidden]) === 0) return await readFile(path, 'utf8')
    const mode = (found.mode & 0o777).toString(8).padStart(4, '0')
    pass('FILE_EXPOSED', `others may ${forbidden} it (${mode}). chmod 0600 it.`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code !== 'ENOENT' && code !== 'ENOTDIR') pass('FILE_UNREADABLE', `it cannot be read (${code}).`)
  }
  return undefined
}
