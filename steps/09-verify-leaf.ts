/**
 * 09 Verify (leaf renewal): is a new certificate served, under the same root?
 *
 * Looks at: the certificate that the database really serves, and each application's own check.
 * Proven when: the chain ends at the root that stays, verify-full passes, its negative controls fail, the checks connect, and, where a renewal
 * was sent, the leaf is another one than 05 saw. Where the engine's protocol is not spoken, the checks stand for it (without-wire.ts), and
 * that the leaf is a new one is AWS's word, at 08.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { checkNotes, checkShortfalls } from './application-checks.ts'
import { lookUnderNames, namesBasis, namesShortfalls, namesTell, namesText } from './09-names.ts'
import { carrierText, endpointNow } from './carrier.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { reasonsOf } from './text.ts'
import {
  hadWire,
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
  basis: z.object({ ...wireBasis, ...namesBasis, leaf: z.string() }),
  detail: z.object(wireDetail),
})
export type VerifyLeafFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  ...wireText,
  ...namesText,
  'same-leaf': {
    says: 'The database still serves the certificate that it served before.',
    cure: 'Believe the wire: it has not restarted, or AWS has not renewed it. Look at 08 and the events again.',
  },
  'wrong-root': {
    says: 'The database serves a chain that ends at {served}, and not at the root of {target}.',
    cure: 'This was no renewal: the root has changed. Clients that do not trust it fail now.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails: {check}: {detail}.',
    cure: 'Clients that verify fail now. Read the certificate named here; open a case with AWS.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect ({ended}).',
    cure: 'It may pin a leaf or an intermediate. Put the root into its trust store now.',
  },
} as const
const { reason, short } = reasonsOf(text)

export const verifyLeaf = step({
  id: 'verify-leaf',
  version: 1,
  number: '09',
  on: 'database',
  title: 'Verify on the wire',
  why: 'A new serial under the same root is the whole of a renewal. Only the wire shows both.',
  source: 'Amazon RDS User Guide: Automatic server certificate rotation',
  needs: {
    identify: own('identify'),
    bundle: own('bundle'),
    before: ownIfLooked('own-endpoint'),
    renew: ownIfLooked('renew'),
    renewed: ownIfLooked('renewed'),
  },
  asks: ['target', 'applications'],
  maxAge: 'never',
  cannotLook: 'waiver',
  text,
  parse: reader(facts),

  async look(world, about, { identify, bundle, renewed }, { target: ca, applications }, signal) {
    const { endpoint: identified, family, engine: engineName } = identify.basis
    const target = await endpointNow(world, about, identified, signal)
    if (!target) throw new CannotLook(reason('no-endpoint'))
    const inWorld = about.subject.world
    const look = {
      family,
      engineName,
      expected: targetThumbprint(identify, ca),
      target,
      own: true,
      bundle: await provenBundle(world, bundle),
      applications,
      inWorld,
      // Only what was captured after AWS agreed says what is served now.
      ...(renewed && { since: renewed.detail.at }),
    }
    const { basis, detail } = await lookAtWire(world, look, signal)
    const since = detail.proof?.at ?? world.now()
    const names = await lookUnderNames(world, { family, identify, bundle: look.bundle, since }, signal)
    return { basis: { ...basis, ...names, leaf: leafSeen(detail) }, detail }
  },

  tells: (saw) => [...wireTells(saw), ...namesTell(saw.basis)],

  judge(saw, { identify, before, renew }, { target, applications }) {
    const wanted = targetThumbprint(identify, target)
    const elsewhere = short('wrong-root', 'proof', { served: servedBy(saw), target: target.ca })
    const shortfalls: Shortfall[] = rootShortfalls(saw, wanted, elsewhere)
    if (renew && hadWire(saw) && before?.basis.leaf === saw.basis.leaf) shortfalls.push(short('same-leaf', 'proof'))
    shortfalls.push(...wireShortfalls(saw, { applications, ca: target.ca, unshown: 'waiver' }))
    shortfalls.push(...namesShortfalls(saw.basis, target.ca, wanted))
    shortfalls.push(...checkShortfalls(saw, applications, 'proof'))
    return verdictOf(shortfalls, [...wireNotes(saw), ...checkNotes(saw, applications)])
  },
})
