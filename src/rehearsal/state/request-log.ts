import { closeSync, existsSync, fsyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { asRegionUnusable, RegionUnusable } from '../region-unusable.ts'
import { syncFolder } from './atomic-file.ts'
import type { Effect } from './effect.ts'

/** One line of `requests.jsonl`: one call and what came of it. */
export interface RequestLine {
  /** ISO 8601. */
  readonly time: string
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
  /** The HTTP status of the answer. */
  readonly status: number
  /** AWS's error code, where the call was refused. */
  readonly code?: string
  readonly requestId: string
  readonly region: string
  readonly account: string
  /** Who asked, where it was nobody whom the rehearsal's keys belong to: the console's user, or infrastructure code. */
  readonly by?: { readonly user: string; readonly agent: string }
  /** The fault that had a hand in it. */
  readonly fault?: string
  /** What the call changed. */
  readonly effect?: Effect
}

/** Bytes. Requests are limited to far less, so the end of the file always holds the last whole line. */
const LONGEST_LINE = 1_048_576

/**
 * The request log is the journal of what requests changed: one line carries the request and its effect, so both are
 * durable in one write. The state file is a snapshot that says how many bytes of the log it includes.
 */
export class RequestLog {
  readonly path: string
  readonly #file: number
  #size: number
  /** Part of a line that failed may stand after the last whole one. */
  #torn = false

  private constructor(path: string, file: number, size: number) {
    this.path = path
    this.#file = file
    this.#size = size
  }

  /** Opens or makes it. The half line of a request that was never answered is cut off. Throws {@link RegionUnusable}. */
  static open(path: string): RequestLog {
    try {
      const isNew = !existsSync(path)
      const file = openSync(path, 'a+', 0o600)
      if (isNew) syncFolder(dirname(path))
      const size = fstatSync(file).size
      const tailFrom = Math.max(0, size - LONGEST_LINE)
      const tail = readRange(file, tailFrom, size)
      const whole = size === 0 ? 0 : tailFrom + tail.lastIndexOf('\n') + 1
      if (whole < size) ftruncateSync(file, whole)
      return new RequestLog(path, file, whole)
    } catch (error) {
      throw asRegionUnusable(error, `opening ${path}`)
    }
  }

  get size(): number {
    return this.#size
  }

  /** Appends one line; `durable` returns when it is on disk. A line that fails counts for nothing. Throws {@link RegionUnusable}. */
  append(line: RequestLine, durable: boolean): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    try {
      if (this.#torn) this.#cutBack()
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written)
      if (durable) fsyncSync(this.#file)
    } catch (error) {
      this.#torn = true
      throw asRegionUnusable(error, `writing ${this.path}`)
    }
    this.#size += bytes.length
  }

  /** A line that was not written whole must not run into the next one; where a kill comes first, the next start cuts it off. */
  #cutBack(): void {
    ftruncateSync(this.#file, this.#size)
    this.#torn = false
  }

  /** The effects of the lines after the first `offset` bytes, oldest first. Throws {@link RegionUnusable} on a broken line. */
  effectsAfter(offset: number): readonly unknown[] {
    if (offset > this.#size) throw this.#corrupt(`it is shorter than the ${offset} bytes that the saved state includes`)
    return this.#linesAfter(offset)
      .map(({ effect }) => effect)
      .filter((effect) => effect !== undefined)
  }

  /** Every line, oldest first. Throws {@link RegionUnusable} on a broken one. */
  lines(): readonly RequestLine[] {
    return this.#linesAfter(0)
  }

  #linesAfter(offset: number): readonly RequestLine[] {
    return readRange(this.#file, offset, this.#size)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => this.#parse(line))
  }

  close(): void {
    closeSync(this.#file)
  }

  #parse(line: string): RequestLine {
    try {
      // Its effect is what is relied on, and is checked where it is applied.
      return JSON.parse(line) as RequestLine
    } catch (error) {
      throw this.#corrupt(`a line is not JSON: ${line.slice(0, 80)}`, error)
    }
  }

  #corrupt(why: string, cause?: unknown): RegionUnusable {
    return new RegionUnusable(
      'CORRUPT',
      `The rehearsal's request log ${this.path} was altered: ${why}. Nothing was overwritten. Put the file back, or start over with --reset.`,
      { cause },
    )
  }
}

function readRange(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from)
  for (let read = 0; read < bytes.length;) {
    const count = readSync(file, bytes, read, bytes.length - read, from + read)
    if (count === 0) return bytes.subarray(0, read)
    read += count
  }
  return bytes
}
