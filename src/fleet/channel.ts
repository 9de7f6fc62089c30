/** Values that several producers put in and one consumer takes out, in order. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  put(value: T): void {
    this.#waiting.push(value)
    this.#wake?.()
  }

  /** No more will come; `failure` is thrown to the consumer after what has come. */
  end(failure?: { readonly error: unknown }): void {
    this.#ended = true
    this.#failure = failure
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      yield* this.#waiting.splice(0)
      if (this.#waiting.length > 0) continue
      if (this.#ended) break
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    if (this.#failure) throw this.#failure.error
  }
}

/** Runs at most so many at once; the others wait their turn. */
export function slots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    else free -= 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
