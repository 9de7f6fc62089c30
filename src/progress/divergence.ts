import { ProgressUnusable, type Line } from '../ports/progress.ts'
import { nameOf, notTakenIn, type ExportedJournal } from './exported.ts'
import { fileLine, NOWHERE, type Position } from './journal-text.ts'
import type { Layout } from './layout.ts'
import { BrokenLine } from './line.ts'
import { parsed, readWhole } from './load.ts'
import type { ProgressOptions } from './options.ts'

/** Our own journal of a subject, every line of it verified. */
export interface Ours {
  readonly position: Position
  /** The file up to its last whole line, and what follows that. */
  readonly whole: Buffer
  readonly torn: Buffer
}

/**
 * Compares an exported journal with ours, from the first line to the last of the shorter one. Throws {@link ProgressUnusable}:
 * `DIVERGED` at the first line that differs, and whatever keeps either of them from being read.
 */
export function compare<Body, State>(
  journal: ExportedJournal,
  layout: Layout,
  options: ProgressOptions<Body, State>,
): Ours {
  for (const line of journal.lines) assertUnderstood(line, journal, options)
  const read = readWhole(layout, (line) => {
    const theirs = journal.lines[line.seq - 1]
    if (theirs && theirs.hash !== line.hash) throw diverged(line, theirs, layout)
  })
  if (!read) return { position: NOWHERE, whole: Buffer.alloc(0), torn: Buffer.alloc(0) }
  return { position: read.position, whole: read.bytes.subarray(0, read.position.end), torn: read.torn }
}

function assertUnderstood(
  line: Line<unknown>,
  journal: ExportedJournal,
  options: { parse(body: unknown): unknown },
): void {
  try {
    parsed(line, options)
  } catch (error) {
    if (!(error instanceof BrokenLine)) throw error
    throw notTakenIn('CORRUPT', `${nameOf(journal.subject)}, line ${line.seq}: ${error.message}`)
  }
}

const by = (line: Line<unknown>): string => `${line.who.user}@${line.who.host} at ${new Date(line.at).toISOString()}`

const diverged = (ours: Line<unknown>, theirs: Line<unknown>, layout: Layout): ProgressUnusable =>
  new ProgressUnusable(
    'DIVERGED',
    layout.journal,
    `The journals of ${nameOf(layout.subject)} have gone different ways: up to line ${ours.seq - 1} of them they are the same, then ours goes on ` +
      `by ${by(ours)} (${layout.journal}, line ${fileLine(ours.seq)}), the other by ${by(theirs)}. Nothing at all was imported. ` +
      'To go on from ours, leave things as they are; to go on from the other, move the folder of ours away and import again.',
  )
