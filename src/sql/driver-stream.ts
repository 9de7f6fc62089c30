import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

const CLIENT_SSL = 0x800

/** The SSLRequest packet: 32 bytes as packet number 1, with CLIENT_SSL among the capabilities and no user name. */
const isSslRequest = (packet: Buffer): boolean =>
  packet.length === 36 &&
  packet.readUIntLE(0, 3) === 32 &&
  packet[3] === 1 &&
  (packet.readUInt16LE(4) & CLIENT_SSL) !== 0

/**
 * What mysql2 takes for its connection. It hands the server's greeting over, lets the driver's SSLRequest through and nothing
 * else, and opens in both directions once there is a TLS connection that has been verified. So nothing that a server, or
 * somebody on the way, says before TLS reaches the driver, and nothing that the driver says leaves unencrypted.
 */
export class DriverStream extends Duplex {
  readonly #plain: Duplex
  #tls: TLSSocket | undefined
  #asked = false

  constructor(plain: Duplex, greeting: Buffer) {
    super()
    this.#plain = plain
    this.push(greeting)
  }

  /** From now on everything goes through `tls`. */
  open(tls: TLSSocket): void {
    this.#tls = tls
    tls.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) tls.pause()
    })
    tls.once('end', () => this.push(null))
    tls.once('error', (error) => this.destroy(error))
    tls.once('close', () => this.destroy())
  }

  override _read(): void {
    this.#tls?.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#tls) {
      this.#tls.write(chunk, done)
    } else if (!this.#asked && isSslRequest(chunk)) {
      this.#asked = true
      this.#plain.write(chunk, done)
    } else {
      done(new Error('the driver wanted to send something before TLS was up; nothing was sent'))
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    const { destroyed } = this.#plain
    if (destroyed) done()
    else (this.#tls ?? this.#plain).end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#tls?.destroy()
    this.#plain.destroy()
    done(error)
  }
}
