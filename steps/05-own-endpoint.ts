/**
 * 05 Own endpoint (leaf renewal): does verify-full work against this database with the bundle of 03, by the CA that it serves now?
 *
 * Looks at: the database's own endpoint, by a handshake, and each application's own check against it.
 * Proven when: the served chain ends at the root that stays, verify-full passes, its negative controls fail, and the checks connect. A new
 * leaf under the same root changes nothing of that for a client that trusts the root, which is why no twin is asked for.
 * When it does not hold: this is no renewal to wait for, clients fail now.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { checkNotes, checkShortfalls } from './application-checks.ts'
import { checksHoldUntil } from './answered-checks.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { day, reasonsOf } from './text.ts'
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
    /** SHA-256 of the leaf that is to be replaced; empty where it was not seen. */
    leaf: z.string(),
  }),
  detail: z.object(wireDetail),
})
export type OwnEndpointFacts = z.infer<typeof facts>

const text = {
  ...wireText,
  'wrong-root': {
    says: 'The database serves a chain that ends at {served}, and not at the root of {target}.',
    cure: 'Decide on the CA that it has: a renewal keeps it. To change the CA, begin a ca-change.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails already: {check}: {detail}.',
    cure: 'Clients that verify fail now. Read the certificate named here.',
  },
  'expired-leaf': {
    says: 'The server certificate of {host} has expired ({until}): clients that verify fail now.',
    cure: 'A renewal mends exactly this. Go on with a typed reason.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect ({ended}).',
    cure: 'This application is failing already. Mend it before anything is renewed.',
  },
} as const
const { reason, short } = reasonsOf(text)

/** A chain that was captured earlier serves no longer than one that is captured now. */
const MAX_AGE = 24 * 60 * 60_000

export const ownEndpoint = step({
  id: 'own-endpoint',
  version: 1,
  number: '05',
  on: 'database',
  title: 'Prove verify-full as it is',
  why: 'A renewal replaces the server’s certificate and keeps the root. Whoever verifies against the root today goes on working; whoever pins a leaf or an intermediate does not.',
  source: 'Amazon RDS User Guide: Automatic server certificate rotation',
  needs: { identify: own('identify'), bundle: own('bundle'), stores: ownIfLooked('trust-stores') },
  asks: ['target', 'applications'],
  maxAge: MAX_AGE,
  cannotLook: 'attestation',
  text,
  parse: reader(facts),

  async look(world, about, { identify, bundle }, { target: ca, applications }, signal) {
    const { endpoint: target, family, engine: engineName } = identify.basis
    if (!target) throw new CannotLook(reason('no-endpoint'))
    const since = world.now() - MAX_AGE
    const inWorld = about.subject.world
    const proven = await provenBundle(world, bundle)
    const expected = targetThumbprint(identify, ca)
    const look = { family, engineName, target, own: true, bundle: proven, expected, applications, inWorld, since }
    const { basis, detail } = await lookAtWire(world, look, signal)
    return { basis: { ...basis, leaf: leafSeen(detail) }, detail }
  },

  tells: wireTells,

  judge(saw, { identify }, { target, applications }) {
    const { proof } = saw.detail
    const leaf = proof?.served[0]
    // What has expired is what is to be renewed: it is no reason not to. Whatever else is wrong is one.
    const over = proof !== undefined && leaf !== undefined && leaf.notAfter <= proof.at
    const { host } = saw.basis.endpoint
    const lacks = (seen: typeof saw) => wireShortfalls(seen, { applications, ca: target.ca, unshown: 'attestation' })
    const shortfalls: Shortfall[] = over
      ? [
          short('expired-leaf', 'waiver', { host, until: day(leaf.notAfter) }),
          ...lacks({
            ...saw,
            detail: { ...saw.detail, proof: { ...proof, dates: { passed: true }, strict: true } },
          }),
        ]
      : lacks(saw)
    const elsewhere = short('wrong-root', 'proof', { served: servedBy(saw), target: target.ca })
    shortfalls.push(...rootShortfalls(saw, targetThumbprint(identify, target), elsewhere))
    shortfalls.push(...checkShortfalls(saw, applications, 'proof'))
    const until = Math.min((proof?.at ?? Infinity) + MAX_AGE, checksHoldUntil(saw))
    return verdictOf(shortfalls, [...wireNotes(saw), ...checkNotes(saw, applications)], until)
  },
})
