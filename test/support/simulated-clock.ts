import type { Clock } from '../../src/rehearsal/lifecycle/clock.ts'

/** A clock that stands still until it is moved. What is due is done in the order of its time, each to its end. */
export class SimulatedClock implements Clock {
  #now: number
  #serial = 0
  readonly #due = new Map<number, { readonly at: number; readonly deed: () => void }>()

  constructor(start: number) {
    this.#now = start
  }

  readonly now = (): number => this.#now

  after(milliseconds: number, deed: () => void): () => void {
    const id = (this.#serial += 1)
    this.#due.set(id, { at: this.#now + Math.max(0, milliseconds), deed })
    return () => this.#due.delete(id)
  }

  /** For whoever waits in it: resolves when the clock has been moved so far. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const callOff = this.after(milliseconds, resolve)
    signal?.addEventListener('abort', () => (callOff(), reject(signal.reason as Error)), { once: true })
    return promise
  }

  /** When the next thing is due; undefined where nothing is. */
  next(): number | undefined {
    return this.#due.size === 0 ? undefined : Math.min(...[...this.#due.values()].map(({ at }) => at))
  }

  /** Moves on by so much. `settle` is awaited after each thing that was due, so that what follows from it is due in time. */
  async move(milliseconds: number, settle: () => Promise<void> = async () => undefined): Promise<void> {
    const until = this.#now + milliseconds
    for (let at = this.next(); at !== undefined && at <= until; at = this.next()) {
      this.#now = Math.max(this.#now, at)
      const [id, due] = [...this.#due].find(([, one]) => one.at === at)!
      this.#due.delete(id)
      due.deed()
      await settle()
    }
    this.#now = until
  }
}
