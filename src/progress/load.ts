import fs from 'node:fs'
import type { Line } from '../ports/progress.ts'
import { readFrom } from './durable.ts'
import { fileLine, NOWHERE, readJournal, type Position, type Read } from './journal-text.ts'
import type { Layout } from './layout.ts'
import { BrokenLine, ownHash } from './line.ts'
import type { ProgressOptions } from './options.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'
import { Damaged, errno, gone, orUnusable } from './unusable.ts'

/** What is known of a journal: how far it has been read, and the state there. */
export interface Known<State> {
  readonly position: Position
  readonly state: State
}

/** Undefined when there is none; throws {@link Damaged} when there must have been one. */
function openForReading(layout: Layout): number | undefined {
  try {
    return fs.openSync(layout.journal, 'r')
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error
    if (fs.existsSync(layout.snapshot)) throw gone(layout.journal)
    return undefined
  }
}

/** A line whose body this program knows. */
export function parsed<Body>(line: Line<unknown>, options: { parse(body: unknown): Body }): Line<Body> {
  try {
    return { ...line, body: options.parse(line.body) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new BrokenLine(`this version does not understand what it says (${why}); a newer one may`, { cause: error })
  }
}

/**
 * Reads a journal whole and verifies every line of it, whatever its snapshot says; undefined when there is none.
 * Throws ProgressUnusable, {@link Damaged} too when lines that were saved are not there.
 */
export function readWhole(
  layout: Layout,
  onLine: (line: Line<unknown>) => void,
): (Read & { readonly bytes: Buffer }) | undefined {
  // First the snapshot, then the journal: others may write in between, and the journal is never the shorter one.
  const snapshot = readSnapshot(layout.snapshot, layout.subject)
  return reading(layout, (descriptor) => {
    const bytes = readFrom(descriptor, 0)
    const read = readJournal(bytes, layout.subject, layout.journal, onLine)
    assertAllThere(snapshot, read.position, layout)
    return { ...read, bytes }
  })
}

/** Does something with the journal open for reading; undefined when there is none. */
export function reading<T>(layout: Layout, action: (descriptor: number) => T): T | undefined {
  return orUnusable(layout.journal, 'read saved progress', () => {
    const descriptor = openForReading(layout)
    if (descriptor === undefined) return undefined
    try {
      return action(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  })
}

/**
 * Loads a subject's journal: by its snapshot, when that is of this very file, else by reading every line. Nothing is written.
 * Throws ProgressUnusable.
 */
export function load<Body, State>(layout: Layout, options: ProgressOptions<Body, State>): Known<State> {
  const snapshot = readSnapshot(layout.snapshot, layout.subject)
  if (snapshot?.stateVersion === (options.stateVersion ?? 1) && isOfThisJournal(snapshot, layout)) {
    const { mtimeMs: _, ...position } = snapshot.journal
    // What this version of the fold returned, as the digest says.
    return { position, state: snapshot.state as State }
  }
  let state = options.initial
  const read = readWhole(layout, (line) => {
    state = options.fold(state, parsed(line, options))
  })
  return { position: read?.position ?? NOWHERE, state }
}

/**
 * Whether the file has the length and the time of writing that it had then, and the same last line, by its hash, which is chained to
 * all lines before it. Those are read again by `check` alone.
 */
const isOfThisJournal = (snapshot: Snapshot, layout: Layout): boolean =>
  reading(layout, (descriptor) => {
    const { size, mtimeMs } = fs.fstatSync(descriptor)
    const { journal } = snapshot
    return size === journal.end && mtimeMs === journal.mtimeMs && readAfter(descriptor, journal) !== undefined
  }) ?? false

/** Lines that a snapshot was made of were saved, so they have to be there. */
export function assertAllThere(snapshot: Snapshot | undefined, position: Position, layout: Layout): void {
  if (snapshot === undefined || snapshot.journal.seq <= position.seq) return
  throw new Damaged(
    layout.journal,
    fileLine(position.seq + 1),
    `${snapshot.journal.seq - position.seq} line(s) from here on were saved and are gone or cut short (snapshot.json was made of ${snapshot.journal.seq}; ` +
      'whoever knows that this loss is right deletes that file)',
  )
}

/**
 * Reads the file from its last known line on. That line has to stand there still: what is appended will continue it.
 * @returns the bytes after it; undefined when it is not there
 */
export function readAfter(descriptor: number, position: Position): Buffer | undefined {
  const bytes = readFrom(descriptor, position.lastAt)
  const length = position.end - position.lastAt
  if (bytes.length < length || ownHash(bytes.toString('utf8', 0, length)) !== position.hash) return undefined
  return bytes.subarray(length)
}
