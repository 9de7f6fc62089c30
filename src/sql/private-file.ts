import { readFile, stat } from 'node:fs/promises'

/** Files have no such permission bits on Windows; libpq does not look there either. */
const CHECKS_MODE = process.platform !== 'win32'

/** The text of a file that nobody else may read (or write); undefined when there is none. */
export async function readPrivate(
  path: string,
  forbidden: number,
  complain: (mode: string) => void,
): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if (CHECKS_MODE && (mode & forbidden) !== 0) {
      complain((mode & 0o777).toString(8).padStart(4, '0'))
      return undefined
    }
    return await readFile(path, 'utf8')
  } catch {
    // Not there, or not ours to read: then there are no credentials in it for us.
    return undefined
  }
}
