import type { TLSSocket } from 'node:tls'
import type { Check, Place, WireProof, WireQuestion } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import { Attempt } from './attempt.ts'
import { revokedAmong } from './crl.ts'
import { seen, shortName } from './describe.ts'
import { dial, type ConnectMap } from './dial.ts'
import { askForTls } from './greeting.ts'
import { handshake } from './handshake.ts'
import { judge, type Captured } from './judge.ts'
import { trustedRoots } from './roots.ts'

export interface CaptureOptions {
  /** Endpoints that are reached through an address of their own. The TLS name stays the endpoint's. */
  readonly connect: ConnectMap
  /** Milliseconds for everything from the look-up of the name to the end of the handshake; 10,000 when absent. */
  readonly timeout?: number
  /** What time it is, for the validity of certificates. OpenSSL's own verdict goes by this machine's clock. */
  readonly now: () => Instant
}

/** What one handshake left. Everything else about it can be worked out as often as wanted, without another connection. */
export interface Capture {
  readonly place: Place
  readonly at: Instant
  /** Milliseconds from connect to the end of the handshake. */
  readonly ms: number
  readonly protocol: string
  readonly cipher: string
  readonly captured: Captured
}

const DEFAULT_TIMEOUT = 10_000

/** The name that the certificate must have. */
export const nameAskedFor = ({ servername, host }: Pick<WireQuestion, 'servername' | 'host'>): string =>
  servername ?? host

/** Any TLS server takes a direct ClientHello; PostgreSQL alone agrees to its protocol (libpq refuses without, as this does). */
function demandPostgres(socket: TLSSocket, attempt: Attempt): void {
  if (socket.alpnProtocol === 'postgresql') return
  socket.destroy()
  throw attempt.failure(
    'NOT_POSTGRES',
    `${attempt.target} speaks TLS and does not agree to PostgreSQL inside it (ALPN): the port is not the right one`,
  )
}

/** One TCP connection and one anonymous handshake. Throws `CannotReach`, or the reason of the signal. */
export async function capture(
  question: WireQuestion,
  { connect, timeout = DEFAULT_TIMEOUT, now }: CaptureOptions,
): Promise<Capture> {
  const { engine, host, port, signal } = question
  const roots = trustedRoots(question.roots, question.crls)
  const attempt = new Attempt(`${host}:${port}`, timeout, signal)
  try {
    const { socket, place } = await dial({ host, port }, connect, attempt)
    try {
      if (!question.direct) await askForTls(socket, engine, attempt)
      const encrypted = await handshake(socket, { engine, host: nameAskedFor(question), roots, attempt })
      if (question.direct) demandPostgres(encrypted.socket, attempt)
      const { ms } = attempt
      // The polite end: close_notify, then FIN. PostgreSQL logs nothing about a client that leaves so.
      encrypted.socket.end()
      encrypted.socket.destroySoon()
      const { captured, protocol, cipher } = encrypted
      return { place, at: now(), ms, protocol, cipher, captured }
    } catch (error) {
      socket.destroy()
      throw error
    }
  } finally {
    attempt.end()
  }
}

/** OpenSSL says that a certificate is revoked and not which: the lists do. */
function naming(chain: Check, { served }: Captured, crls: readonly string[] | undefined): Check {
  if (chain.passed || chain.code !== 'revoked') return chain
  const certificate = revokedAmong(served, crls ?? [])
  return certificate ? { ...chain, certificate: shortName(certificate) } : chain
}

/** The verdict on what was captured. Pure. */
export function proofOf({ captured, ...handshaken }: Capture, question: WireQuestion): WireProof {
  const { anchors } = trustedRoots(question.roots, question.crls)
  const judgement = judge(captured, anchors, nameAskedFor(question), handshaken.at)
  return {
    ...handshaken,
    served: captured.served.map((certificate) => seen(certificate)),
    ...judgement,
    chain: naming(judgement.chain, captured, question.crls),
  }
}
