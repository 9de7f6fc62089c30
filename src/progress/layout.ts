import { join } from 'node:path'
import { digestOf, subjectKey, type Subject } from '../rules/words.ts'

/** Where one subject's files are. */
export interface Layout {
  readonly subject: Subject
  readonly directory: string
  /** The truth: a header line, then one line for each thing that happened. */
  readonly journal: string
  /** What a crash left of a line that nobody was told had been saved. */
  readonly torn: string
  /** A journal that is being imported, before it takes its place. */
  readonly incoming: string
  /** The state folded from the journal, to open it fast. Named by conf: its `configName` and its extension. */
  readonly snapshot: string
  /** Held for each append, and who holds it. */
  readonly appendLock: string
  readonly appender: string
  /** Held for as long as somebody works on the subject, and who does. */
  readonly holdLock: string
  readonly holder: string
  /** Held for the moment in which `holdLock` and `holder` are looked at or change together. */
  readonly holdGuard: string
}

/** The directory below which each subject has its own. */
export const subjectsDirectory = (root: string): string => join(root, 'subjects')

/** A name that people recognise and every file system takes; the digest, of the whole key, is what makes it one subject's. */
export function folderName(subject: Subject): string {
  const readable = subject.id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return `${subject.kind}-${readable}-${digestOf(subjectKey(subject)).slice(0, 16)}`
}

export function layoutOf(root: string, subject: Subject): Layout {
  const directory = join(subjectsDirectory(root), folderName(subject))
  return {
    subject,
    directory,
    journal: join(directory, JOURNAL_NAME),
    torn: join(directory, 'journal.torn'),
    incoming: join(directory, 'journal.incoming'),
    snapshot: join(directory, SNAPSHOT_NAME),
    appendLock: join(directory, 'append.lock'),
    appender: join(directory, 'append.json'),
    holdLock: join(directory, 'hold.lock'),
    holder: join(directory, 'hold.json'),
    holdGuard: join(directory, 'hold.guard'),
  }
}

export const JOURNAL_NAME = 'journal.jsonl'
export const SNAPSHOT_NAME = 'snapshot.json'
