/** Time for fleets: it passes only while everything waits for it, and this machine's clock can be wrong about it. */
import { NOW } from '../scenario.ts'

export class MovingClock {
  /** What the world's time is: AWS's and the servers'. */
  true = NOW
  /** By how much this machine's clock is ahead. */
  skew = 0
  #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  /** What this machine takes the time for. */
  readonly now = (): number => this.true + this.skew

  readonly sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { at: this.true + Math.max(0, milliseconds), wake: resolve }
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    this.#sleepers.push(sleeper)
    if (this.#sleepers.length === 1) setImmediate(this.#pass)
    await promise.finally(() => {
      this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
      signal.removeEventListener('abort', stop)
    })
  }

  /** Everything that runs has come to where it sleeps: the next one wakes. */
  readonly #pass = (): void => {
    const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at)
    if (!next) return
    this.true = Math.max(this.true, next.at)
    this.#sleepers = this.#sleepers.filter((one) => one !== next)
    next.wake()
    if (this.#sleepers.length > 0) setImmediate(this.#pass)
  }
}
