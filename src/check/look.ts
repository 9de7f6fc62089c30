import { isIP } from 'node:net'
import type { WireQuestion } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import { capture, proofOf, type Capture } from '../tls/capture.ts'
import type { Certificate } from '../tls/certificate.ts'
import { seen } from '../tls/describe.ts'
import { nameVerdicts, passesNode } from '../tls/names.ts'
import { findPath } from '../tls/path.ts'
import { trustedRoots } from '../tls/roots.ts'
import type { Checked, NameRules, Store, Target } from './checked.ts'

export interface LookOptions {
  readonly now: () => Instant
  readonly signal?: AbortSignal
  /** Milliseconds for the whole attempt. */
  readonly timeout?: number
}

/** MariaDB's `ma_tls_verify_server_cert`: `X509_check_host` without flags, or `X509_check_ip_asc`. */
function passesMariadb({ x509 }: Certificate, name: string): boolean {
  if (x509.checkHost(name) !== undefined) return true
  try {
    // OpenSSL 3.0 and older take leading zeros for decimal (`127.000.000.001`); the one in Node takes no such address.
    const address = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ? name.replace(/\b0+(?=\d)/g, '') : name
    return x509.checkIP(address) !== undefined
  } catch {
    // Node throws for what OpenSSL does not take for an address.
    return false
  }
}

function rulesFor(leaf: Certificate, name: string): NameRules {
  const verdicts = nameVerdicts(leaf, name)
  const usable = name !== '' && !name.includes('\0')
  return {
    ...verdicts,
    mariadb: usable && passesMariadb(leaf, name),
    mysql2: isIP(name) === 0 ? verdicts.node : passesNode(leaf, 'localhost'),
  }
}

/** The target and the store as a question to the wire. */
export const questionOf = (target: Target, store: Store, signal?: AbortSignal): WireQuestion => ({
  engine: target.engine,
  host: target.host,
  port: target.port,
  servername: target.name,
  roots: store.certificates.map(({ pem }) => pem),
  crls: store.crls,
  ...(target.direct && { direct: true }),
  ...(signal && { signal }),
})

/** All that can be worked out from a captured chain. Pure. */
export function checkedBy(captured: Capture, target: Target, store: Store): Checked {
  const question = questionOf(target, store)
  const { served } = captured.captured
  const { path } = findPath(served, trustedRoots(question.roots, question.crls).anchors, captured.at)
  return {
    target,
    store,
    proof: proofOf(captured, question),
    ...(path && { path: path.map((certificate) => seen(certificate)) }),
    names: rulesFor(served[0], target.name),
  }
}

/** One anonymous handshake with the target. Throws `CannotReach`, or the reason of the signal. */
export function captureTarget(target: Target, store: Store, { now, signal, timeout }: LookOptions): Promise<Capture> {
  const { host, port, address } = target
  const connect = new Map(address === undefined ? [] : [[`${host}:${port}`, address]])
  return capture(questionOf(target, store, signal), { connect, now, ...(timeout !== undefined && { timeout }) })
}

/** One anonymous handshake with the target, counted by nobody, and all that can be worked out from it. Throws as {@link captureTarget}. */
export const look = async (target: Target, store: Store, options: LookOptions): Promise<Checked> =>
  checkedBy(await captureTarget(target, store, options), target, store)
