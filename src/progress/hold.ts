import fs from 'node:fs'
import { HeldByAnother, type Hold, type Holder } from '../ports/progress.ts'
import { makeDirectory } from './durable.ts'
import { readHolder, removeHolder, said, writeHolder } from './holder-record.ts'
import type { Layout } from './layout.ts'
import { SqliteLock } from './sqlite-lock.ts'
import { orUnusable } from './unusable.ts'

/** Milliseconds to wait for somebody who is looking at a lock or taking it: each takes less than one. */
const GUARD_PATIENCE = 1_000

/** Takes a subject's lock or throws {@link HeldByAnother} at once. */
export function takeHold(layout: Layout, me: Holder): Hold {
  orUnusable(layout.directory, 'lock saved progress', () => makeDirectory(layout.directory))
  const guard = SqliteLock.take(layout.holdGuard, GUARD_PATIENCE)
  try {
    const lock = SqliteLock.take(layout.holdLock)
    if (!lock) throw heldByAnother(layout, readHolder(layout.holder), me)
    writeHolder(layout.holder, me)
    let held = true
    return {
      holder: me,
      release() {
        if (!held) return
        held = false
        // The record goes first: once the lock is free, the file may be the next holder's.
        removeHolder(layout.holder)
        lock.release()
      },
    }
  } finally {
    guard?.release()
  }
}

/**
 * Who holds a subject's lock now; undefined when nobody does. Whether somebody does, the lock says; the record only who.
 * Both are looked at under the guard, under which they change together, so a dead holder's record is never taken for the next one's.
 */
export function currentHolder(layout: Layout): Holder | undefined {
  if (!orUnusable(layout.holdLock, 'look at a lock', () => fs.existsSync(layout.holdLock))) return undefined
  const guard = takeGuard(layout)
  try {
    // A holder that lets go removes its record first and takes no guard: between the two it is gone already.
    for (let look = 0; look < 20; look++) {
      if (!SqliteLock.isHeld(layout.holdLock)) return undefined
      const holder = readHolder(layout.holder)
      if (holder) return holder
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
    return { user: 'unknown', host: 'unknown', pid: 0, since: 0, purpose: 'its record cannot be read' }
  } finally {
    guard?.release()
  }
}

/** Where the directory may only be read, nobody takes locks through it that a look could get in the way of. */
function takeGuard(layout: Layout): SqliteLock | undefined {
  try {
    fs.accessSync(layout.directory, fs.constants.W_OK)
  } catch {
    return undefined
  }
  return SqliteLock.take(layout.holdGuard, GUARD_PATIENCE)
}

function heldByAnother(layout: Layout, other: Holder | undefined, me: Holder): HeldByAnother {
  const { kind, id } = layout.subject
  if (other && other.pid === me.pid && other.host === me.host) {
    return new HeldByAnother(
      `This process holds the ${kind} ${id} already (${said(other)}). Nothing was changed.`,
      other,
    )
  }
  return new HeldByAnother(
    `The ${kind} ${id} is held by ${said(other)}. Nothing was changed. Wait until that session ends, or end it: its lock goes with it.`,
    other,
  )
}
