import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import type { WireEngine } from '../ports/wire.ts'
import type { Attempt } from './attempt.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import type { Captured } from './judge.ts'
import type { Roots } from './roots.ts'

/** A finished handshake: encrypted, and not yet trusted. Nothing may be sent before {@link Captured} has been judged. */
export interface Encrypted {
  readonly socket: TLSSocket
  readonly captured: Captured
  readonly protocol: string
  readonly cipher: string
}

/** A server may send as many certificates as fit in 100 kB. What lies beyond these belongs to no path. */
const MAX_CERTIFICATES = 16

/**
 * The certificates as they were sent. On a client, the first call of `getPeerX509Certificate` takes the leaf out of
 * OpenSSL's chain and links the rest in the order sent (nodejs/node#65579): it answers once for each connection, and
 * `getPeerCertificate` is empty after it. The older call would mix in certificates from the trust store.
 */
function servedBy(socket: TLSSocket): Certificate[] {
  const served: Certificate[] = []
  for (
    let next = socket.getPeerX509Certificate();
    next && served.length < MAX_CERTIFICATES;
    next = next.issuerCertificate
  )
    served.push(readCertificate(next))
  return served
}

/**
 * For `checkServerIdentity`, Node makes the old form of every certificate, which takes a tenth of a handshake. Names are
 * judged here, so it is spared that; verdicts do not depend on it.
 */
function withoutOldForms(socket: TLSSocket): void {
  Object.defineProperty(socket, 'getPeerCertificate', { value: () => ({}), configurable: true })
  socket.once('secureConnect', () => Reflect.deleteProperty(socket, 'getPeerCertificate'))
}

/** `authorizationError` is a code in spite of its type; Node keeps an Error there for a host name that does not match. */
function refusalOf(socket: TLSSocket): string {
  const refusal: unknown = socket.authorizationError
  if (typeof refusal === 'string') return refusal
  return refusal instanceof Error ? refusal.message : 'UNSPECIFIED'
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|LEGACY_SIGALG/, 'the server speaks no TLS that is new enough (1.2)'],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_LAYER/, 'what answers there is not TLS'],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|TOO_SMALL|SIGNATURE/,
    'server and client have no key or cipher in common that is strong enough',
  ],
  [/ECONNRESET/, 'something in between may have cut the connection'],
]

/** That the handshake failed, with OpenSSL's code and what it means. */
function handshakeFailure(attempt: Attempt, error: Error & { readonly code?: string }): Error {
  const code = error.code ?? 'ERR_TLS'
  const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1]
  const why = error.code ?? error.message
  return attempt.failure(
    code,
    `the TLS handshake with ${attempt.target} failed: ${why}${advice === undefined ? '' : `; ${advice}`}`,
    error,
  )
}

function capture(socket: TLSSocket, attempt: Attempt): Captured {
  let served: Certificate[]
  try {
    served = servedBy(socket)
  } catch (error) {
    throw attempt.failure('BROKEN_CERTIFICATE', `${attempt.target} sent a certificate that cannot be read`, error)
  }
  const [leaf, ...rest] = served
  if (!leaf) throw attempt.failure('NO_CERTIFICATE', `${attempt.target} sent no certificate`)
  return {
    served: [leaf, ...rest],
    openssl: socket.authorized ? { authorized: true } : { authorized: false, refusal: refusalOf(socket) },
  }
}

/**
 * The TLS handshake over a stream on which the server has agreed to it. OpenSSL's verdict is taken down, not acted on:
 * a chain that fails must be seen whole. Nothing is resumed, since a resumed session shows no certificate.
 * Throws `CannotReach` when there is no handshake to judge.
 */
export async function handshake(
  stream: Duplex,
  {
    engine,
    host,
    roots,
    attempt,
  }: { readonly engine: WireEngine; readonly host: string; readonly roots: Roots; readonly attempt: Attempt },
): Promise<Encrypted> {
  attempt.stage = 'tls'
  const socket = connect({
    socket: stream,
    secureContext: roots.context,
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED changes nothing.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    // A server name must not be an IP address (RFC 6066, section 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(engine === 'postgres' && { ALPNProtocols: ['postgresql'] }),
  })
  socket.on('error', () => undefined)
  withoutOldForms(socket)
  try {
    await attempt.wait<void>((resolve, reject) => {
      const onError = (error: Error & { readonly code?: string }): void => reject(handshakeFailure(attempt, error))
      const onClose = (): void =>
        reject(attempt.failure('CLOSED', `${attempt.target} closed the connection in the TLS handshake`))
      // The end of a stream that is no socket of the operating system does not always reach the TLS on top of it.
      stream.once('end', onClose).once('close', onClose)
      socket.once('secureConnect', resolve).once('error', onError).once('close', onClose).once('end', onClose)
      if (stream.readableEnded || stream.destroyed) onClose()
      return () => {
        stream.off('end', onClose).off('close', onClose)
        socket.off('secureConnect', resolve).off('error', onError).off('close', onClose).off('end', onClose)
      }
    })
    const captured = capture(socket, attempt)
    return { socket, captured, protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name }
  } catch (error) {
    socket.destroy()
    throw error
  }
}
