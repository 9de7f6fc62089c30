import { readdir, realpath } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { includesOf, readOptions } from './option-file.ts'

/** Deeper than this MySQL and MariaDB do not follow includes either (`my_default.c`). */
const DEEPEST = 10

/**
 * Options of some groups in a file and in what it includes (`!include FILE`, `!includedir DIRECTORY`), where each stands: later ones win.
 * A file that cannot be read is as good as none.
 * @param read gives a file's text, unless it is not to be used
 */
export async function readOptionFiles(
  path: string,
  groups: ReadonlySet<string>,
  read: (path: string) => Promise<string | undefined>,
  under: readonly string[] = [],
): Promise<ReadonlyMap<string, string>> {
  const real = await realpath(path).catch(() => path)
  const text = under.length > DEEPEST || under.includes(real) ? undefined : await read(path)
  if (text === undefined) return new Map()
  const options = new Map<string, string>()
  for (const part of includesOf(text)) {
    const found =
      part.kind === 'text'
        ? [readOptions(part.text, groups)]
        : await Promise.all((await filesOf(part)).map((each) => readOptionFiles(each, groups, read, [...under, real])))
    for (const each of found) for (const [name, value] of each) options.set(name, value)
  }
  return options
}

/** The files that an include names; a directory's `.cnf` files (and `.ini`, which MySQL takes on Windows alone, not). */
async function filesOf({ kind, path }: { readonly kind: 'file' | 'directory'; readonly path: string }) {
  // Both programs take such a path as it is, so that a relative one would depend on where they are called.
  if (!isAbsolute(path)) return []
  if (kind === 'file') return [path]
  const names = await readdir(path).catch(() => [])
  return names
    .filter((name) => name.endsWith('.cnf'))
    .toSorted()
    .map((name) => join(path, name))
}
