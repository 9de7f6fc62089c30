import type { Instant } from '../rules/words.ts'
import { Anchors } from './anchors.ts'
import type { Certificate } from './certificate.ts'
import { shortName } from './describe.ts'
import { issuance, isSelfSigned } from './issuance.ts'
import { faultOf, type PathFault } from './path-rules.ts'

/** Why no path leads from the leaf to a trusted root. */
export interface NoPath {
  readonly code:
    | 'unknown-root'
    | 'missing-intermediate'
    | 'self-signed'
    | 'intermediate-only'
    | 'bad-signature'
    | 'wrong-purpose'
    | 'too-long'
  readonly certificate: Certificate
  readonly detail: string
}

export type Path =
  /** Leaf first, root last. With a fault, the path is there but no client at security level 2 accepts it. */
  | { readonly path: readonly Certificate[]; readonly fault?: PathFault }
  | { readonly path: undefined; readonly fault: NoPath }

/** Amazon's paths have three certificates, none in the wild more than five. The limits stop hostile webs of cross-signatures. */
const MAX_LENGTH = 10
const MAX_STEPS = 500

interface Search {
  readonly served: Anchors
  readonly alone: boolean
  readonly roots: Anchors
  readonly found: { readonly path: readonly Certificate[]; readonly fault?: PathFault }[]
  deadEnd: NoPath | undefined
  steps: number
}

/** What may have issued a certificate, by name. Trusted certificates first, as in OpenSSL (X509_V_FLAG_TRUSTED_FIRST). */
const issuersOf = ({ roots, served }: Search, child: Certificate): readonly Certificate[] => [
  ...roots.namedIssuersOf(child),
  ...[...served.namedIssuersOf(child)].filter((each) => !roots.has(each)),
]

/** Names what a path that goes no further lacks. `top` is the last certificate that could be reached. */
function deadEnd(search: Search, path: readonly Certificate[], top: Certificate): NoPath {
  const name = shortName(top)
  const issuer = top.x509.issuer.replaceAll('\n', ', ')
  if (isSelfSigned(top)) {
    return path.length === 1
      ? {
          code: 'self-signed',
          certificate: top,
          detail: `the server's certificate "${name}" is signed by itself and is not among the trusted roots`,
        }
      : {
          code: 'unknown-root',
          certificate: top,
          detail: `the server's chain ends at "${name}", which is not among the trusted roots`,
        }
  }
  for (const candidate of issuersOf(search, top)) {
    const by = issuance(top, candidate)
    if (by === 'bad-signature')
      return {
        code: 'bad-signature',
        certificate: top,
        detail: `"${name}" claims to be issued by "${shortName(candidate)}", but its signature is not that one's`,
      }
    if (by === 'may-not-sign')
      return {
        code: 'wrong-purpose',
        certificate: candidate,
        detail: `"${shortName(candidate)}" may not sign certificates (keyUsage without keyCertSign)`,
      }
  }
  if (search.roots.has(top))
    return {
      code: 'intermediate-only',
      certificate: top,
      detail: `the trusted roots hold "${name}", which is no root: its issuer (${issuer}) must be there`,
    }
  return search.alone
    ? {
        code: 'missing-intermediate',
        certificate: top,
        detail: `the server sent "${name}" alone, and its issuer (${issuer}) is neither sent nor among the trusted roots`,
      }
    : {
        code: 'unknown-root',
        certificate: top,
        detail: `the server's chain ends at "${name}", whose issuer (${issuer}) is not among the trusted roots`,
      }
}

function extend(search: Search, path: readonly Certificate[], top: Certificate): void {
  search.steps += 1
  if (search.steps > MAX_STEPS || path.length > MAX_LENGTH) {
    search.deadEnd ??= {
      code: 'too-long',
      certificate: top,
      detail: `no path was found within ${MAX_LENGTH} certificates and ${MAX_STEPS} tries`,
    }
    return
  }
  if (search.roots.has(top) && isSelfSigned(top)) {
    const fault = faultOf(path)
    search.found.push({ path, ...(fault && { fault }) })
    return
  }
  const issuers = issuersOf(search, top).filter(
    (each) => !path.some(({ sha256 }) => sha256 === each.sha256) && issuance(top, each) === 'issued',
  )
  if (issuers.length === 0) search.deadEnd ??= deadEnd(search, path, top)
  for (const issuer of issuers) extend(search, [...path, issuer], issuer)
}

const isValidAt = ({ notBefore, notAfter }: Certificate, now: Instant): boolean => notBefore <= now && notAfter > now

/**
 * Looks for a path from the served leaf to one of the trusted roots, by the rules that libpq and the MySQL clients get
 * from OpenSSL: an anchor must be trusted and self-signed, a trusted intermediate is a link like any other (no
 * X509_V_FLAG_PARTIAL_CHAIN). Dates do not decide, but of several paths one that is valid `now` is preferred.
 * @param served as the server sent them, leaf first, in any order after that
 */
export function findPath(served: readonly [Certificate, ...Certificate[]], roots: Anchors, now: Instant): Path {
  const search: Search = {
    served: Anchors.of(served),
    alone: served.length === 1,
    roots,
    found: [],
    deadEnd: undefined,
    steps: 0,
  }
  extend(search, [served[0]], served[0])
  const sound = search.found.filter(({ fault }) => !fault)
  const best = sound.find(({ path }) => path.every((each) => isValidAt(each, now))) ?? sound[0] ?? search.found[0]
  if (best) return best
  return { path: undefined, fault: search.deadEnd ?? deadEnd(search, [served[0]], served[0]) }
}
