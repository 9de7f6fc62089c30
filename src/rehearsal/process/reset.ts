import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { asRegionUnusable } from '../region-unusable.ts'
import { writeAtomically } from '../state/atomic-file.ts'
import type { RegionFolder } from './region-folder.ts'

/** Whether a reset was begun and not finished. */
export const resetIsDue = (folder: RegionFolder): boolean => existsSync(folder.resetMark)

/**
 * Empties the rehearsal's folder, its PKI included, after its servers were ended with `discardServers`. The lock is held
 * by the caller and stays, and so does the log. A mark makes sure that a reset which is killed is finished later. Throws
 * {@link RegionUnusable}.
 */
export async function reset(folder: RegionFolder, discardServers: (directory: string) => Promise<void>): Promise<void> {
  writeAtomically(folder.resetMark, '')
  await discardServers(folder.directory)
  const staying = [folder.lock, `${folder.lock}-journal`, folder.log, folder.resetMark]
  const stay = new Set(staying.map((path) => basename(path)))
  try {
    for (const name of readdirSync(folder.directory))
      if (!stay.has(name)) rmSync(join(folder.directory, name), { recursive: true, force: true, maxRetries: 5 })
    rmSync(folder.resetMark)
  } catch (error) {
    throw asRegionUnusable(error, `emptying ${folder.directory}`)
  }
}
