import type { Reporter, TestCase } from 'vitest/node'

/** At most this often, in ms. */
const EVERY = 10_000

/** Says what a soak has got through, so that it can be told from one that hangs. A test that takes minutes says more by `reporting`. */
export default class SoakProgress implements Reporter {
  #begun = Date.now()
  #last = Date.now()
  #ended = 0
  #failed = 0

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result()
    if (state === 'skipped') return
    this.#ended += 1
    if (state === 'failed') this.#failed += 1
    const now = Date.now()
    if (now - this.#last < EVERY) return
    this.#last = now
    const seconds = Math.round((now - this.#begun) / 1_000)
    console.log(`  ${this.#ended} tests ended, ${this.#failed} failed (${seconds} s); the last: ${test.fullName}`)
  }
}
