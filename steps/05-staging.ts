/**
 * 05 Staging: does verify-full work against a database that already serves the target CA?
 *
 * Looks at: the twin's own endpoint, with the bundle of 03, by a handshake; and through each application's own check against the twin.
 * Proven when: the twin serves a chain that ends at the target root, the chain, the dates and the name are all accepted by the strictest
 * client, every application's check connects, and the negative controls fail: without the root that is served, and under a wrong
 * name. A proof whose controls pass proves nothing and is refused.
 * A staging database has no twin: it proves verify-full through the new bundle on its own endpoint, with the CA that it serves now.
 * Where the engine's protocol is not spoken (SQL Server, Oracle, Db2), the applications' checks take the handshake's place, or its owner attests it.
 * When it does not hold: rotate the twin first; mend the application's trust store. Where there is no twin, this step may be waived with
 * a typed reason: then the bundle is proven on this database's own endpoint.
 */
import { CannotLook, own, ownIfLooked, twin, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { checkNotes, checkShortfalls } from './application-checks.ts'
import { checksHoldUntil } from './answered-checks.ts'
import { step } from './facts.ts'
import { reader, z, type Family } from './shapes.ts'
import { reasonsOf } from './text.ts'
import { throwawayFor } from './throwaway.ts'
import {
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
    /** `twin`: the staging database that stands surety. `own`: this database itself. */
    of: z.enum(['twin', 'own']),
    ...wireBasis,
  }),
  detail: z.object(wireDetail),
})
export type StagingFacts = z.infer<typeof facts>

const text = {
  ...wireText,
  'not-on-target': {
    says: '{host} does not serve the target CA {target} but {served}.',
    cure: 'Rotate the staging database first: only then does it prove anything about the new root. If it was rotated, start again from the list: another one may bear its name now.',
  },
  'cannot-reach': {
    says: 'The database that is to prove it cannot be reached from here ({stage}: {error}).',
    cure: 'If it is stopped, start it; if it was renamed, start again from the list and begin a ca-change of it anew, whose 09 sees its new name. Else open a tunnel and give --connect NAME:PORT=ADDR:PORT, look from a host that reaches it, or have its owner attest it.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails: {check}: {detail}.',
    cure: 'Do not rotate. Look at the certificate named here: run the same check again after mending it.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect to {host} ({ended}).',
    cure: 'Mend its trust store and look again. If only the way to staging is missing for it, its owner may attest it.',
  },
  'no-twin': {
    says: 'There is no staging database that serves {target}: nothing has shown that it works.',
    cure: 'Decide on a twin of the same engine and Region. Where there is none, make a throwaway one, which serves {target} from the start: {create} — add the subnet and security groups that clients reach, start again, rotate nothing, prove its 09. Afterwards: {remove}. Or go on with a typed reason.',
  },
  'twin-differs': {
    says: 'The twin {twin} is {found}, and this database is {expected}: it proves little about this one.',
    cure: 'Choose a twin of the same engine family in the same Region.',
  },
  'saw-twin': { says: 'Looked at the twin, which stands surety for this database.', cure: '' },
  'saw-own': { says: 'Looked at this database itself: there is no twin.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** What a twin must be too: of one wire protocol, or, where none is spoken, of one engine in whatever edition. */
const likeOf = (family: Family, engine = 'an engine of another protocol'): string =>
  family === 'other' ? (engine.split('-')[0] ?? engine) : family

/** A chain that was captured earlier serves no longer than one that is captured now. */
const MAX_AGE = 24 * 60 * 60_000

export const staging = step({
  id: 'staging',
  version: 1,
  number: '05',
  on: 'database',
  title: 'Prove verify-full on staging',
  why: 'The only honest test of a new root is a database that serves it. Staging takes the risk first, with the same engine and the same bundle.',
  source:
    'Amazon RDS User Guide: Rotating your SSL/TLS certificate (test in a development or staging environment first)',
  needs: {
    identify: own('identify'),
    bundle: own('bundle'),
    stores: ownIfLooked('trust-stores'),
    twin: twin('verify'),
  },
  asks: ['environment', 'target', 'twin', 'applications'],
  maxAge: MAX_AGE,
  // A twin that is there and cannot be reached from here: somebody who can reach it gives their name for it.
  cannotLook: 'attestation',
  text,
  parse: reader(facts),

  async look(world, about, { identify, bundle, twin: twinsVerify }, decided, signal) {
    const { applications } = decided
    const target = twinsVerify?.basis.endpoint ?? identify.basis.endpoint
    if (!target) throw new CannotLook(reason('no-endpoint'))
    const { family, engine: engineName, thumbprint } = identify.basis
    const inWorld = about.subject.world
    // What the twin served before its own 09 says nothing about what that one saw.
    const since = Math.max(world.now() - MAX_AGE, twinsVerify?.detail.proof?.at ?? 0)
    const proven = await provenBundle(world, bundle)
    const look = {
      family: twinsVerify?.basis.family ?? family,
      engineName: twinsVerify?.basis.noWire ?? engineName,
      target,
      own: !twinsVerify,
      bundle: proven,
      expected: twinsVerify ? targetThumbprint(identify, decided.target) : thumbprint,
      applications,
      inWorld,
      since,
    }
    const { basis, detail } = await lookAtWire(world, look, signal)
    return { basis: { of: twinsVerify ? 'twin' : 'own', ...basis }, detail }
  },

  tells: (saw) => [reason(saw.basis.of === 'twin' ? 'saw-twin' : 'saw-own'), ...wireTells(saw)],

  judge(saw, { identify, twin: twinsVerify }, { environment, target, twin: decidedTwin, applications }) {
    const { basis } = saw
    const { host } = basis.endpoint
    const shortfalls = wireShortfalls(saw, { applications, ca: target.ca, unshown: 'attestation' })
    if (environment === 'production' && basis.of === 'own')
      shortfalls.push(short('no-twin', 'waiver', { target: target.ca, ...throwawayFor(identify, target.ca) }))
    if (basis.of === 'twin') {
      const elsewhere = short('not-on-target', 'proof', { host, target: target.ca, served: servedBy(saw) })
      shortfalls.push(...rootShortfalls(saw, targetThumbprint(identify, target), elsewhere))
      const found = twinsVerify && likeOf(twinsVerify.basis.family, twinsVerify.basis.noWire)
      const expected = likeOf(identify.basis.family, identify.basis.engine)
      if (found && found !== expected && decidedTwin !== 'none')
        shortfalls.push(short('twin-differs', 'proof', { twin: decidedTwin.name, found, expected }))
    }
    shortfalls.push(...checkShortfalls(saw, applications, 'attestation', { host }))
    const until = Math.min((saw.detail.proof?.at ?? Infinity) + MAX_AGE, checksHoldUntil(saw))
    return verdictOf(shortfalls, [...wireNotes(saw), ...checkNotes(saw, applications)], until)
  },
})
