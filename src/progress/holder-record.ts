import fs from 'node:fs'
import type { Holder } from '../ports/progress.ts'

/** Who holds a lock, for people; the lock itself says whether. A record that cannot be written is left out: it must never keep anybody from working. */
export function writeHolder(file: string, holder: Holder): void {
  try {
    // A dead holder's record must not pass for ours should ours fail.
    fs.rmSync(file, { force: true })
    fs.writeFileSync(file, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  } catch {
    removeHolder(file)
  }
}

export function removeHolder(file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // Without its lock it says nothing to anybody.
  }
}

/** Undefined when there is none that can be read. */
export function readHolder(file: string): Holder | undefined {
  try {
    const { user, host, pid, since, purpose } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Holder>
    if (user === undefined || host === undefined || pid === undefined || since === undefined || purpose === undefined)
      return undefined
    return { user, host, pid, since, purpose }
  } catch {
    return undefined
  }
}

/** `anna@bastion-1 (process 4711, since 2026-11-22T09:15:00.000Z: apply a change)`. */
export const said = (holder: Holder | undefined): string =>
  holder
    ? `${holder.user}@${holder.host} (process ${holder.pid}, since ${new Date(holder.since).toISOString()}: ${holder.purpose})`
    : 'another process, which left no name'
