import { fstatSync } from 'node:fs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Milliseconds; longer timers are not to be had. */
const FOR_EVER = 2 ** 31 - 1

/** When a program that only keeps a Region up is wanted no more. Keeps the program alive until {@link stop}. */
export class EndWanted {
  readonly signalled: Promise<void>
  /** Never resolves when standard input is no pipe. */
  readonly pipeClosed: Promise<void>
  readonly #listens: boolean
  readonly #alive = setInterval(() => undefined, FOR_EVER)

  private constructor(listens: boolean) {
    this.#listens = listens
    this.pipeClosed = listens ? standardInputCloses() : NEVER
    this.signalled = new Promise((resolve) => {
      // Each may come more than once; the later ones must not cut a clean end short.
      for (const signal of SIGNALS) process.on(signal, () => resolve())
    })
  }

  static bySignal(): EndWanted {
    return new EndWanted(false)
  }

  static bySignalOrClosedPipe(): EndWanted {
    return new EndWanted(standardInputIsPipe())
  }

  /** The end has come: nothing here keeps the program alive any longer. */
  stop(): void {
    clearInterval(this.#alive)
    if (this.#listens) process.stdin.destroy()
  }
}

const NEVER = new Promise<void>(() => undefined)

/** Node gives a child's `pipe` as a socket pair, a shell as a FIFO. */
function standardInputIsPipe(): boolean {
  try {
    const input = fstatSync(0)
    return input.isFIFO() || input.isSocket()
  } catch {
    return false
  }
}

const standardInputCloses = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.once('close', resolve)
    process.stdin.once('end', resolve)
    process.stdin.on('error', () => resolve())
    process.stdin.resume()
  })
