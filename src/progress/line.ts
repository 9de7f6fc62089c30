import type { Line } from '../ports/progress.ts'
import { canonical, digestOf, type Instant, type Who } from '../rules/words.ts'

/** What the first line of a journal says of the line before it. */
export const NO_LINE_BEFORE = '0'.repeat(64)

/** Why a line is not what was once written. The message is the second half of a sentence. */
export class BrokenLine extends Error {
  override readonly name = 'BrokenLine'
}

/** Which line has to come next. */
export interface Expected {
  readonly seq: number
  readonly prev: string
}

/** A new line, hashed. Throws a TypeError when the body holds what JSON cannot. */
export function makeLine(expected: Expected, at: Instant, who: Who, body: unknown): Line<unknown> {
  const content = { seq: expected.seq, at, who: { user: who.user, host: who.host }, body, prev: expected.prev }
  return { ...content, hash: digestOf(content) }
}

/** The line as it stands in the file, with the newline that says that it is whole. */
export const lineText = (line: Line<unknown>): string => `${canonical(line)}\n`

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWho = (value: unknown): value is Who =>
  isRecord(value) && typeof value['user'] === 'string' && typeof value['host'] === 'string'

/** Takes a value for the line that has to come next, or throws {@link BrokenLine}. Every member but the hash is hashed: none can be added or altered. */
export function verifyLine(value: unknown, expected: Expected): Line<unknown> {
  if (!isRecord(value)) throw new BrokenLine('it is not a line of a journal')
  const { hash, ...content } = value
  if (typeof hash !== 'string' || digestOf(content) !== hash) {
    throw new BrokenLine('it was altered after it was written (its hash does not fit)')
  }
  const { seq, prev, at, who, body } = content
  if (seq !== expected.seq)
    throw new BrokenLine(`it is number ${String(seq)} where number ${expected.seq} has to stand`)
  if (prev !== expected.prev) throw new BrokenLine('it does not continue the line before it (the chain is broken)')
  if (typeof at !== 'number' || !isWho(who) || body === undefined)
    throw new BrokenLine('it lacks a time, an author or a body')
  return { seq: expected.seq, at, who, body, prev: expected.prev, hash }
}

/** The hash of a line that is whole in itself, whatever stands before it; undefined when it was altered. */
export function ownHash(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value)) return undefined
    const { hash, ...content } = value
    return typeof hash === 'string' && digestOf(content) === hash ? hash : undefined
  } catch {
    return undefined
  }
}

/** {@link verifyLine} for a line's text. */
export function readLine(text: string, expected: Expected): Line<unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BrokenLine('it is not JSON')
  }
  return verifyLine(value, expected)
}
