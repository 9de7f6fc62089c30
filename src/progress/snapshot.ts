import fs from 'node:fs'
import { digestOf, subjectKey, type Subject } from '../rules/words.ts'
import type { Position } from './journal-text.ts'
import { errno, unusable } from './unusable.ts'

const SNAPSHOT_VERSION = 1

/** The journal as it was when a snapshot of it was made. */
export interface Witnessed extends Position {
  /** When the file was last written to, milliseconds with fractions, as the file system says: an edit in the middle changes nothing else. */
  readonly mtimeMs: number
}

/**
 * The state folded from a journal up to a line, as it stands in the file. It is worth nothing beside the journal, except that it is
 * fast, and that it knows how long the journal was.
 */
export interface Snapshot {
  readonly formatVersion: number
  /** The version of the fold that made the state. */
  readonly stateVersion: number
  readonly subject: string
  readonly journal: Witnessed
  readonly state: unknown
  /** Of everything else here: a disk that was full leaves half a file, and people edit JSON files. */
  readonly digest: string
}

export function snapshotOf(subject: Subject, stateVersion: number, journal: Witnessed, state: unknown): Snapshot {
  const content = { formatVersion: SNAPSHOT_VERSION, stateVersion, subject: subjectKey(subject), journal, state }
  return { ...content, digest: digestOf(content) }
}

/**
 * Reads a snapshot without conf, which takes 100 ms to load. Undefined when there is none, or none that this program wrote whole for
 * this subject: the journal says the same. Throws ProgressUnusable where it may not be read.
 */
export function readSnapshot(file: string, subject: Subject): Snapshot | undefined {
  let saved: Partial<Snapshot>
  try {
    saved = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Snapshot>
  } catch (error) {
    if (error instanceof SyntaxError || errno(error) === 'ENOENT') return undefined
    throw unusable(error, file, 'read saved progress')
  }
  if (typeof saved !== 'object' || saved === null) return undefined
  const { digest, ...content } = saved
  if (content.formatVersion !== SNAPSHOT_VERSION || content.subject !== subjectKey(subject)) return undefined
  // The digest says that `snapshotOf` made it: it has all its members.
  return digest === digestOf(content) ? (saved as Snapshot) : undefined
}
