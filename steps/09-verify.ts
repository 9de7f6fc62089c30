/**
 * 09 Verify: does the wire agree?
 *
 * Looks at: the certificate that the database really serves, by a handshake with the bundle of 03, in a cluster under every name by which
 * a client may land on it; and each application's own check.
 * Proven when: the served chain ends at the target root, verify-full passes, its negative controls fail, and every application's check
 * connects. The API saying "done" is not enough: a staged certificate, an Oracle listener or a Babelfish endpoint can still serve the
 * old one. Clients that have not come back yet stay listed at 10.
 * Where the engine's protocol is not spoken (SQL Server, Oracle, Db2), the checks take the handshake's place: see without-wire.ts.
 * When it does not hold: believe the wire. Where it cannot be reached from anywhere, it may be waived with a typed reason; then the
 * rotation reads "rotated, wire not seen".
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { checkNotes, checkShortfalls } from './application-checks.ts'
import { lookUnderNames, namesBasis, namesShortfalls, namesTell, namesText } from './09-names.ts'
import { carrierText, readCarrier } from './carrier.ts'
import { step } from './facts.ts'
import { family, reader, z } from './shapes.ts'
import { reasonsOf, undone } from './text.ts'
import {
  leafSeen,
  lookAtWire,
  rootShortfalls,
  servedBy,
  wireBasis,
  wireDetail,
  wireNotes,
  wireShortfalls,
  wireTells,
  wireText,
} from './wire-look.ts'

const facts = z.object({
  basis: z.object({
    ...wireBasis,
    ...namesBasis,
    family,
    /** SHA-256 of the leaf; empty where it was not seen. */
    leaf: z.string(),
  }),
  detail: z.object({
    ...wireDetail,
    /** When this leaf was first seen served. */
    servedSince: z.number(),
    /** The CA that AWS named then: somebody may have changed it after 08. */
    caNow: z.optional(z.string()),
  }),
})
export type VerifyFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  ...wireText,
  ...namesText,
  'wrong-root': {
    says: 'The API says {target}, and the database serves a chain that ends elsewhere: {served}.',
    cure: 'Believe the wire. Clients that trust only the target root fail now. Check for a staged certificate that waits for a restart; open a case with AWS.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails: {check}: {detail}.',
    cure: 'Clients that verify fail now. Read the certificate named here, and consider a rollback while AWS lists the old CA.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect ({ended}).',
    cure: 'This application is failing, or about to. Mend its trust store now, then look again.',
  },
  renamed: {
    says: 'It answers at {host} now, and answered at {before} when it was identified: it was renamed.',
    cure: 'Clients that still connect to the old name find nobody there: this is not the certificate’s doing. Give them the new name.',
  },
} as const
const { reason, short } = reasonsOf(text)

export const verify = step({
  id: 'verify',
  version: 1,
  number: '09',
  on: 'database',
  title: 'Verify on the wire',
  why: 'What clients meet is the certificate that is served, not what an API says. One handshake as the strictest client tells whether they will go on working.',
  source: 'Amazon RDS User Guide: Rotating your SSL/TLS certificate; PostgreSQL: libpq SSL support (verify-full)',
  needs: {
    identify: own('identify'),
    bundle: own('bundle'),
    settle: ownIfLooked('settle'),
    modify: ownIfLooked('modify'),
  },
  asks: ['target', 'applications'],
  maxAge: 'never',
  cannotLook: 'waiver',
  text,
  parse: reader(facts),

  async look(world, about, { identify, bundle, settle }, { target: ca, applications }, signal, previous) {
    const { endpoint: identified, family, engine: engineName } = identify.basis
    const { endpoint: target = identified, ca: caNow } = await readCarrier(world, about, signal)
    if (!target) throw new CannotLook(reason('no-endpoint'))
    const look = {
      family,
      engineName,
      expected: targetThumbprint(identify, ca),
      target,
      own: true,
      bundle: await provenBundle(world, bundle),
      applications,
      inWorld: about.subject.world,
      // Only what was captured after AWS agreed says what is served now.
      ...(settle && { since: settle.detail.at }),
    }
    const { basis, detail } = await lookAtWire(world, look, signal)
    const since = detail.proof?.at ?? world.now()
    const names = await lookUnderNames(world, { family, identify, bundle: look.bundle, since }, signal)
    const leaf = leafSeen(detail)
    const servedSince = previous?.basis.leaf === leaf ? previous.detail.servedSince : since
    return { basis: { ...basis, ...names, family, leaf }, detail: { ...detail, servedSince, caNow } }
  },

  tells: (saw) => [...wireTells(saw), ...namesTell(saw.basis)],

  judge(saw, { identify }, { target, applications }) {
    const { basis } = saw
    const { caNow = target.ca } = saw.detail
    if (caNow !== target.ca)
      return verdictOf([undone(short('changed-since', 'proof', { target: target.ca, ca: caNow }))])
    const wanted = targetThumbprint(identify, target)
    const elsewhere = short('wrong-root', 'proof', { target: target.ca, served: servedBy(saw) })
    const shortfalls: Shortfall[] = rootShortfalls(saw, wanted, elsewhere)
    shortfalls.push(...wireShortfalls(saw, { applications, ca: target.ca, unshown: 'waiver' }))
    shortfalls.push(...namesShortfalls(basis, target.ca, wanted))
    shortfalls.push(...checkShortfalls(saw, applications, 'proof'))
    const before = identify.basis.endpoint?.host
    const { host } = basis.endpoint
    const renamed = before !== undefined && before !== host ? [reason('renamed', { host, before })] : []
    return verdictOf(shortfalls, [...renamed, ...wireNotes(saw), ...checkNotes(saw, applications)])
  },
})
