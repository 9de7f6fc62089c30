import { CannotReach, type WireStage } from '../ports/wire.ts'

/** What an attempt waits for: it calls one of the two, once, and hands back what undoes its listeners. */
type Start<T> = (resolve: (value: T) => void, reject: (error: Error) => void) => () => void

const DOING: Readonly<Record<WireStage, string>> = {
  resolve: 'looking up the name',
  connect: 'connecting',
  greeting: 'waiting for the database to offer TLS',
  tls: 'in the TLS handshake',
}

/** An abort's reason can be anything; `AbortSignal.timeout` and `abort()` give a DOMException, which is an Error. */
const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted', { cause: reason }))

/**
 * One try to reach one endpoint: one deadline for the whole of it, the caller's signal, and the stage that it is in.
 * Whoever makes one ends it.
 */
export class Attempt {
  readonly target: string
  stage: WireStage = 'resolve'
  readonly #started = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #outer: AbortSignal | undefined
  readonly #onOuter = (): void => this.#stop(asError(this.#outer?.reason))
  /** Why it is over before its time; and who waits now and has to hear of it. */
  #over: Error | undefined
  readonly #waiting = new Set<(reason: Error) => void>()

  /** @param timeout milliseconds */
  constructor(target: string, timeout: number, signal?: AbortSignal) {
    this.target = target
    this.#outer = signal
    signal?.throwIfAborted()
    signal?.addEventListener('abort', this.#onOuter, { once: true })
    this.#timer = setTimeout(() => {
      const hint = this.stage === 'connect' ? ': a firewall or security group may drop the packets' : ''
      this.#stop(this.failure('TIMEOUT', `no answer from ${target} within ${timeout} ms, ${DOING[this.stage]}${hint}`))
    }, timeout)
  }

  /** Milliseconds since it began. */
  get ms(): number {
    return performance.now() - this.#started
  }

  /** That there was nothing to judge, in the stage that the attempt is in. */
  failure(code: string, message: string, cause?: unknown): CannotReach {
    return new CannotReach(code, this.stage, message, cause === undefined ? undefined : { cause })
  }

  #stop(reason: Error): void {
    this.#over ??= reason
    for (const tell of this.#waiting) tell(this.#over)
  }

  /** Waits for something, no longer than the deadline and the caller's signal allow. */
  async wait<T>(start: Start<T>): Promise<T> {
    if (this.#over) throw this.#over
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#waiting.add(reject)
    const stop = start(resolve, reject)
    try {
      return await promise
    } finally {
      this.#waiting.delete(reject)
      stop()
    }
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#onOuter)
  }
}
