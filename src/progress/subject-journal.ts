import fs from 'node:fs'
import type { Journal, Line } from '../ports/progress.ts'
import type { Subject, Who } from '../rules/words.ts'
import { nextLine, openForAppending, setAside, writeLine } from './append.ts'
import { takeAppendLock } from './append-lock.ts'
import { makeDirectory, readFrom } from './durable.ts'
import { fileLine, readJournal, readLines } from './journal-text.ts'
import type { Layout } from './layout.ts'
import { loadSnapshotStore } from './load-snapshot-store.ts'
import { assertAllThere, load, parsed, readAfter, reading, readWhole, type Known } from './load.ts'
import { meFor, type ProgressOptions } from './options.ts'
import { readSnapshot, snapshotOf, type Snapshot } from './snapshot.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import { Damaged, gone, orUnusable } from './unusable.ts'

/**
 * One subject's journal. Everything between taking the append lock and giving it back is synchronous, so that nothing else of this
 * process comes between; it takes a millisecond or two on an SSD.
 */
export class SubjectJournal<Body, State> implements Journal<Body, State> {
  readonly #layout: Layout
  readonly #options: ProgressOptions<Body, State>
  #known: Known<State>
  #store: SnapshotStore | undefined

  /** Reads what is saved, and writes nothing. Throws ProgressUnusable. */
  constructor(layout: Layout, options: ProgressOptions<Body, State>) {
    this.#layout = layout
    this.#options = options
    this.#known = load(layout, options)
  }

  get subject(): Subject {
    return this.#layout.subject
  }

  get state(): State {
    return this.#known.state
  }

  get length(): number {
    return this.#known.position.seq
  }

  async append(body: Body, who: Who = this.#options.who): Promise<Line<Body>> {
    const { openSnapshotStore } = await loadSnapshotStore()
    orUnusable(this.#layout.directory, 'save progress', () => makeDirectory(this.#layout.directory))
    const lock = await takeAppendLock(this.#layout, meFor(this.#options, 'append to the journal'))
    try {
      this.#store ??= openSnapshotStore(this.#layout.snapshot)
      return this.#appendLocked(body, who, this.#store)
    } finally {
      lock.release()
    }
  }

  #appendLocked(body: Body, who: Who, store: SnapshotStore): Line<Body> {
    const layout = this.#layout
    const descriptor = openForAppending(layout, this.#known.position)
    try {
      orUnusable(layout.journal, 'save progress', () => {
        const torn = this.#takeIn(descriptor)
        assertAllThere(readSnapshot(layout.snapshot, this.subject), this.#known.position, layout)
        setAside(descriptor, torn, this.#known.position, layout)
      })
      const { position, state } = this.#known
      const { line, text } = nextLine(position, body, who, this.#options)
      const next = this.#options.fold(state, line)
      this.#known = { position: writeLine(descriptor, position, line, text, layout), state: next }
      store.save(() => this.#snapshot(fs.fstatSync(descriptor).mtimeMs))
      return line
    } finally {
      fs.closeSync(descriptor)
    }
  }

  #snapshot(mtimeMs: number): Snapshot {
    const { position, state } = this.#known
    return snapshotOf(this.subject, this.#options.stateVersion ?? 1, { ...position, mtimeMs }, state)
  }

  async refresh(): Promise<boolean> {
    const { seq, end } = this.#known.position
    const size = reading(this.#layout, (descriptor) => {
      const { size } = fs.fstatSync(descriptor)
      if (size !== end) this.#takeIn(descriptor)
      return size
    })
    if (size === undefined && seq > 0) throw gone(this.#layout.journal)
    return this.#known.position.seq > seq
  }

  async lines(): Promise<readonly Line<Body>[]> {
    const lines: Line<Body>[] = []
    readWhole(this.#layout, (line) => lines.push(parsed(line, this.#options)))
    await this.refresh()
    return lines
  }

  /** Takes in the whole lines that others appended. Returns what follows them: the torn end of the file, if it has one. */
  #takeIn(descriptor: number): Buffer {
    const { position } = this.#known
    let { state } = this.#known
    const file = this.#layout.journal
    const onLine = (line: Line<unknown>): void => {
      state = this.#options.fold(state, parsed(line, this.#options))
    }
    let read
    if (position.seq === 0) {
      read = readJournal(readFrom(descriptor, 0), this.subject, file, onLine)
    } else {
      const bytes = readAfter(descriptor, position)
      if (!bytes) throw new Damaged(file, fileLine(position.seq), 'it is not the line that was read or saved before')
      read = readLines(bytes, position, file, onLine)
    }
    this.#known = { position: read.position, state }
    return read.torn
  }
}
