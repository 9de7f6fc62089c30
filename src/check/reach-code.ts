import type { CannotReach } from '../ports/wire.ts'
import type { FailureCode } from './failures.ts'

/** Codes that mean one thing at whatever stage they come. */
const CODES: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'no-such-name',
  EAI_AGAIN: 'name-server',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  ETIMEDOUT: 'timeout-connect',
  NO_TLS: 'no-tls',
  NOT_POSTGRES: 'not-a-database',
  NOT_MYSQL: 'not-a-database',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'not-a-database',
  HOST_BLOCKED: 'host-blocked',
  SERVER_ERROR: 'server-error',
  EXTRA_BYTES: 'extra-bytes',
  NO_CERTIFICATE: 'no-certificate',
  BROKEN_CERTIFICATE: 'broken-certificate',
}

/** What OpenSSL says to a server that knows TLS 1.0 and 1.1 at most: its own refusal, or the server's alert. */
const TOO_OLD =
  /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|WRONG_SSL_VERSION|VERSION_TOO_LOW|LEGACY_SIGALG_\w+)$/

/** A TLS listener waits for a ClientHello, and answers a database's request with an alert or by hanging up. */
const LIKE_A_TLS_LISTENER = new Set<FailureCode>(['not-a-database', 'timeout-greeting', 'closed-greeting'])

function byStage({ code, stage }: CannotReach): FailureCode {
  if (code === 'TIMEOUT') return `timeout-${stage}`
  if (code === 'CLOSED' || code === 'ECONNRESET' || code === 'EPIPE') {
    if (stage === 'tls') return 'closed-tls'
    return stage === 'greeting' ? 'closed-greeting' : 'connect-failed'
  }
  if (stage !== 'tls') return 'connect-failed'
  return TOO_OLD.test(code) ? 'tls-too-old' : 'tls-failed'
}

/** What a server that waits for a request for TLS does to a ClientHello: it hangs up, says an error in plain text, or waits on. */
const LIKE_NO_DIRECT_TLS = new Set<FailureCode>(['closed-tls', 'tls-failed', 'timeout-tls'])

/** Which failure it is that kept a check from a handshake. */
export function reachCode(
  error: CannotReach,
  { isLoadBalancer, direct }: { readonly isLoadBalancer: boolean; readonly direct: boolean },
): FailureCode {
  const code = CODES[error.code] ?? byStage(error)
  if (direct && LIKE_NO_DIRECT_TLS.has(code)) return 'no-direct-tls'
  return isLoadBalancer && LIKE_A_TLS_LISTENER.has(code) ? 'load-balancer-tls' : code
}
