/**
 * 09 Verify: does the wire agree?
 *
 * Looks at: the certificate that the database really serves, by a handshake with the bundle of 03; each application's own check; and
 * who has connected anew since.
 * Proven when: the served chain ends at the target root, verify-full passes, its negative controls fail, and every application's check
 * connects. The API saying "done" is not enough: a staged certificate, an Oracle listener or a Babelfish endpoint can still serve the
 * old one. Clients that have not come back yet stay listed at 10.
 * When it does not hold: believe the wire. Where it cannot be reached from anywhere, it may be waived with a typed reason; then the
 * rotation reads "rotated, wire not seen".
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { passedOf, runChecks, savedProof, wireShortfalls } from './05-staging.ts'
import { step } from './facts.ts'
import { checkResult, endpoint, family, proof, reader, z } from './shapes.ts'
import { day, reasonsOf } from './text.ts'

const facts = z.object({
  basis: z.object({
    endpoint,
    family,
    root: z.optional(z.string()),
    /** SHA-256 of the leaf: leaf renewal is judged by it. */
    leaf: z.string(),
    strict: z.boolean(),
    controls: z.object({ withoutServedRoot: z.enum(['refused', 'passed']), wrongName: z.enum(['refused', 'passed']) }),
    checks: z.record(z.string(), z.boolean()),
  }),
  detail: z.object({
    proof,
    checks: z.record(z.string(), checkResult),
    /** When this leaf was first seen served. */
    servedSince: z.number(),
  }),
})
export type VerifyFacts = z.infer<typeof facts>

const text = {
  'wrong-root': {
    says: 'The API says {target}, and the database serves a chain that ends elsewhere: {served}.',
    cure: 'Believe the wire. Clients that trust only the target root fail now. Check for a staged certificate that waits for a restart; open a case with AWS.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails: {check}: {detail}.',
    cure: 'Clients that verify fail now. Read the certificate named here, and consider a rollback while AWS lists the old CA.',
  },
  'control-passed': {
    says: 'The negative control "{control}" passed against {host}: this proof can not fail, so it proves nothing.',
    cure: 'Something between here and the database accepts anything. Find it, and look again.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect ({ended}).',
    cure: 'This application is failing, or about to. Mend its trust store now, then look again.',
  },
  'no-wire': {
    says: 'The runbook does not speak the wire protocol of {engine}.',
    cure: 'Go on with a typed reason: it will read "rotated, wire not seen".',
  },
  'saw-handshake': { says: '{host}: {protocol} {cipher}, chain ends at {root}, leaf until {leaf}.', cure: '' },
  'saw-controls': {
    says: 'Negative controls: without the served root {withoutServedRoot}, under a wrong name {wrongName}.',
    cure: '',
  },
  'saw-check': { says: 'Check of {application}: {ended} {output}', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

export const verify = step({
  id: 'verify',
  version: 1,
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

  async look(world, _about, { identify, bundle }, { applications }, signal, previous) {
    const { endpoint: target, family: engine } = identify.basis
    if (!target || engine === 'other') throw new CannotLook(reason('no-wire', { engine: identify.basis.engine }))
    const proven = await provenBundle(world, bundle)
    const roots = proven.certificates.map((one) => one.pem)
    const seen = savedProof(await world.wire.verify({ engine, ...target, roots, signal }))
    const checks = await runChecks(world, applications, target, proven.file, signal)
    const leaf = seen.served[0]?.sha256 ?? ''
    return {
      basis: {
        endpoint: target,
        family: engine,
        ...(seen.root && { root: seen.root.sha1 }),
        leaf,
        strict: seen.strict,
        controls: seen.controls,
        checks: passedOf(checks),
      },
      detail: {
        proof: seen,
        checks,
        servedSince: previous?.basis.leaf === leaf ? previous.detail.servedSince : seen.at,
      },
    }
  },

  tells({ basis, detail: { proof: seen, checks } }) {
    const { protocol, cipher, root, served } = seen
    return [
      reason('saw-handshake', {
        host: basis.endpoint.host,
        protocol,
        cipher,
        root: root?.subject ?? 'no root of the bundle',
        leaf: day(served[0]?.notAfter),
      }),
      reason('saw-controls', { ...basis.controls }),
      ...Object.entries(checks).map(([application, { ended, output }]) =>
        reason('saw-check', { application, ended, output }),
      ),
    ]
  },

  judge({ basis, detail }, { identify }, { target, applications }) {
    const { host } = basis.endpoint
    const shortfalls: Shortfall[] = []
    const wanted = targetThumbprint(identify, target)
    if (basis.root !== wanted) {
      const served = detail.proof.root?.subject ?? detail.proof.served.at(-1)?.issuer ?? 'nothing known'
      shortfalls.push(short('wrong-root', 'proof', { target: target.ca, served }))
    }
    shortfalls.push(...wireShortfalls(host, detail.proof, 'proof'))
    for (const { name: application } of applications)
      if (basis.checks[application] === false)
        shortfalls.push(
          short('check-failed', 'proof', { application, ended: detail.checks[application]?.ended ?? 'unknown' }),
        )
    return verdictOf(shortfalls)
  },
})
