import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

async function writeSynced(path: string, bytes: Buffer, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode)
  try {
    await handle.writeFile(bytes)
    // `open` is subject to the umask.
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Moves what is there out of the way; false when nothing is. */
const moveAway = (path: string, to: string): Promise<boolean> =>
  rename(path, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/**
 * Writes a directory of files whole or not at all: beside its place, to the disk, then renamed. Readers see the old one or the new
 * one, and for an instant between two renames neither: there is no call in Node that swaps two directories.
 * Throws what the file system says; the old directory is then in its place.
 * @param modes of the directory and of its files
 */
export async function saveDirectory(
  path: string,
  files: ReadonlyMap<string, Buffer>,
  modes: { readonly directory: number; readonly file: number },
): Promise<void> {
  const parent = dirname(path)
  const beside = await mkdtemp(join(parent, `.${basename(path)}.`))
  const old = join(parent, `.${basename(path)}.${randomUUID()}.old`)
  try {
    for (const [name, bytes] of files) await writeSynced(join(beside, name), bytes, modes.file)
    await chmod(beside, modes.directory)
    await syncDirectory(beside)
    const moved = await moveAway(path, old)
    try {
      await rename(beside, path)
    } catch (error) {
      if (moved) await rename(old, path)
      throw error
    }
    await syncDirectory(parent)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
  await rm(old, { recursive: true, force: true })
}
