/**
 * The programs that are joined to a Region, counted by the connections that they hold open: the system closes those of
 * a program that was killed.
 */
export class Clients {
  readonly #onAlone: () => void
  #count = 0
  #grace: number | undefined
  #timer: NodeJS.Timeout | undefined

  /** `onAlone` is called, once asked for with {@link endWhenAlone}, when nobody has been joined for the grace period. */
  constructor(onAlone: () => void) {
    this.#onAlone = onAlone
  }

  get count(): number {
    return this.#count
  }

  /** Counts one in, and gives what counts it out again (once, however often it is called). */
  join(): () => void {
    this.#count++
    clearTimeout(this.#timer)
    let joined = true
    return () => {
      if (!joined) return
      joined = false
      this.#count--
      this.#watch()
    }
  }

  /** From now on, being alone for so many milliseconds is the end; `first` is how long the first client may take to come. */
  endWhenAlone(grace: number, first = grace): void {
    this.#grace = grace
    this.#watch(first)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#grace = undefined
  }

  #watch(grace = this.#grace): void {
    clearTimeout(this.#timer)
    if (this.#grace === undefined || this.#count > 0) return
    this.#timer = setTimeout(this.#onAlone, grace)
  }
}
