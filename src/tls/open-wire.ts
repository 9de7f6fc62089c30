import type { Wire, WireProof, WireQuestion } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import { Attempt } from './attempt.ts'
import { seen } from './describe.ts'
import { dial, type ConnectMap } from './dial.ts'
import { askForTls } from './greeting.ts'
import { handshake } from './handshake.ts'
import { judge } from './judge.ts'
import { trustedRoots } from './roots.ts'

export interface WireOptions {
  /** Endpoints that are reached through an address of their own. The TLS name stays the endpoint's. */
  readonly connect: ConnectMap
  /** Milliseconds for everything from the look-up of the name to the end of the handshake; 10,000 when absent. */
  readonly timeout?: number
  /** What time it is, for the validity of certificates. OpenSSL's own verdict goes by this machine's clock. */
  readonly now: () => Instant
}

const DEFAULT_TIMEOUT = 10_000

/**
 * The wire as it is. Each `verify` is one TCP connection and one anonymous handshake, however the proof turns out: the
 * controls are put to the captured chain. That matters for MySQL, where each abandoned handshake counts towards
 * `max_connect_errors`, which blocks an address for everybody.
 */
export function openWire({ connect, timeout = DEFAULT_TIMEOUT, now }: WireOptions): Wire {
  const verify = async ({ engine, host, port, roots: pems, signal }: WireQuestion): Promise<WireProof> => {
    const roots = trustedRoots(pems)
    const attempt = new Attempt(`${host}:${port}`, timeout, signal)
    try {
      const { socket, place } = await dial({ host, port }, connect, attempt)
      try {
        await askForTls(socket, engine, attempt)
        const encrypted = await handshake(socket, { engine, host, roots, attempt })
        const { ms } = attempt
        // The polite end: close_notify, then FIN. PostgreSQL logs nothing about a client that leaves so.
        encrypted.socket.end()
        encrypted.socket.destroySoon()
        const at = now()
        return {
          place,
          at,
          ms,
          protocol: encrypted.protocol,
          cipher: encrypted.cipher,
          served: encrypted.captured.served.map((certificate) => seen(certificate)),
          ...judge(encrypted.captured, roots.anchors, host, at),
        }
      } catch (error) {
        socket.destroy()
        throw error
      }
    } finally {
      attempt.end()
    }
  }
  return { verify }
}
