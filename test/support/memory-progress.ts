/** Progress kept in memory: for tests of what rests on progress, not of progress. Bodies go through the same schema and fold. */
import { createHash } from 'node:crypto'
import { HeldByAnother, type Hold, type Holder, type Journal, type Line } from '../../src/ports/progress.ts'
import { parseBody, type Body } from '../../src/rules/entries.ts'
import { EMPTY_RECORD, fold, type SubjectRecord } from '../../src/rules/record.ts'
import { canonical, subjectKey, type Subject, type Who } from '../../src/rules/words.ts'
import type { SavedProgress } from '../../src/runner/deps.ts'

interface Options {
  readonly who: Who
  now(): number
}

interface Saved {
  readonly subject: Subject
  readonly lines: Line<Body>[]
  state: SubjectRecord
}

export interface MemoryProgress extends SavedProgress {
  /** Who else holds a database, as another process would. */
  holdAs(subject: Subject, holder: Holder): () => void
  /** Appending fails with this error from now on; undefined: it works again. */
  failWith(error: Error | undefined): void
}

export function memoryProgress({ who, now }: Options): MemoryProgress {
  const saved = new Map<string, Saved>()
  const holders = new Map<string, Holder>()
  let failure: Error | undefined

  const savedOf = (subject: Subject): Saved => {
    const key = subjectKey(subject)
    const found = saved.get(key) ?? { subject, lines: [], state: EMPTY_RECORD }
    saved.set(key, found)
    return found
  }

  const journalOf = (subject: Subject): Journal<Body, SubjectRecord> => {
    const all = savedOf(subject)
    return {
      subject,
      get state() {
        return all.state
      },
      get length() {
        return all.lines.length
      },
      async append(body, by = who) {
        if (failure) throw failure
        const prev = all.lines.at(-1)?.hash ?? '0'.repeat(64)
        const unhashed = { seq: all.lines.length + 1, at: now(), who: by, body: parseBody(structuredClone(body)), prev }
        const line = { ...unhashed, hash: createHash('sha256').update(canonical(unhashed)).digest('hex') }
        all.lines.push(line)
        all.state = fold(all.state, line)
        return line
      },
      refresh: async () => false,
      lines: async () => all.lines,
    }
  }

  const take = (subject: Subject, holder: Holder): Hold => {
    const key = subjectKey(subject)
    const present = holders.get(key)
    if (present) throw new HeldByAnother(`${present.user} holds it`, present)
    holders.set(key, holder)
    return {
      holder,
      release: () => {
        if (holders.get(key) === holder) holders.delete(key)
      },
    }
  }

  return {
    directory: '(memory)',
    open: async (subject) => journalOf(subject),
    subjects: async (world) =>
      [...saved.values()]
        .map(({ subject }) => subject)
        .filter((subject) => world === undefined || subject.world === world),
    hold: (subject, purpose) => take(subject, { ...who, pid: process.pid, since: now(), purpose }),
    holder: (subject) => holders.get(subjectKey(subject)),
    check: async (subject) => ({ subject, file: '(memory)', lines: savedOf(subject).lines.length }),
    export: async () => '',
    import: async () => [],
    holdAs: (subject, holder) => take(subject, holder).release,
    failWith: (error) => {
      failure = error
    },
  }
}
