/**
 * 04 Trust stores: does every application trust the new root, and the old one, by what it really uses?
 *
 * Looks at: each declared application's own trust stores, certificate by certificate; and what its people answered who ran the probe
 * where it lives.
 * Proven when: an application that verifies holds the target root and the root that is served now, by SHA-1. A store that holds an
 * intermediate or leaf in place of a root is refused: it breaks at the next automatic renewal of the leaf. One that does not verify is
 * proven as such, with a note. Behind RDS Proxy an application never meets the database's certificate; behind a pooler it is the pooler
 * that does, with the pooler's store. "There are no applications" is a decision that somebody types, never what silence means.
 * When it does not hold: put the bundle into that store and restart what caches it. A store that cannot be read from here may be
 * attested by a named person, with a ticket and an end date.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import { ROUTES, VERIFICATIONS, type ApplicationOnRecord } from '../src/rules/decisions.ts'
import { targetThumbprint, type IdentifyFacts } from './01-identify.ts'
import { answerHoldsUntil, storesAnswered } from './answers.ts'
import { step } from './facts.ts'
import { answered, reader, z } from './shapes.ts'
import { instant, reasonsOf } from './text.ts'

const store = z.object({
  location: z.string(),
  /** SHA-1 of the self-signed CA certificates in it, sorted. */
  roots: z.array(z.string()),
  /** Subjects of what is no root: intermediates and leaves. */
  others: z.array(z.string()),
  findings: z.array(z.string()),
})

const facts = z.object({
  basis: z.object({
    verification: z.enum(VERIFICATIONS),
    /** Absent: direct. */
    route: z.optional(z.enum(ROUTES)),
    stores: z.array(store),
    /** How the handshakes ended that its people made: 05 looks again when another answer comes. */
    handshakes: z.optional(z.array(z.string())),
  }),
  detail: z.object({
    at: z.number(),
    owner: z.optional(z.string()),
    findings: z.array(z.string()),
    /** Which of the stores its people answered about, by their location. The others were looked at from here. */
    answered: z.optional(z.record(z.string(), answered)),
  }),
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
    cure: 'Declare its trustStores in the configuration, ask its people to run the probe (ask {application}), or have its owner attest it.',
  },
  'answered-without-target-root': {
    says: '{application} does not trust the root of {target}: the probe did not find it in {store}. It would lose its connections.',
    cure: 'Have the bundle of 03 put into that store, what caches it restarted, and the probe run there again.',
  },
  'answered-without-served-root': {
    says: '{application} does not trust the root that is served now ({ca}): the probe did not find it in {store}.',
    cure: 'Have the old root kept beside the new one until the change is done, and the probe run there again.',
  },
  'answer-too-old': {
    says: 'What the people of {application} answered about {store} is more than 14 days old.',
    cure: 'Ask them again: ask {application}.',
  },
  'not-declared': {
    says: '{application} is on this database’s list and is not declared any more.',
    cure: 'Declare it in the configuration, or take it off the list.',
  },
  'intermediates-beside-roots': {
    says: '{store} of {application} holds {others} beside its roots. They are not needed and mislead.',
    cure: 'Take them out when you can.',
  },
  'store-finding': { says: '{application}: {finding}.', cure: '' },
  'does-not-verify': {
    says: '{application} does not verify certificates: this change cannot break it, and nothing protects it.',
    cure: '',
  },
  'chain-only': {
    says: '{application} checks the chain and not the host name (verify-ca): its trust store is its whole proof.',
    cure: '',
  },
  'behind-rds-proxy': {
    says: '{application} comes through RDS Proxy, which shows a certificate of Amazon’s public CAs and itself verifies the database: it needs no root of RDS, but the Amazon roots.',
    cure: '',
  },
  'pooler-verifies': {
    says: '{application} comes through a pooler: what is declared and looked at is how the pooler connects, with the pooler’s own store.',
    cure: 'Nothing to do, as long as its trustStores and verification are the pooler’s.',
  },
  'cname-not-named': {
    says: '{application} is declared verify-full and connects as {host}, which no certificate of RDS names: verify-full fails under that name by nature.',
    cure: 'Let it connect by the endpoint’s own name (psql and libpq: host=ENDPOINT, and hostaddr where the route needs it), or declare what it really does: verify-ca, if it connects all the same.',
  },
  'no-applications': { says: 'It is decided that no application connects to this database.', cure: '' },
  'saw-store': { says: '{store}: {roots} roots.', cure: '' },
  'saw-answer': {
    says: '{store}: {roots} of the roots asked about; the probe ran there as {user} at {at}, its line was taken in by {by}.',
    cure: '',
  },
} as const
const { reason, short } = reasonsOf(text)

