/** A bounded memory of computed values: the least recently used one goes first. */
export class RecentlyUsed<Key, Value> {
  readonly #values = new Map<Key, Value>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The value kept for the key, or else the one that `make` returns, kept from now on. What throws is not kept. */
  get(key: Key, make: () => Value): Value {
    const known = this.#values.get(key)
    const value = known === undefined ? make() : known
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size > this.#limit) {
      const [oldest] = this.#values.keys()
      if (oldest !== undefined) this.#values.delete(oldest)
    }
    return value
  }

  get size(): number {
    return this.#values.size
  }
}
