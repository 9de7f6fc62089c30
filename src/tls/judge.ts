import type { CertificateSeen, Check, Control } from '../ports/wire.ts'
import type { Instant } from '../rules/words.ts'
import type { Anchors } from './anchors.ts'
import type { Certificate } from './certificate.ts'
import { checkDates } from './dates.ts'
import { seen, shortName } from './describe.ts'
import { checkName, refusesWrongNames } from './names.ts'
import { findPath } from './path.ts'

/** What a handshake left to judge: the certificates that were sent, and what OpenSSL said of them in the handshake. */
export interface Captured {
  /** Leaf first. */
  readonly served: readonly [Certificate, ...Certificate[]]
  /** OpenSSL's verdict with exactly the roots that the question names; `refusal` is its code (`CERT_HAS_EXPIRED` …). */
  readonly openssl: { readonly authorized: true } | { readonly authorized: false; readonly refusal: string }
}

/** A verdict on one chain, for one set of roots, one host, one moment. Pure: nothing is read but the arguments. */
export interface Judgement {
  readonly root?: CertificateSeen
  readonly chain: Check
  readonly dates: Check
  readonly name: Check
  readonly strict: boolean
  readonly controls: { readonly withoutServedRoot: Control; readonly wrongName: Control }
}

/** What OpenSSL alone can say, since revocation lists are given to it and not to us: its `X509_V_ERR_…`, and what it means. */
const REVOCATION: Readonly<Record<string, Omit<Extract<Check, { readonly passed: false }>, 'passed'>>> = {
  CERT_REVOKED: { code: 'revoked', detail: 'a certificate of the chain is revoked by the list of its issuer' },
  UNABLE_TO_GET_CRL: {
    code: 'no-crl',
    detail: 'a CA of the chain has no revocation list among those that were given',
  },
  CRL_HAS_EXPIRED: { code: 'stale-crl', detail: 'a revocation list is past its next update' },
  CRL_NOT_YET_VALID: { code: 'stale-crl', detail: 'a revocation list is not valid yet' },
  CRL_SIGNATURE_FAILURE: { code: 'bad-crl', detail: 'a revocation list is not signed by the CA that it names' },
}

/** Two judges, one verdict: where they differ, one of them is wrong, and the proof says so instead of passing. */
function agree(chain: Check, dates: Check, openssl: Captured['openssl']): Check {
  const ours = chain.passed && dates.passed
  if (ours === openssl.authorized) return chain
  const revocation = openssl.authorized ? undefined : REVOCATION[openssl.refusal]
  if (revocation) return { passed: false, ...revocation }
  const reason = chain.passed ? (dates.passed ? '' : dates.detail) : chain.detail
  return {
    passed: false,
    code: 'judges-disagree',
    detail: openssl.authorized
      ? `OpenSSL accepted the chain in the handshake, but our own reading of it does not (${reason})`
      : `OpenSSL refused the chain in the handshake (${openssl.refusal}), but our own reading of it finds no fault; compare this machine's clock`,
  }
}

const control = (refused: boolean): Control => (refused ? 'refused' : 'passed')

/** A chain can end at a second root, by a cross-signature or a renewed root, but at no third one in practice. */
const MAX_ROOTS_OF_A_CHAIN = 4

/** Whether the chain is refused once every root is taken away at which it can end. */
function refusesWithoutItsRoots(served: Captured['served'], roots: Anchors, now: Instant): boolean {
  let left = roots
  for (let round = 0; round <= MAX_ROOTS_OF_A_CHAIN; round++) {
    const found = findPath(served, left, now)
    if (!found.path || found.fault) return true
    const root = found.path.at(-1)
    // A path to a root that nobody trusts: the judge would accept anything.
    if (!root || !left.has(root)) return false
    left = left.without(root)
  }
  return false
}

/**
 * Judges a captured chain as a strictly verifying client would, and puts two questions to the judge itself that it must
 * answer with no: the same chain without the root at which it ends, and the same chain under wrong names.
 */
export function judge({ served, openssl }: Captured, roots: Anchors, host: string, now: Instant): Judgement {
  const [leaf] = served
  const found = findPath(served, roots, now)
  const { path, fault } = found
  const dates = checkDates(path ?? served, path !== undefined, now)
  const ours: Check = fault
    ? { passed: false, code: fault.code, detail: fault.detail, certificate: shortName(fault.certificate) }
    : { passed: true }
  const chain = agree(ours, dates, openssl)
  const name = checkName(leaf, host)

  const root = path?.at(-1)
  const controls = {
    withoutServedRoot: control(
      refusesWithoutItsRoots(served, root && roots.has(root) ? roots.without(root) : roots, now),
    ),
    wrongName: control(refusesWrongNames(leaf, host)),
  }
  const refused = controls.withoutServedRoot === 'refused' && controls.wrongName === 'refused'
  return {
    ...(root && { root: seen(root) }),
    chain,
    dates,
    name,
    strict: chain.passed && dates.passed && name.passed && refused,
    controls,
  }
}