/** What a store lacks is said otherwise of one that only its people can look at again. */
const LOOKED_AT = { target: 'target-root-missing', served: 'served-root-missing' } as const
const ANSWERED = { target: 'answered-without-target-root', served: 'answered-without-served-root' } as const

type Store = TrustStoreFacts['basis']['stores'][number]

/** The root served now, while it still matters: not when AWS lists it no more, or it has expired. */
const servedThumbprint = ({ basis, detail }: IdentifyFacts, now: number): string | undefined =>
  basis.thumbprint && (detail.caValidTill ?? Infinity) > now ? basis.thumbprint : undefined

/** A client that verifies the name, under a name that the certificate does not have. */
function shortByName(
  { verification, route }: TrustStoreFacts['basis'],
  applications: readonly ApplicationOnRecord[],
  application: string,
): Shortfall[] {
  const host = applications.find(({ name }) => name === application)?.host
  if (route !== 'cname' || verification !== 'verify-full' || host === undefined) return []
  return [short('cname-not-named', 'attestation', { application, host })]
}

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
    const { verification, route } = application
    const meetsCertificate = verifies(verification) && route !== 'rds-proxy'
    const reads = meetsCertificate ? application.trustStores : []
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
    const replies = meetsCertificate ? await storesAnswered(world, about.subject.world, about.name) : []
    stores.push(...replies.map(({ location, roots }) => ({ location, roots: [...roots], others: [], findings: [] })))
    const handshakes = replies.flatMap((one) => one.handshakes)
    const answers = Object.fromEntries(replies.map((one) => [one.location, one.answered]))
    return {
      basis: {
        verification,
        ...(route !== 'direct' && { route }),
        stores,
        ...(handshakes.length > 0 && { handshakes }),
      },
      detail: {
        at: world.now(),
        ...(application.owner && { owner: application.owner.name }),
        findings,
        ...(replies.length > 0 && { answered: answers }),
      },
    }
  },

  tells: ({ basis, detail }) =>
    basis.stores.map(({ location: store, roots: { length: roots } }) => {
      const answer = detail.answered?.[store]
      return answer
        ? reason('saw-answer', { store, roots, user: answer.user, at: instant(answer.at), by: answer.takenBy })
        : reason('saw-store', { store, roots })
    }),

  judge({ basis, detail }, { identify }, { target, applications }, now, { name: application }) {
    if (basis.route === 'rds-proxy') return verdictOf([], [reason('behind-rds-proxy', { application })])
    if (!verifies(basis.verification)) return verdictOf([], [reason('does-not-verify', { application })])
    if (basis.stores.length === 0) return verdictOf([short('no-store-declared', 'attestation', { application })])
    const shortfalls = shortByName(basis, applications, application)
    const notes: Reason[] = [
      ...(basis.route === 'pooler' ? [reason('pooler-verifies', { application })] : []),
      ...(basis.verification === 'verify-ca' ? [reason('chain-only', { application })] : []),
      ...detail.findings.map((finding) => reason('store-finding', { application, finding })),
    ]
    const wanted = targetThumbprint(identify, target)
    const served = servedThumbprint(identify, now)
    // Each store must do: which of several an application loads is not ours to guess.
    for (const { location: store, roots, others } of basis.stores) {
      const answer = detail.answered?.[store]
      const codes = answer ? ANSWERED : LOOKED_AT
      if (answer && now > answerHoldsUntil(answer)) {
        shortfalls.push(short('answer-too-old', 'attestation', { application, store }))
        continue
      }
      if (roots.length === 0 && others.length > 0) {
        shortfalls.push(short('only-intermediates', 'proof', { application, store, others }))
        continue
      }
      if (wanted && !roots.includes(wanted))
        shortfalls.push(short(codes.target, 'proof', { application, store, target: target.ca }))
      if (served && !roots.includes(served))
        shortfalls.push(short(codes.served, 'proof', { application, store, ca: identify.basis.ca }))
      if (others.length > 0) notes.push(reason('intermediates-beside-roots', { application, store, others }))
    }
    return verdictOf(shortfalls, notes, Math.min(...Object.values(detail.answered ?? {}).map(answerHoldsUntil)))
  },

  /** Others rest on whether these two roots are trusted, not on every other certificate in the store. */
  bears: ({ basis }, { identify }, { target }) => ({
    verification: basis.verification,
    ...(basis.route && { route: basis.route }),
    handshakes: basis.handshakes,
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
