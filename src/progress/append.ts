import fs from 'node:fs'
import { dirname } from 'node:path'
import type { Line } from '../ports/progress.ts'
import type { Instant, Who } from '../rules/words.ts'
import { appendToFile, syncDirectory, writeAll } from './durable.ts'
import { headerText } from './header.ts'
import type { Position } from './journal-text.ts'
import type { Layout } from './layout.ts'
import { lineText, makeLine, readLine } from './line.ts'
import { parsed } from './load.ts'
import { errno, gone, unusable } from './unusable.ts'

/** Opens a journal for appending. A new one is made only where there was none: a journal that is gone is damage, never a new beginning. */
export function openForAppending(layout: Layout, position: Position): number {
  try {
    return fs.openSync(layout.journal, 'r+')
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw unusable(error, layout.journal, 'save progress')
    if (position.seq > 0 || fs.existsSync(layout.snapshot)) throw gone(layout.journal)
  }
  try {
    return fs.openSync(layout.journal, 'wx+', 0o600)
  } catch (error) {
    throw unusable(error, layout.journal, 'save progress')
  }
}

/**
 * Keeps what a crash left of a line in a file beside the journal, and takes it out of the journal. Nobody was told that it had been
 * saved. Killed in between, it is kept twice.
 */
export function setAside(descriptor: number, torn: Uint8Array, position: Position, layout: Layout): void {
  if (torn.length === 0) return
  appendToFile(layout.torn, Buffer.concat([torn, Buffer.from('\n')]))
  fs.ftruncateSync(descriptor, position.end)
}

/** The line that an append will write, as it will be read: with what is not JSON it fails here, before anything is written. */
export function nextLine<Body>(
  position: Position,
  body: Body,
  who: Who,
  options: { parse(body: unknown): Body; now(): Instant },
): { readonly line: Line<Body>; readonly text: string } {
  const expected = { seq: position.seq + 1, prev: position.hash }
  const text = lineText(makeLine(expected, options.now(), who, body))
  return { line: parsed(readLine(text, expected), options), text }
}

/**
 * Writes one whole line at the end, durably; before the first one, the header in the same write. When that fails, the file is cut
 * back to the last whole line, and the error says why. Call it under the append lock.
 */
export function writeLine(
  descriptor: number,
  position: Position,
  line: Line<unknown>,
  text: string,
  layout: Layout,
): Position {
  const header = position.end === 0 ? headerText(layout.subject) : ''
  const bytes = Buffer.from(header + text)
  const lastAt = position.end + Buffer.byteLength(header)
  try {
    writeAll(descriptor, bytes, position.end)
    fs.fsyncSync(descriptor)
    if (header !== '') for (const directory of [layout.directory, dirname(layout.directory)]) syncDirectory(directory)
  } catch (error) {
    cutBack(descriptor, position)
    throw unusable(error, layout.journal, 'save progress')
  }
  return { seq: line.seq, hash: line.hash, lastAt, end: position.end + bytes.length }
}

function cutBack(descriptor: number, position: Position): void {
  try {
    fs.ftruncateSync(descriptor, position.end)
    fs.fsyncSync(descriptor)
  } catch {
    // What is left has no newline or was not acknowledged: the next append sets it aside or takes it in as it stands.
  }
}
