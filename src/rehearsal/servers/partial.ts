import { randomBytes } from 'node:crypto'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const PARTIAL = '.partial-'

/** What this program is making just now. */
const underWay = new Set<string>()

/**
 * Makes a file or directory under a new name beside its place, and has it renamed to it, so that there is nothing or the whole of it,
 * whenever this is killed. What a kill left behind there is swept away; when the making fails, nothing is left.
 */
export async function throughPartial(path: string, make: (beside: string) => Promise<void>): Promise<void> {
  await sweepPartial(path)
  const beside = `${path}${PARTIAL}${randomBytes(6).toString('hex')}`
  underWay.add(beside)
  try {
    await make(beside)
    await rename(beside, path)
  } catch (error) {
    await discard(beside)
    throw error
  } finally {
    underWay.delete(beside)
  }
}

/** One program at a time makes things in a rehearsal's folder: what is not this one's is nobody's. */
async function sweepPartial(path: string): Promise<void> {
  const parent = dirname(path)
  const prefix = basename(path) + PARTIAL
  const left = (await readdir(parent))
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(parent, name))
    .filter((beside) => !underWay.has(beside))
  // Leftovers take room and nothing else: an orphan that is still at work in one of them is no reason to stop.
  await Promise.all(left.map((beside) => discard(beside).catch(() => undefined)))
}

/** Removes a file, or a directory with all that is in it, also while an ending process still writes there. */
export const discard = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
