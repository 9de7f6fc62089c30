import { changeDigest, type Change } from './change.ts'
import type { Digest, Instant } from './words.ts'

/**
 * Permission to send one change, once, before an instant. Nominal: nothing outside this module can make one, and
 * `grant` is called by the gate alone (`gate.ts`), after the confirmation, on a gate that is still open and an intent that is on disk.
 */
export class Clearance {
  readonly #change: Digest
  readonly #intent: string
  readonly #until: Instant
  #used = false

  private constructor(change: Digest, intent: string, until: Instant) {
    this.#change = change
    this.#intent = intent
    this.#until = until
  }

  /** @internal */
  static grant(change: Change, intent: string, until: Instant): Clearance {
    return new Clearance(changeDigest(change), intent, until)
  }

  get intent(): string {
    return this.#intent
  }

  /** Uses it up. Throws when it is not for this change, too late, or used: each is a bug of the caller, and nothing has been sent. */
  use(change: Change, now: Instant): void {
    if (this.#used) throw new Error('Bug: this clearance was used before; nothing has been sent')
    if (changeDigest(change) !== this.#change)
      throw new Error('Bug: this clearance is for another request; nothing has been sent')
    if (now > this.#until) throw new Error('Bug: this clearance has run out; nothing has been sent')
    this.#used = true
  }
}
