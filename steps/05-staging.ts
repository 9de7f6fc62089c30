/**
 * 05 Staging: does verify-full work against a database that already serves the target CA?
 *
 * Looks at: the twin's own endpoint, with the bundle of 03, by a handshake; and through each application's own check against the twin.
 * Proven when: the twin serves a chain that ends at the target root, the chain, the dates and the name are all accepted by the strictest
 * client, every application's check connects, and the negative controls fail: without the root that is served, and under a wrong
 * name. A proof whose controls pass proves nothing and is refused.
 * A staging database has no twin: it proves verify-full through the new bundle on its own endpoint, with the CA that it serves now.
 * When it does not hold: rotate the twin first; mend the application's trust store. Where there is no twin, this step may be waived with
 * a typed reason: then the bundle is proven on this database's own endpoint.
 */
import type { World } from '../src/ports/world.ts'
import type { WireProof } from '../src/ports/wire.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, twin, verdictOf } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import { targetThumbprint } from './01-identify.ts'
import { provenBundle } from './03-bundle.ts'
import { verifies } from './04-trust-stores.ts'
import { step } from './facts.ts'
import { checkResult, endpoint, proof, reader, z, type Endpoint, type Family } from './shapes.ts'
import { day, reasonsOf } from './text.ts'

const facts = z.object({
  basis: z.object({
    /** `twin`: the staging database that stands surety. `own`: this database itself. */
    of: z.enum(['twin', 'own']),
    endpoint,
    /** SHA-1 of the root at which the served chain ends; absent when it ends at none of the bundle's. */
    root: z.optional(z.string()),
    strict: z.boolean(),
    controls: z.object({ withoutServedRoot: z.enum(['refused', 'passed']), wrongName: z.enum(['refused', 'passed']) }),
    checks: z.record(z.string(), z.boolean()),
  }),
  detail: z.object({ proof, checks: z.record(z.string(), checkResult) }),
})
export type StagingFacts = z.infer<typeof facts>

