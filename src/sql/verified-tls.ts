import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { LogInQuestion, SqlSession } from '../ports/sql.ts'
import type { Place } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { Attempt } from '../tls/attempt.ts'
import type { Capture } from '../tls/capture.ts'
import type { ConnectMap } from '../tls/dial.ts'
import { handshake } from '../tls/handshake.ts'
import { judge } from '../tls/judge.ts'
import { trustedRoots } from '../tls/roots.ts'
import { certificateRefused } from './log-in-failure.ts'

/** What a log-in needs besides the question. */
export interface SqlContext {
  readonly connect: ConnectMap
  /** Milliseconds for a log-in, and for each query after it. */
  readonly timeout: number
  readonly now: () => Instant
  /** Hears of each handshake, whether its certificate passes or not. */
  readonly onCapture?: (capture: Capture) => void
}

/** A TLS connection to a server whose certificate has passed verify-full, strictly. Only over such a one are credentials sent. */
export interface Verified {
  readonly socket: TLSSocket
  readonly tls: SqlSession['tls']
}

/**
 * The TLS handshake of a log-in, done and judged by ourselves: drivers skip the host name, check addresses against
 * `localhost`, resume sessions without looking, or let the environment turn verification off.
 * Throws `CannotLogIn` (`CERTIFICATE`) or `CannotReach`; the stream is then destroyed.
 */
export async function verifiedTls(
  stream: Duplex,
  { engine, host, roots: pems }: LogInQuestion,
  {
    now,
    onCapture,
    place,
    attempt,
  }: Pick<SqlContext, 'now' | 'onCapture'> & {
    readonly place: Place
    readonly attempt: Attempt
  },
): Promise<Verified> {
  const roots = trustedRoots(pems)
  const { socket, captured, protocol, cipher } = await handshake(stream, { engine, host, roots, attempt })
  const at = now()
  onCapture?.({ place, at, ms: attempt.ms, protocol, cipher, captured })
  const judgement = judge(captured, roots.anchors, host, at)
  if (!judgement.strict) {
    socket.destroy()
    throw certificateRefused(engine, attempt.target, judgement)
  }
  return { socket, tls: { protocol, cipher, leaf: captured.served[0].sha256, leafEnds: captured.served[0].notAfter } }
}
