/**
 * 04 Trust stores: does every application trust the new root, and the old one, by what it really uses?
 *
 * Looks at: each declared application's own trust stores, certificate by certificate.
 * Proven when: an application that verifies holds the target root and the root that is served now, by SHA-1. A store that holds an
 * intermediate or leaf in place of a root is refused: it breaks at the next automatic renewal of the leaf. One that does not verify is
 * proven as such, with a note. "There are no applications" is a decision that somebody types, never what silence means.
 * When it does not hold: put the bundle into that store and restart what caches it. A store that cannot be read from here may be
 * attested by a named person, with a ticket and an end date.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import { VERIFICATIONS } from '../src/rules/decisions.ts'
import { targetThumbprint, type IdentifyFacts } from './01-identify.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { reasonsOf } from './text.ts'

const store = z.object({
  location: z.string(),
  /** SHA-1 of the self-signed CA certificates in it, sorted. */
  roots: z.array(z.string()),
  /** Subjects of what is no root: intermediates and leaves. */
  others: z.array(z.string()),
  findings: z.array(z.string()),
})

const facts = z.object({
  basis: z.object({ verification: z.enum(VERIFICATIONS), stores: z.array(store) }),
  detail: z.object({ at: z.number(), owner: z.optional(z.string()), findings: z.array(z.string()) }),
})
export type TrustStoreFacts = z.infer<typeof facts>

const text = {
  'target-root-missing': {
    says: '{application} does not trust the root of {target}: it is not in {store}. It would lose its connections.',
    cure: 'Put the bundle of 03 into that store (it holds the old root and the new one), restart what caches it, and look again.',
  },
  'served-root-missing': {
    says: '{application} does not trust the root that is served now ({ca}): it is not in {store}.',
    cure: 'Keep the old root beside the new one until the change is done.',
  },
  'only-intermediates': {
    says: '{store} of {application} holds no root, only {others}: it breaks at the next automatic renewal of the server’s certificate.',
    cure: 'Put the roots of the bundle of 03 in place of the intermediates.',
  },
  'no-store-declared': {
    says: '{application} verifies, and nobody has declared with which trust store.',
    cure: 'Declare its trustStores in the configuration, or have its owner attest it.',
  },
  'not-declared': {
    says: '{application} is on this database’s list and is not declared any more.',
    cure: 'Declare it in the configuration, or take it off the list.',
  },
  'intermediates-beside-roots': {
    says: '{store} of {application} holds {others} beside its roots. They are not needed and mislead.',
    cure: 'Take them out when you can.',
  },
  'does-not-verify': {
    says: '{application} does not verify certificates: this change cannot break it, and nothing protects it.',
    cure: 'Nothing to do for this rotation.',
  },
  'chain-only': {
    says: '{application} checks the chain and not the host name (verify-ca).',
    cure: 'Nothing to do for this rotation.',
  },
  'no-applications': { says: 'It is decided that no application connects to this database.', cure: 'Nothing to do.' },
  'saw-store': { says: '{store}: {roots} roots.', cure: '' },
  'saw-finding': { says: '{finding}', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

type Store = TrustStoreFacts['basis']['stores'][number]

/** The root served now, while it still matters: not when AWS lists it no more, or it has expired. */
const servedThumbprint = ({ basis, detail }: IdentifyFacts, now: number): string | undefined =>
  basis.thumbprint && (detail.caValidTill ?? Infinity) > now ? basis.thumbprint : undefined

export const trustStores = step({
  id: 'trust-stores',
  version: 1,
  number: '04',
  on: 'application',
  title: 'Check every trust store',
  why: 'A bundle on the operator’s machine proves nothing about the application’s container. What counts is the store that each application really loads.',
  source:
    'Amazon RDS User Guide: Rotating your SSL/TLS certificate, step 2; Updating applications to connect using new SSL/TLS certificates',
  needs: { identify: own('identify'), census: ownIfLooked('census'), bundle: own('bundle') },
  asks: ['target', 'applications'],
  maxAge: 24 * 60 * 60_000,
  cannotLook: 'attestation',
  text,
  parse: reader(facts),

  async look(world, about, _given, _decided, signal) {
    const application = world.applications.get(about.name)
    if (!application) throw new CannotLook(reason('not-declared', { application: about.name }))
    const stores: Store[] = []
    const findings: string[] = []
    const reads = verifies(application.verification) ? application.trustStores : []
    for (const location of reads) {
      const read = await world.trustStores.read(location, signal)
      const roots = read.certificates.filter((one) => one.selfSigned && one.isCa)
      stores.push({
        location: read.location,
        roots: [...new Set(roots.map((one) => one.sha1))].sort(),
        others: read.certificates
          .filter((one) => !one.selfSigned)
          .map((one) => one.subject)
          .sort(),
        findings: read.findings.map((one) => one.code).sort(),
      })
      findings.push(...read.findings.map((one) => `${read.location}: ${one.detail}`))
    }
    return {
      basis: { verification: application.verification, stores },
      detail: { at: world.now(), ...(application.owner && { owner: application.owner.name }), findings },
    }
  },

  tells: ({ basis, detail }) => [
    ...basis.stores.map(({ location: store, roots }) => reason('saw-store', { store, roots: roots.length })),
    ...detail.findings.map((finding) => reason('saw-finding', { finding })),
  ],

  judge({ basis }, { identify }, { target }, now, { name: application }) {
    if (!verifies(basis.verification)) return verdictOf([], [reason('does-not-verify', { application })])
    if (basis.stores.length === 0) return verdictOf([short('no-store-declared', 'attestation', { application })])
    const shortfalls: Shortfall[] = []
    const notes: Reason[] = basis.verification === 'verify-ca' ? [reason('chain-only', { application })] : []
    const wanted = targetThumbprint(identify, target)
    const served = servedThumbprint(identify, now)
    // Each store must do: which of several an application loads is not ours to guess.
    for (const { location: store, roots, others } of basis.stores) {
      if (roots.length === 0 && others.length > 0) {
        shortfalls.push(short('only-intermediates', 'proof', { application, store, others }))
        continue
      }
      if (wanted && !roots.includes(wanted))
        shortfalls.push(short('target-root-missing', 'proof', { application, store, target: target.ca }))
      if (served && !roots.includes(served))
        shortfalls.push(short('served-root-missing', 'proof', { application, store, ca: identify.basis.ca }))
      if (others.length > 0) notes.push(reason('intermediates-beside-roots', { application, store, others }))
    }
    return verdictOf(shortfalls, notes)
  },

  /** Others rest on whether these two roots are trusted, not on every other certificate in the store. */
  bears: ({ basis }, { identify }, { target }) => ({
    verification: basis.verification,
    stores: basis.stores.map(({ location, roots }) => ({
      location,
      target: roots.includes(targetThumbprint(identify, target) ?? ''),
      served: roots.includes(identify.basis.thumbprint ?? ''),
    })),
  }),
})

/** Whether an application looks at the certificate at all. */
export const verifies = (verification: TrustStoreFacts['basis']['verification']): boolean =>
  verification === 'verify-full' || verification === 'verify-ca'
