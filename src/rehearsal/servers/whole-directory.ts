import { chmod, chown, mkdir, stat } from 'node:fs/promises'

import type { Account } from './account.ts'
import { throughPartial } from './partial.ts'

/**
 * Makes a directory beside its place, has it filled, and renames it: the place is empty or whole, whenever this is killed. It belongs to
 * `owner` and nobody else can enter it. Resolves at once where it is there already. What a kill left behind is swept away. The parent
 * must be there.
 */
export async function makeWholeDirectory(
  place: string,
  owner: Account | undefined,
  fill: (beside: string) => Promise<void>,
): Promise<void> {
  if (await exists(place)) return
  await throughPartial(place, async (beside) => {
    await mkdir(beside, { mode: 0o700 })
    if (owner) await chown(beside, owner.uid, owner.gid)
    await fill(beside)
  })
}

/** Makes a directory that `guest` can pass through and nobody else can list, whatever the umask says. */
export async function makePassage(directory: string, guest: Account | undefined): Promise<string> {
  await mkdir(directory, { recursive: true })
  await chmod(directory, guest ? 0o711 : 0o700)
  return directory
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}