const text = {
  'not-on-target': {
    says: '{host} does not serve the target CA {target} but {served}.',
    cure: 'Rotate the staging database first: only then does it prove anything about the new root.',
  },
  'not-verified': {
    says: 'verify-full against {host} fails: {check}: {detail}.',
    cure: 'Do not rotate. Look at the certificate named here: run the same check again after mending it.',
  },
  'control-passed': {
    says: 'The negative control "{control}" passed against {host}: this proof can not fail, so it proves nothing.',
    cure: 'Something between here and the database accepts anything. Find it, and look again.',
  },
  'check-failed': {
    says: 'The check of {application} cannot connect to {host} ({ended}).',
    cure: 'Mend its trust store and look again. If only the way to staging is missing for it, its owner may attest it.',
  },
  'no-twin': {
    says: 'There is no staging database that serves {target}: nothing has shown that it works.',
    cure: 'Declare a twin of the same engine and Region, restore a throwaway one from a snapshot, or go on with a typed reason.',
  },
  'twin-differs': {
    says: 'The twin {twin} is {found}, and this database is {expected}: it proves little about this one.',
    cure: 'Choose a twin of the same engine family in the same Region.',
  },
  'no-wire': {
    says: 'The runbook does not speak the wire protocol of {engine}.',
    cure: 'Have each application’s owner attest it.',
  },
  'no-check': {
    says: '{application} has no check of its own; its trust store (04) stands for it.',
    cure: 'Declare a check when you can.',
  },
  'saw-handshake': { says: '{host} ({of}): {protocol} {cipher}, chain ends at {root}, leaf until {leaf}.', cure: '' },
  'saw-controls': {
    says: 'Negative controls: without the served root {withoutServedRoot}, under a wrong name {wrongName}.',
    cure: '',
  },
  'saw-check': { says: 'Check of {application}: {ended} {output}', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** The application checks that are worth running for a database: those that verify and have one. */
export function checksOf(world: World, applications: readonly ApplicationOnRecord[]) {
  return applications.flatMap((one) => {
    const check = verifies(one.verification) ? world.applications.get(one.name)?.check : undefined
    return check ? [{ application: one.name, check }] : []
  })
}

/** Runs every check against one endpoint, one after another: they share the machine with the operator. */
export async function runChecks(
  world: World,
  applications: readonly ApplicationOnRecord[],
  target: Endpoint,
  bundleFile: string,
  signal: AbortSignal,
): Promise<StagingFacts['detail']['checks']> {
  const results: StagingFacts['detail']['checks'] = {}
  for (const { application, check } of checksOf(world, applications)) {
    const { passed, ended, output, ms } = await world.checks.run({ check, ...target, bundleFile, signal })
    results[application] = { passed, ended, output, ms }
  }
  return results
}

export const passedOf = (checks: StagingFacts['detail']['checks']): Record<string, boolean> =>
  Object.fromEntries(Object.entries(checks).map(([application, { passed }]) => [application, passed]))

/** A wire proof as it is saved: the same, with the certificates' members that no step uses left out. */
export const savedProof = (seen: WireProof): StagingFacts['detail']['proof'] => {
  const { root, served, ...rest } = seen
  const brief = ({ isCa: _ca, names: _names, ...certificate }: WireProof['served'][number]) => certificate
  return { ...rest, served: served.map((one) => brief(one)), ...(root && { root: brief(root) }) }
}

/** What a wire proof lacks of "strictly verified, by a proof that can fail". */
export function wireShortfalls(
  host: string,
  seen: StagingFacts['detail']['proof'],
  allows: Shortfall['allows'],
): Shortfall[] {
  const shortfalls: Shortfall[] = []
  for (const check of ['chain', 'dates', 'name'] as const) {
    const result = seen[check]
    if (!result.passed)
      shortfalls.push(short('not-verified', allows, { host, check: result.code, detail: result.detail }))
  }
  if (!seen.strict && shortfalls.length === 0)
    shortfalls.push(
      short('not-verified', allows, { host, check: 'strict', detail: 'not every client’s rules accept it' }),
    )
  for (const control of ['withoutServedRoot', 'wrongName'] as const)
    if (seen.controls[control] === 'passed') shortfalls.push(short('control-passed', allows, { host, control }))
  return shortfalls
}

const wireFamily = (family: Family, engine: string) => {
  if (family === 'other') throw new CannotLook(reason('no-wire', { engine }))
  return family
}

export const staging = step({
  id: 'staging',
  version: 1,
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
  maxAge: 24 * 60 * 60_000,
  cannotLook: 'waiver',
  text,
  parse: reader(facts),

  async look(world, _about, { identify, bundle, twin: twinsVerify }, { applications }, signal) {
    const target = twinsVerify?.basis.endpoint ?? identify.basis.endpoint
    if (!target) throw new CannotLook(reason('no-wire', { engine: identify.basis.engine }))
    const engine = wireFamily(twinsVerify?.basis.family ?? identify.basis.family, identify.basis.engine)
    const proven = await provenBundle(world, bundle)
    const roots = proven.certificates.map((one) => one.pem)
    const seen = savedProof(await world.wire.verify({ engine, ...target, roots, signal }))
    const checks = await runChecks(world, applications, target, proven.file, signal)
    return {
      basis: {
        of: twinsVerify ? 'twin' : 'own',
        endpoint: { host: target.host, port: target.port },
        ...(seen.root && { root: seen.root.sha1 }),
        strict: seen.strict,
        controls: seen.controls,
        checks: passedOf(checks),
      },
      detail: { proof: seen, checks },
    }
  },

  tells({ basis, detail: { proof: seen, checks } }) {
    const { protocol, cipher, root, served } = seen
    return [
      reason('saw-handshake', {
        host: basis.endpoint.host,
        of: basis.of === 'twin' ? 'the twin' : 'its own endpoint',
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

  judge({ basis, detail }, { identify, twin: twinsVerify }, { environment, target, twin: decidedTwin, applications }) {
    const { host } = basis.endpoint
    const shortfalls = wireShortfalls(host, detail.proof, 'proof')
    const notes: Reason[] = []
    if (environment === 'production' && basis.of === 'own')
      shortfalls.push(short('no-twin', 'waiver', { target: target.ca }))
    if (basis.of === 'twin') {
      const wanted = targetThumbprint(identify, target)
      const served = detail.proof.served.at(-1)?.issuer ?? 'nothing'
      if (!basis.root || basis.root !== wanted)
        shortfalls.push(short('not-on-target', 'proof', { host, target: target.ca, served }))
      const found = twinsVerify?.basis.family
      if (found && found !== identify.basis.family && decidedTwin !== 'none')
        shortfalls.push(
          short('twin-differs', 'proof', { twin: decidedTwin.name, found, expected: identify.basis.family }),
        )
    }
    for (const { name: application, verification } of applications) {
      const passed = basis.checks[application]
      if (passed === false) {
        const ended = detail.checks[application]?.ended ?? 'unknown'
        shortfalls.push(short('check-failed', 'attestation', { application, host, ended }))
      }
      if (passed === undefined && verifies(verification)) notes.push(reason('no-check', { application }))
    }
    return verdictOf(shortfalls, notes)
  },
})
