import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file whole or not at all: beside its place, to the disk, then renamed. Readers see the old one or the new one.
 * Throws what the file system says (`ENOSPC`, `EACCES` …); the old file is then as it was.
 * @param mode of the file; its directory is made with 0700 when it is not there
 */
export async function saveFile(path: string, contents: Buffer, mode: number): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const beside = join(directory, `.${randomUUID()}.tmp`)
  try {
    const handle = await open(beside, 'wx', mode)
    try {
      await handle.writeFile(contents)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // `open` is subject to the umask.
    await chmod(beside, mode)
    await rename(beside, path)
    await sync(directory)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
