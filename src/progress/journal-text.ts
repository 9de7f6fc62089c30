import type { Line } from '../ports/progress.ts'
import { sameSubject, type Subject } from '../rules/words.ts'
import { ProgressUnusable } from '../ports/progress.ts'
import { FORMAT_VERSION, headerText, newerFormat, readHeader } from './header.ts'
import { BrokenLine, NO_LINE_BEFORE, readLine } from './line.ts'
import { Damaged } from './unusable.ts'

const NEWLINE = 0x0a

/** How far a journal has been read: its last line, and where in the file that begins and ends (bytes). */
export interface Position {
  readonly seq: number
  readonly hash: string
  readonly lastAt: number
  readonly end: number
}

/** Before the header. */
export const NOWHERE: Position = { seq: 0, hash: NO_LINE_BEFORE, lastAt: 0, end: 0 }

/** The line of the file, counted from 1, where a journal's line stands: the header is before it. */
export const fileLine = (seq: number): number => seq + 1

export interface Read {
  readonly position: Position
  /** What follows the last newline: a line that a crash cut short, or that is being written now. Nobody was told that it is saved. */
  readonly torn: Buffer
}

/**
 * Reads the lines that follow a position; `bytes` begin there. Each is verified before it is handed on.
 * Throws {@link Damaged} and, for a body that `onLine` does not take, what it throws.
 */
export function readLines(bytes: Buffer, from: Position, file: string, onLine: (line: Line<unknown>) => void): Read {
  let position = from
  for (;;) {
    const begin = position.end - from.end
    const newline = bytes.indexOf(NEWLINE, begin)
    if (newline === -1) return { position, torn: bytes.subarray(begin) }
    const seq = position.seq + 1
    const line = orDamaged(file, fileLine(seq), () => {
      const read = readLine(bytes.toString('utf8', begin, newline), { seq, prev: position.hash })
      onLine(read)
      return read
    })
    position = { seq, hash: line.hash, lastAt: position.end, end: from.end + newline + 1 }
  }
}

function orDamaged<T>(file: string, line: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof BrokenLine) throw new Damaged(file, line, error.message)
    throw error
  }
}

/**
 * Reads a whole journal, header first. One without a whole header has never had a line that was saved.
 * Throws {@link Damaged}, and {@link ProgressUnusable} for a newer format or another subject's journal.
 */
export function readJournal(
  bytes: Buffer,
  subject: Subject,
  file: string,
  onLine: (line: Line<unknown>) => void,
): Read {
  const end = bytes.indexOf(NEWLINE)
  if (end === -1) {
    // Power cuts leave zeros where blocks were given to a file but not yet written.
    const begun = bytes.toString('utf8').replace(/\0+$/, '')
    if (!headerText(subject).startsWith(begun)) throw new Damaged(file, 1, 'it is not the header of a journal')
    return { position: NOWHERE, torn: bytes }
  }
  const header = readHeader(bytes.toString('utf8', 0, end), file)
  if (header.formatVersion > FORMAT_VERSION) throw newerFormat(file, header.formatVersion)
  if (!sameSubject(header.subject, subject)) {
    const { kind, id, world } = header.subject
    throw new ProgressUnusable(
      'FOREIGN',
      file,
      `${file} is the journal of another subject (${kind} ${id} in ${world}) and counts for no other. Nothing was changed. Put it back where it belongs.`,
    )
  }
  return readLines(bytes.subarray(end + 1), { ...NOWHERE, end: end + 1 }, file, onLine)
}
