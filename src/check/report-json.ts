import type { HandshakesSpent } from '../ports/wire.ts'
import type { Checked, Target, Waits } from './checked.ts'
import { diagnose, type Failure } from './diagnose.ts'
import { basisOf, modeTable } from './mode-table.ts'
import { rdsCaOf } from './rds-ca.ts'
import { verdictOf } from './verdict.ts'

const iso = (at: number): string => new Date(at).toISOString()

const counted = (handshakes: HandshakesSpent | undefined): object =>
  handshakes ? { handshakes: { ...handshakes, ...(handshakes.nextAt && { nextAt: iso(handshakes.nextAt) }) } } : {}

/** A check as one JSON value. Times are ISO 8601 in UTC, digests lower-case hex. */
export function reportJson(checked: Checked): object {
  const { target, store, proof, names } = checked
  const ca = proof.root && rdsCaOf(proof.root.subject)
  const dated = <T extends { readonly notBefore: number; readonly notAfter: number }>(certificate: T) => ({
    ...certificate,
    notBefore: iso(certificate.notBefore),
    notAfter: iso(certificate.notAfter),
  })
  return {
    kind: 'check',
    target,
    reached: true,
    ...(checked.waits && { waits: { ...checked.waits, until: iso(checked.waits.until) } }),
    ...counted(checked.handshakes),
    verdict: verdictOf(checked),
    failures: diagnose(checked),
    proof: {
      ...proof,
      at: iso(proof.at),
      served: proof.served.map((certificate) => dated(certificate)),
      ...(proof.root && { root: dated(proof.root) }),
    },
    ...(ca && { rootIs: ca }),
    names,
    store: { kind: store.kind, location: store.location, certificates: store.certificates.length, notes: store.notes },
    modes: modeTable(basisOf(checked)),
  }
}

/** A check that came to no handshake, as one JSON value. */
export const unreachedJson = (target: Target, failure: Failure): object => ({
  kind: 'check',
  target,
  reached: false,
  verdict: { kind: 'not-reached' },
  failures: [failure],
})

/** A check that had to wait, and has no captured chain to judge, as one JSON value. */
export const waitingJson = (target: Target, { why, until }: Pick<Waits, 'why' | 'until'>): object => ({
  kind: 'check',
  target,
  reached: false,
  verdict: { kind: 'waiting' },
  waits: { why, until: iso(until) },
  failures: [],
})
