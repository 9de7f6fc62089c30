/** A stop to all waves: on record, so that a run in another process, or tomorrow's, heeds it too. */
import type { Halt } from '../rules/record.ts'
import type { Subject } from '../rules/words.ts'
import type { SavedProgress } from './deps.ts'

const wavesOfWorld = (world: string): Subject => ({ kind: 'waves', world, id: 'waves' })

/** The halt that is in force in any of these worlds, if one is. Throws ProgressUnusable. */
export async function haltOf(progress: SavedProgress, worlds: readonly string[]): Promise<Halt | undefined> {
  for (const world of worlds) {
    const journal = await progress.open(wavesOfWorld(world))
    await journal.refresh()
    if (journal.state.halt) return journal.state.halt
  }
  return undefined
}

/** Halts the waves of these worlds: what is under way is followed to its end, and nothing more is begun. Throws ProgressUnusable. */
export async function haltWaves(progress: SavedProgress, worlds: readonly string[], why: string): Promise<void> {
  for (const world of worlds) await (await progress.open(wavesOfWorld(world))).append({ kind: 'waves-halted', why })
}

/** Takes a halt back. Throws ProgressUnusable. */
export async function resumeWaves(progress: SavedProgress, worlds: readonly string[]): Promise<void> {
  for (const world of worlds) {
    const journal = await progress.open(wavesOfWorld(world))
    if (journal.state.halt) await journal.append({ kind: 'waves-resumed' })
  }
}
