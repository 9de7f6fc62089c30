import fs from 'node:fs'
import { subjectKey, type Subject } from '../rules/words.ts'
import { takeAppendLock } from './append-lock.ts'
import { compare, type Ours } from './divergence.ts'
import { appendToFile, makeDirectory, syncDirectory, writeNewFile } from './durable.ts'
import { readExport, type ExportedJournal } from './exported.ts'
import { headerText } from './header.ts'
import { layoutOf, type Layout } from './layout.ts'
import { lineText } from './line.ts'
import { loadSnapshotStore } from './load-snapshot-store.ts'
import { load } from './load.ts'
import { meFor, type ProgressOptions } from './options.ts'
import { snapshotOf } from './snapshot.ts'
import type { SqliteLock } from './sqlite-lock.ts'
import { orUnusable, unusable } from './unusable.ts'

export interface TakenIn {
  readonly subject: Subject
  readonly added: number
}

interface Incoming extends ExportedJournal {
  readonly layout: Layout
}

/** A journal whose new file lies beside it, whole and on disk. */
interface Staged extends TakenIn {
  readonly layout: Layout
  /** What a crash left at the end of ours. */
  readonly torn: Buffer
}

/**
 * Takes in exported journals, as the port says. Everything is verified, under the locks of all journals that it concerns, before
 * anything is written; the new files are then written whole beside the old ones, and only when all of them are on disk do they take
 * their places, one rename each.
 */
export async function importJournals<Body, State>(
  text: string,
  options: ProgressOptions<Body, State>,
): Promise<readonly TakenIn[]> {
  const journals = readExport(text).map(({ subject, lines }) => ({
    subject,
    lines,
    layout: layoutOf(options.directory, subject),
  }))
  // First without locks, so that what is refused leaves not even a directory behind.
  const longer = journals.filter(
    (journal) => compare(journal, journal.layout, options).position.seq < journal.lines.length,
  )
  const { openSnapshotStore } = await loadSnapshotStore()
  const locks = await lockAll(longer, options)
  try {
    const staged = stage(longer, options)
    for (const { subject, layout, torn } of staged) {
      orUnusable(layout.journal, 'import progress', () => {
        if (torn.length > 0) appendToFile(layout.torn, Buffer.concat([torn, Buffer.from('\n')]))
        fs.renameSync(layout.incoming, layout.journal)
        syncDirectory(layout.directory)
      })
      openSnapshotStore(layout.snapshot).save(() => {
        const { position, state } = load(layout, options)
        const { mtimeMs } = fs.statSync(layout.journal)
        return snapshotOf(subject, options.stateVersion ?? 1, { ...position, mtimeMs }, state)
      })
    }
    const added = new Map(staged.map((journal) => [subjectKey(journal.subject), journal.added]))
    return journals.map(({ subject }) => ({ subject, added: added.get(subjectKey(subject)) ?? 0 }))
  } finally {
    for (const lock of locks) lock.release()
  }
}

/** In one order, whoever imports what: two imports never wait for each other. */
async function lockAll<Body, State>(
  journals: readonly Incoming[],
  options: ProgressOptions<Body, State>,
): Promise<SqliteLock[]> {
  const locks: SqliteLock[] = []
  try {
    for (const { layout } of journals.toSorted((a, b) => (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1))) {
      orUnusable(layout.directory, 'import progress', () => makeDirectory(layout.directory))
      locks.push(await takeAppendLock(layout, meFor(options, 'import progress')))
    }
    return locks
  } catch (error) {
    for (const lock of locks) lock.release()
    throw error
  }
}

function stage<Body, State>(journals: readonly Incoming[], options: ProgressOptions<Body, State>): Staged[] {
  const compared = journals.map((journal) => ({ journal, ours: compare(journal, journal.layout, options) }))
  const staged: Staged[] = []
  try {
    for (const { journal, ours } of compared) {
      const { subject, layout } = journal
      const added = journal.lines.length - ours.position.seq
      if (added <= 0) continue
      writeNewFile(layout.incoming, continued(journal, ours))
      staged.push({ subject, layout, added, torn: ours.torn })
    }
    return staged
  } catch (error) {
    for (const { layout } of staged) fs.rmSync(layout.incoming, { force: true })
    throw unusable(error, options.directory, 'import progress')
  }
}

/** Our file up to its last whole line, and the lines that we lack. */
function continued(journal: Incoming, ours: Ours): Buffer {
  const before = ours.position.end > 0 ? ours.whole : Buffer.from(headerText(journal.subject))
  const after = journal.lines.slice(ours.position.seq).map((line) => lineText(line))
  return Buffer.concat([before, Buffer.from(after.join(''))])
}
