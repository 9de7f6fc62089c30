import type { Instant } from '../rules/words.ts'

/** When one of our own sessions was accepted, at the earliest, and the number that it got. */
interface Mark {
  readonly id: number
  readonly at: Instant
}

/** Which run of which server: numbers begin anew with each. */
export interface ServerRun {
  readonly host: string
  readonly started: Instant
}

/** Uptime is in whole seconds, so the start that follows from it wavers. */
const SAME_START = 3_000
const MAX_MARKS = 64
const MAX_RUNS = 256

/**
 * MySQL and MariaDB do not say when a session began, anywhere: `PROCESSLIST_TIME` is the time in the present state. But they
 * number sessions in the order in which they come. Our own earlier log-ins are marks in that order: a session with a higher
 * number than ours began after ours did. So what comes out is no earlier than the truth says, and never later.
 */
export class SessionMarks {
  readonly #runs: { readonly run: ServerRun; readonly marks: Mark[] }[] = []

  #marksOf(run: ServerRun): Mark[] {
    const known = this.#runs.find(
      ({ run: { host, started } }) => host === run.host && Math.abs(started - run.started) <= SAME_START,
    )
    if (known) return known.marks
    const marks: Mark[] = []
    this.#runs.push({ run, marks })
    if (this.#runs.length > MAX_RUNS) this.#runs.shift()
    return marks
  }

  /** Remembers one of our own sessions. `at` is by the server's clock, and no later than when the server accepted it. */
  add(run: ServerRun, mark: Mark): void {
    const marks = this.#marksOf(run)
    marks.push(mark)
    // The first ones reach furthest back, the last ones are the sharpest: the middle can go.
    if (marks.length > MAX_MARKS) marks.splice(MAX_MARKS / 2, 1)
  }

  /** The latest instant after which a session surely began; undefined when nothing is known but the server's start. */
  beganAfter(run: ServerRun, id: number): Instant | undefined {
    const earlier = this.#marksOf(run).filter((mark) => mark.id < id)
    return earlier.length === 0 ? undefined : Math.max(...earlier.map(({ at }) => at))
  }
}
