import { chmod, lstat, mkdtemp, readFile, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { type Account, serverAccount } from './account.ts'
import { CannotServe } from './cannot-serve.ts'
import { makePassage } from './whole-directory.ts'
import { writeWholeFile } from './whole-file.ts'

/** Where the database servers of a rehearsal live, and as whom they run. */
export interface ServerHome {
  readonly directory: string
  readonly account: Account | undefined
}

const RECORD = 'server-home.json'
const FORMAT_VERSION = 1

/**
 * The servers' home: `servers` in the rehearsal's folder, or, where that folder stands behind a directory that the servers' account
 * cannot enter (as root's 0700 home is for `nobody`), a directory of our own among the temporary ones, whose name the folder records.
 * A recorded home that has gone, or is not ours any more, is replaced. Throws {@link CannotServe} (`NO_PLACE`).
 */
export async function openServerHome(
  rehearsal: string,
  account: Account | undefined = serverAccount(),
): Promise<ServerHome> {
  const inside = join(rehearsal, 'servers')
  if (account === undefined || (await canEnter(rehearsal))) {
    return { directory: await realpath(await makePassage(inside, account)), account }
  }
  const recorded = await recordedHome(rehearsal)
  if (recorded !== undefined) return { directory: recorded, account }
  const made = await makeOutside()
  await writeWholeFile(
    join(rehearsal, RECORD),
    `${JSON.stringify({ formatVersion: FORMAT_VERSION, directory: made })}\n`,
  )
  return { directory: made, account }
}

/** The home outside the rehearsal's folder, if one is recorded there and still ours. */
export async function recordedHome(rehearsal: string): Promise<string | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(rehearsal, RECORD), 'utf8'))
    if (typeof record !== 'object' || record === null || !('directory' in record)) return undefined
    const { directory } = record
    if (typeof directory !== 'string') return undefined
    // Anybody may make a directory of that name among the temporary ones once ours was cleared away.
    const found = await lstat(directory)
    return found.isDirectory() && found.uid === process.getuid?.() && (await canEnter(directory))
      ? directory
      : undefined
  } catch {
    return undefined
  }
}

async function makeOutside(): Promise<string> {
  for (const parent of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (!(await canEnter(parent))) continue
    const made = await mkdtemp(join(await realpath(parent), 'rds-ca-rehearsal-'))
    await chmod(made, 0o711)
    return made
  }
  throw new CannotServe(
    'NO_PLACE',
    `As root, the rehearsal runs its database servers as an unprivileged user, and found no directory that this user can enter: neither the state directory nor ${tmpdir()}. Nothing was started. Set TMPDIR to a directory that everybody may enter, or rehearse as an ordinary user.`,
  )
}

/** Whether a stranger may pass through every directory down to this one. */
async function canEnter(directory: string): Promise<boolean> {
  try {
    for (let at = await realpath(directory); ; at = dirname(at)) {
      if (((await stat(at)).mode & 0o001) === 0) return false
      if (at === dirname(at)) return true
    }
  } catch {
    return false
  }
}
