import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { asRegionUnusable, errorText, RegionUnusable } from '../region-unusable.ts'
import { writeAtomically } from './atomic-file.ts'
import type { DatabaseState } from './database-state.ts'
import { effect, withEffect } from './effect.ts'
import { regionState, STATE_FORMAT, type RegionState } from './region-state.ts'
import { RequestLog, type RequestLine } from './request-log.ts'
import { asksForChange, withCommitted, type Kept, type Store } from './store.ts'

/**
 * The Region's state, on disk before it is in memory. Requests change it by a line of the request log ({@link record});
 * the Region's own doings change it by a new snapshot ({@link commit}).
 */
export class RegionStore implements Store {
  readonly log: RequestLog
  readonly #path: string
  #state: RegionState
  readonly #trail: RequestLine[]

  private constructor(path: string, log: RequestLog, state: RegionState) {
    this.#path = path
    this.log = log
    this.#state = state
    this.#trail = log.lines().filter((line) => asksForChange(line))
  }

  /** The saved state with the effects of later requests; undefined when there is none. Throws {@link RegionUnusable}. */
  static open(directory: string): RegionStore | undefined {
    const path = join(directory, 'state.json')
    if (!existsSync(path)) return undefined
    const saved = parseState(path)
    const log = RequestLog.open(join(directory, 'requests.jsonl'))
    const store = new RegionStore(path, log, saved)
    for (const logged of log.effectsAfter(saved.logBytes)) {
      const parsed = z.safeParse(effect, logged)
      if (!parsed.success) throw corrupt(log.path, z.prettifyError(parsed.error))
      store.#state = withEffect(store.#state, parsed.data)
    }
    return store
  }

  /** Saves a new rehearsal: the moment from which it exists. Lines that an unfinished set-up logged stay where they are. */
  static create(directory: string, state: Omit<RegionState, 'logBytes'>): RegionStore {
    const log = RequestLog.open(join(directory, 'requests.jsonl'))
    const store = new RegionStore(join(directory, 'state.json'), log, { ...state, logBytes: log.size })
    store.#save(store.#state)
    return store
  }

  get trail(): readonly RequestLine[] {
    return this.#trail
  }

  get state(): RegionState {
    return this.#state
  }

  /** Logs a request together with what it changed: durable in one write, or not at all. */
  record(line: RequestLine): void {
    this.log.append(line, line.effect !== undefined)
    if (asksForChange(line)) this.#trail.push(line)
    if (line.effect) this.#state = withEffect(this.#state, line.effect)
  }

  commit(database: DatabaseState, kept?: Kept): void {
    this.#save(withCommitted(this.#state, database, kept))
  }

  /** Saves which servers run now; none after a clean end. */
  savePids(pids: Readonly<Record<string, number>>): void {
    this.#save({ ...this.#state, pids: { ...pids } })
  }

  close(): void {
    this.log.close()
  }

  #save(state: RegionState): void {
    const next = { ...state, logBytes: this.log.size }
    writeAtomically(this.#path, `${JSON.stringify(next)}\n`)
    this.#state = next
  }
}

function parseState(path: string): RegionState {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw corrupt(path, errorText(error), error)
    throw asRegionUnusable(error, `reading ${path}`)
  }
  const format = z.safeParse(z.object({ formatVersion: z.number() }), value)
  if (format.success && format.data.formatVersion > STATE_FORMAT)
    throw new RegionUnusable(
      'NEWER_FORMAT',
      `${path} has format ${format.data.formatVersion}, and this program knows ${STATE_FORMAT} at most: a newer version wrote it. Nothing was changed. Use that version, or start over with --reset.`,
    )
  if (format.success && format.data.formatVersion < STATE_FORMAT)
    throw new RegionUnusable(
      'OLDER_FORMAT',
      `${path} was written by an earlier version of this program, whose rehearsals this one does not carry on. Nothing was changed. Start over with --reset.`,
    )
  const state = z.safeParse(regionState, value)
  if (!state.success) throw corrupt(path, z.prettifyError(state.error))
  return state.data
}

const corrupt = (path: string, why: string, cause?: unknown): RegionUnusable =>
  new RegionUnusable(
    'CORRUPT',
    `The rehearsal's saved state ${path} cannot be read: ${why}. Nothing was overwritten. Put the file back, or start over with --reset.`,
    { cause },
  )
