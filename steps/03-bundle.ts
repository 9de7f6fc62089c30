/**
 * 03 Bundle: is the Region's trust bundle here, whole, and does it hold the roots that matter?
 *
 * Looks at: the bundle that AWS publishes for the Region, over verified HTTPS.
 * Proven when: it parses to the last certificate, nothing fatal is found in it, it holds the root of the target CA (the SHA-1 of a root
 * is what the API calls its Thumbprint, so this join is exact), and the root that is served now as well — unless that has expired
 * or left AWS's list — because clients must work before the change and after it.
 * When it does not hold: download again; a bundle that AWS publishes without the target root is an incident to raise with AWS.
 */
import type { Bundle } from '../src/ports/bundles.ts'
import type { World } from '../src/ports/world.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, verdictOf } from '../src/rules/step.ts'
import { targetThumbprint } from './01-identify.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { instant, reasonsOf } from './text.ts'

const finding = z.object({ code: z.string(), fatal: z.boolean(), detail: z.string() })

const facts = z.object({
  basis: z.object({
    region: z.string(),
    /** SHA-1 of this Region's roots, sorted: AWS opening another Region outdates nothing. */
    roots: z.array(z.string()),
    fatal: z.array(z.string()),
  }),
  detail: z.object({
    source: z.string(),
    file: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    certificates: z.number(),
    fetchedAt: z.number(),
    findings: z.array(finding),
  }),
})
export type BundleFacts = z.infer<typeof facts>

const text = {
  'target-root-missing': {
    says: 'The bundle does not hold the root of {target} ({thumbprint}).',
    cure: 'Download it again. If AWS still publishes it so, do not rotate: raise it with AWS.',
  },
  'served-root-missing': {
    says: 'The bundle does not hold the root that is served now ({ca}, {thumbprint}): clients with this bundle alone would fail before the change.',
    cure: 'Download it again, or let clients keep their old roots beside it.',
  },
  unsound: { says: 'The bundle is unsound: {finding}.', cure: 'Download it again; check the proxy in between.' },
  'bundle-file-gone': {
    says: 'The bundle that was proven is not on this disk any more ({sha256}).',
    cure: 'Download it again: look at 03.',
  },
  'saw-bundle': {
    says: '{certificates} certificates, {roots} roots of {region}, from {source} ({fetched}).',
    cure: '',
  },
  'saw-file': { says: '{file} (SHA-256 {sha256}).', cure: '' },
  'saw-finding': { says: '{finding}', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** The bundle that 03 proved, from this machine's disk. Throws CannotLook when it is gone or another: the proof is not about that one. */
export async function provenBundle(world: World, bundle: BundleFacts): Promise<Bundle> {
  const { sha256 } = bundle.detail
  const saved = await world.bundles.saved(bundle.basis.region, sha256)
  if (!saved) throw new CannotLook(reason('bundle-file-gone', { sha256 }))
  return saved
}

export const bundle = step({
  id: 'bundle',
  version: 1,
  number: '03',
  on: 'bundle',
  title: 'Download the trust bundle',
  why: 'Clients must trust the new root before the server shows it. The bundle holds old and new roots together, which is what makes a rotation without an outage possible at all.',
  source: 'Amazon RDS User Guide: Rotating your SSL/TLS certificate, step 1; Certificate bundles by AWS Region',
  needs: { identify: own('identify') },
  asks: ['target'],
  maxAge: 7 * 24 * 60 * 60_000,
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  async look(world, about, _given, _decided, signal) {
    const region = about.subject.region ?? world.control.region
    const fetched = await world.bundles.fetch(region, signal)
    // The 2019 generation had one root for all Regions, whose subject names none.
    const concerns = fetched.certificates.filter((one) => one.selfSigned && (one.region === region || !one.region))
    const roots = concerns.map((one) => one.sha1)
    return {
      basis: {
        region,
        roots: roots.sort(),
        fatal: fetched.findings
          .filter((one) => one.fatal)
          .map((one) => one.code)
          .sort(),
      },
      detail: {
        source: fetched.source,
        file: fetched.file,
        sha256: fetched.sha256,
        bytes: fetched.bytes,
        certificates: fetched.certificates.length,
        fetchedAt: fetched.fetchedAt,
        findings: fetched.findings.map(({ code, fatal, detail }) => ({ code, fatal, detail })),
      },
    }
  },

  tells({ basis, detail }) {
    const { certificates, source, file, sha256 } = detail
    return [
      reason('saw-bundle', {
        certificates,
        roots: basis.roots.length,
        region: basis.region,
        source,
        fetched: instant(detail.fetchedAt),
      }),
      reason('saw-file', { file, sha256 }),
      ...detail.findings.map((one) => reason('saw-finding', { finding: one.detail })),
    ]
  },

  judge({ basis }, { identify }, { target }, now) {
    const shortfalls: Shortfall[] = basis.fatal.map((finding) => short('unsound', 'proof', { finding }))
    const wanted = targetThumbprint(identify, target)
    if (wanted && !basis.roots.includes(wanted))
      shortfalls.push(short('target-root-missing', 'proof', { target: target.ca, thumbprint: wanted }))
    const { ca, thumbprint } = identify.basis
    const served = thumbprint && (identify.detail.caValidTill ?? Infinity) > now ? thumbprint : undefined
    if (served && !basis.roots.includes(served))
      shortfalls.push(short('served-root-missing', 'proof', { ca, thumbprint: served }))
    return verdictOf(shortfalls)
  },
})
