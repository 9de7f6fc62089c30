import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { asRegionUnusable } from '../region-unusable.ts'

/**
 * Writes a file beside its place and renames it there, both on disk when this returns: a kill leaves the old or the new
 * file, never half of one. Missing folders are made, readable by the owner alone.
 */
export function writeAtomically(path: string, text: string, mode = 0o600): void {
  // One process at a time writes in a rehearsal's folder. What it leaves behind when it is killed, the next write takes.
  const beside = `${path}.new`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = openSync(beside, 'w', mode)
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(beside, { force: true })
    throw asRegionUnusable(error, `writing ${path}`)
  }
}

/** Makes a new or renamed entry of a folder durable. Windows cannot open folders, and does not need to. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
