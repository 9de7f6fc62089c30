import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'

import { recordedHome } from './server-home.ts'
import { endServer, serversIn } from './server-processes.ts'
import { discard } from './partial.ts'

/**
 * Ends every database server of the rehearsal in this folder, recorded or not, and removes their homes, inside and outside the folder.
 * What starting over does before it removes the folder. Throws CannotServe (`STOP_FAILED`); then nothing has been removed.
 */
export async function discardServers(rehearsal: string): Promise<void> {
  const inside = await realpath(join(rehearsal, 'servers')).catch(() => undefined)
  const homes = [inside, await recordedHome(rehearsal)].filter((home) => home !== undefined)
  const databases = await Promise.all(homes.map((home) => databasesIn(join(home, 'databases'))))
  await Promise.all(
    databases.flat().flatMap((directory) => serversIn(directory).map((pid) => endServer(directory, pid))),
  )
  await Promise.all(homes.map((home) => discard(home)))
}

async function databasesIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.map((name) => join(directory, name))
}
