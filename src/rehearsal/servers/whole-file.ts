import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Account } from './account.ts'
import { throughPartial } from './partial.ts'

export interface WholeFileOptions {
  /** Permission bits; 0600 when absent. The umask does not weaken or strengthen them. */
  readonly mode?: number
  /** Who shall own it; whoever runs this program when absent. */
  readonly owner?: Account | undefined
}

/**
 * Writes a file beside its place, with its mode and owner, and renames it: whoever reads sees the old content or the new, never a part,
 * also after a kill or a power cut. Nothing is left beside, and what a kill left there is swept away. Throws what the file system throws.
 */
export async function writeWholeFile(file: string, content: string, options: WholeFileOptions = {}): Promise<void> {
  await throughPartial(file, async (beside) => {
    const handle = await open(beside, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      if (options.owner) await handle.chown(options.owner.uid, options.owner.gid)
      await handle.chmod(options.mode ?? 0o600)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
  await syncDirectory(dirname(file))
}

/** Makes a rename durable. Windows cannot open directories, and needs no such call. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
