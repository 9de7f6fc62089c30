/**
 * 01 Expired (outage): has a certificate that this database serves expired?
 *
 * Looks at: what the database serves now, by one handshake; and the expiry that AWS gives for its server certificate and for its CA.
 * Proven when: one of the server certificate, the intermediate and the root has expired, by the wire or by AWS. Then clients that verify
 * are failing already, and what 02, 04 and 05 would prove comes too late: each may be waived whole, with a typed reason, for this change.
 * When it does not hold: this is no outage by an expired certificate, whatever else fails. Nobody's word opens it.
 */
import { CannotFetch } from '../src/ports/bundles.ts'
import type { World } from '../src/ports/world.ts'
import { CannotReach, HandshakesWait, type CertificateSeen } from '../src/ports/wire.ts'
import { own, verdictOf } from '../src/rules/step.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { instant, reasonsOf } from './text.ts'

const MAX_AGE = 15 * 60_000
const PARTS = ['server certificate', 'intermediate', 'root'] as const

const facts = z.object({
  basis: z.object({
    expired: z.array(z.object({ part: z.enum(PARTS), by: z.enum(['wire', 'api']) })),
    /** Whether the wire was seen: with AWS's dates alone an expired intermediate goes unnoticed. */
    wire: z.boolean(),
  }),
  detail: z.object({
    at: z.number(),
    seen: z.array(
      z.object({ part: z.enum(PARTS), by: z.enum(['wire', 'api']), subject: z.string(), until: z.number() }),
    ),
    notSeen: z.optional(z.string()),
  }),
})
export type ExpiredFacts = z.infer<typeof facts>
type Seen = ExpiredFacts['detail']['seen'][number]

const text = {
  'nothing-expired': {
    says: 'No certificate of it has expired, by {by}.',
    cure: 'Begin a ca-change or a leaf-renewal: every proof is asked for there. If the wire was not seen, look from where it can be.',
  },
  'leaf-alone': {
    says: 'Only the server certificate has expired, not its CA.',
    cure: 'Where AWS offers server-certificate-rotation, a leaf-renewal mends it and breaks no client.',
  },
  'saw-expiry': { says: '{part} ({subject}): until {until}, by {by}.', cure: '' },
  'saw-no-wire': { says: 'The wire was not seen: {why}.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** What the database serves, each certificate with what it is in the chain. Nothing where it cannot be reached. */
async function served(
  world: World,
  { family, endpoint }: { family: string; endpoint?: { host: string; port: number } | undefined },
  signal: AbortSignal,
): Promise<Seen[] | string> {
  if (!endpoint || (family !== 'postgres' && family !== 'mysql')) return 'no wire protocol that the runbook speaks'
  try {
    const { region } = world.control
    const bundle = (await world.bundles.saved(region)) ?? (await world.bundles.fetch(region, signal))
    const roots = bundle.certificates.map((one) => one.pem)
    const since = world.now() - MAX_AGE
    const proof = await world.wire.verify({ engine: family, ...endpoint, roots, since, signal })
    const seen = (part: Seen['part'], { subject, notAfter }: CertificateSeen): Seen => ({
      part,
      by: 'wire',
      subject,
      until: notAfter,
    })
    return [
      ...proof.served.map((one, at) => {
        if (at === 0) return seen('server certificate', one)
        return seen(one.subject === one.issuer ? 'root' : 'intermediate', one)
      }),
      ...(proof.root ? [seen('root', proof.root)] : []),
    ]
  } catch (error) {
    if (error instanceof CannotReach || error instanceof CannotFetch) return error.code
    // In an outage nothing waits for an hour to pass: AWS's dates are there.
    if (error instanceof HandshakesWait) return `handshakes ${error.why}`
    throw error
  }
}

export const expired = step({
  id: 'expired',
  version: 1,
  number: '01',
  on: 'database',
  title: 'See what has expired',
  why: 'Where an expired certificate stands in front of failing applications, careful proofs come too late. Only what is seen to have expired opens the short path, never a word.',
  source: 'Amazon RDS User Guide: Rotating your SSL/TLS certificate (after certificate expiry, apply immediately)',
  needs: { identify: own('identify') },
  asks: [],
  cheap: true,
  opens: ['census', 'trust-stores', 'staging'],
  maxAge: MAX_AGE,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, _about, { identify }, _decided, signal) {
    const { basis, detail } = identify
    const byWire = await served(world, basis, signal)
    const now = world.now()
    const byApi: Seen[] = [
      ...(detail.leafValidTill === undefined
        ? []
        : [
            {
              part: 'server certificate' as const,
              by: 'api' as const,
              subject: basis.name,
              until: detail.leafValidTill,
            },
          ]),
      ...(detail.caValidTill === undefined
        ? []
        : [{ part: 'root' as const, by: 'api' as const, subject: basis.ca, until: detail.caValidTill }]),
    ]
    const seen = [...(typeof byWire === 'string' ? [] : byWire), ...byApi]
    const over = seen.filter(({ until }) => until <= now).map(({ part, by }) => ({ part, by }))
    const once = new Map(over.map((one) => [`${one.part} ${one.by}`, one]))
    return {
      basis: { expired: [...once.values()], wire: typeof byWire !== 'string' },
      detail: { at: now, seen, ...(typeof byWire === 'string' && { notSeen: byWire }) },
    }
  },

  tells: ({ detail }) => [
    ...detail.seen.map(({ until, ...one }) => reason('saw-expiry', { ...one, until: instant(until) })),
    ...(detail.notSeen === undefined ? [] : [reason('saw-no-wire', { why: detail.notSeen })]),
  ],

  judge({ basis }) {
    if (basis.expired.length === 0)
      return verdictOf([
        short('nothing-expired', 'proof', {
          by: basis.wire ? 'the wire and AWS’s dates' : 'AWS’s dates; the wire was not seen',
        }),
      ])
    const leafAlone = basis.expired.every(({ part }) => part === 'server certificate')
    return verdictOf([], leafAlone ? [reason('leaf-alone')] : [])
  },
})
