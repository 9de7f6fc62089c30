import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { asRegionUnusable, errorText, RegionUnusable } from '../region-unusable.ts'
import { writeAtomically } from './atomic-file.ts'
import { databaseState, type DatabaseState } from './database-state.ts'
import { regionState, STATE_FORMAT, type DatabaseCertificates, type RegionState } from './region-state.ts'
import { RequestLog, type RequestLine } from './request-log.ts'

/**
 * The Region's state, on disk before it is in memory. Requests change it by a line of the request log ({@link record});
 * the Region's own doings change it by a new snapshot ({@link commit}).
 */
export class RegionStore {
  readonly log: RequestLog
  readonly #path: string
  #state: RegionState

  private constructor(path: string, log: RequestLog, state: RegionState) {
    this.#path = path
    this.log = log
    this.#state = state
  }

  /** The saved state with the effects of later requests; undefined when there is none. Throws {@link RegionUnusable}. */
  static open(directory: string): RegionStore | undefined {
    const path = join(directory, 'state.json')
    if (!existsSync(path)) return undefined
    const saved = parseState(path)
    const log = RequestLog.open(join(directory, 'requests.jsonl'))
    const store = new RegionStore(path, log, saved)
    for (const effect of log.effectsAfter(saved.logBytes)) {
      const database = z.safeParse(databaseState, effect)
      if (!database.success) throw corrupt(log.path, z.prettifyError(database.error))
      store.#replace(database.data)
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

  get state(): RegionState {
    return this.#state
  }

  database(id: string): DatabaseState | undefined {
    return this.#state.databases.find((database) => database.id === id)
  }

  certificates(id: string): DatabaseCertificates {
    const certificates = this.#state.certificates[id]
    if (!certificates) throw new Error(`Bug: no certificate on record for ${id}`)
    return certificates
  }

  /** Logs a request together with what it changed: durable in one write, or not at all. */
  record(line: RequestLine): void {
    this.log.append(line, line.effect !== undefined)
    if (line.effect) this.#replace(line.effect)
  }

  /** Saves what the Region itself did to a database. */
  commit(
    database: DatabaseState,
    more?: { readonly certificates?: DatabaseCertificates; readonly pid?: number | undefined },
  ): void {
    const { certificates, pid } = more ?? {}
    this.#save({
      ...this.#state,
      databases: this.#state.databases.map((other) => (other.id === database.id ? database : other)),
      certificates: certificates
        ? { ...this.#state.certificates, [database.id]: certificates }
        : this.#state.certificates,
      pids: pid === undefined ? this.#state.pids : { ...this.#state.pids, [database.id]: pid },
    })
  }

  /** Saves which servers run now; none after a clean end. */
  savePids(pids: Readonly<Record<string, number>>): void {
    this.#save({ ...this.#state, pids: { ...pids } })
  }

  close(): void {
    this.log.close()
  }

  #replace(database: DatabaseState): void {
    this.#state = {
      ...this.#state,
      databases: this.#state.databases.map((other) => (other.id === database.id ? database : other)),
    }
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
