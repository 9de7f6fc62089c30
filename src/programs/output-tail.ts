/** The last bytes of a stream that may be endless. */
export class OutputTail {
  #chunks: Buffer[] = []
  #bytes = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes <= this.#limit * 2) return
    this.#chunks = [this.#tail()]
    this.#bytes = this.#limit
  }

  #tail(): Buffer {
    return Buffer.concat(this.#chunks).subarray(-this.#limit)
  }

  text(): string {
    return this.#tail().toString('utf8')
  }
}
