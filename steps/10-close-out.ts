/**
 * 10 Close out: what is left?
 *
 * Looks at: who of the clients of 02 has connected anew since the new certificate was served; what would rotate the database back
 * (infrastructure code); and which CA new databases get.
 * Proven when: every TLS client of the census has come back, or its absence is acknowledged by name. A session that began before the
 * change is no proof: it never met the new certificate. Where the change was not ours, it is compared all the same, when the certificate is
 * another than the one that the census met.
 * When it does not hold: wait for the batch jobs, ask the owner, or acknowledge the client by name with a typed reason.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf, type About } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import { mayUseTls, type CensusSample } from '../src/rules/census.ts'
import type { ClientName } from '../src/rules/clients.ts'
import { changeBy, compare, seenBefore, type Whose } from '../src/rules/returned.ts'
import { sightingsOf, startedOf, withSample, type Tally } from '../src/rules/tally.ts'
import type { SqlSession } from '../src/ports/sql.ts'
import type { World } from '../src/ports/world.ts'
import type { IdentifyFacts } from './01-identify.ts'
import { logIn, type CensusFacts } from './02-census.ts'
import type { VerifyFacts } from './09-verify.ts'
import { carrierText, endpointNow } from './carrier.ts'
import { step } from './facts.ts'
import type { Receipt } from './receipt.ts'
import { reader, z, type Endpoint } from './shapes.ts'
import { reasonsOf } from './text.ts'

const named = z.object({ user: z.string(), application: z.string() })

const facts = z.object({
  basis: z.object({
    /** Clients of the census that have not connected anew. Absent: nobody could look, or there was no census. */
    missing: z.optional(z.array(named)),
    defaultCa: z.optional(z.string()),
    code: z.array(z.string()),
  }),
  detail: z.object({
    at: z.number(),
    /** Sessions that began before this instant do not count. */
    since: z.optional(z.number()),
    back: z.array(named),
    /** They used TLS before and are back without it; they use TLS and were not in the census. */
    withoutTls: z.optional(z.array(named)),
    fresh: z.optional(z.array(named)),
    cannotTell: z.optional(z.string()),
  }),
})
export type CloseOutFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  'client-missing': {
    says: '{user} ("{application}") used TLS before the change and has not connected anew since.',
    cure: 'Wait for it and look again (or watch: rds-ca-runbook census {database} --since-rotation), ask its owner, or acknowledge it by name.',
  },
  'back-without-tls': {
    says: '{user} ("{application}") used TLS before the change and is back without it.',
    cure: 'Somebody may have switched TLS off to get it going: ask its owner, and mend its trust store.',
  },
  'client-new': {
    says: '{user} ("{application}") uses TLS now and was not in the census.',
    cure: 'Find out whose it is before the next rotation.',
  },
  'clients-not-compared': {
    says: 'Who has come back could not be compared ({why}).',
    cure: 'Watch the error rates of the applications.',
  },
  'default-ca-differs': {
    says: 'New databases of this account and Region still get {ca}.',
    cure: 'To change it: rds-ca-runbook default-ca --to {target} --execute.',
  },
  'managed-by-code': {
    says: 'Infrastructure code manages this database ({by}): code that pins the old CA rotates it back.',
    cure: 'Set the CA to {target} there (or remove the pin) before the next apply.',
  },
  'saw-clients': { says: 'Back since the new certificate: {back} of {all} TLS clients of the census.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** Tags that tell which infrastructure code a database belongs to. */
const codeOf = (tags: Readonly<Record<string, string>>): string[] =>
  Object.entries(tags).flatMap(([key, value]) => {
    if (key === 'aws:cloudformation:stack-name') return [`CloudFormation stack ${value}`]
    if (/^(terraform|managed[-_]?by|pulumi|iac)/i.test(key)) return [`${key} = ${value}`]
    return []
  })

/** Who is there now, and who was seen by those who watched. */
const seenAfter = (session: SqlSession, sample: CensusSample, tally: Tally | undefined) => {
  if (!tally) return sightingsOf(sample)
  const leaf = { sha256: session.tls.leaf, ends: session.tls.leafEnds }
  return withSample(tally, { sample, server: tally.server, leaf }).sightings
}

type Back = Pick<CloseOutFacts['detail'], 'back' | 'cannotTell' | 'since' | 'withoutTls' | 'fresh'> & {
  missing?: CloseOutFacts['basis']['missing']
}

interface Comparison {
  readonly about: About
  readonly endpoint: Endpoint | undefined
  readonly identify: IdentifyFacts
  readonly census: CensusFacts | undefined
  readonly modify: Receipt | undefined
  readonly verify: VerifyFacts | undefined
  readonly whose: Whose
}

/** Who of the census has connected anew since the new certificate is served. Throws what a log-in throws. */
async function whoCameBack(
  world: World,
  { about, endpoint, identify, census, modify, verify, whose }: Comparison,
  signal: AbortSignal,
): Promise<Back> {
  if (!census || !verify) return { back: [], cannotTell: census ? 'the wire was not seen' : 'no census' }
  const { engine, family } = identify.basis
  if (!endpoint) return { back: [], cannotTell: 'no endpoint' }
  const session = await logIn(world, engine, family, endpoint, signal)
  try {
    const sample = await session.census()
    const tally = await world.sightings.of(about.subject)
    const ends = verify.detail.proof?.served[0]?.notAfter
    const change = changeBy({
      sentAt: modify?.detail.at,
      census: { at: census.detail.at, leaf: census.detail.leaf },
      served: { leaf: verify.basis.leaf, ends, since: verify.detail.servedSince },
      started: startedOf(sample),
      tally,
    })
    if (!change) return { back: [], cannotTell: 'the certificate is the one that the census met' }
    const before = [
      ...census.detail.clients.filter((one) => mayUseTls(one)),
      ...(tally ? seenBefore(tally, change.since) : []),
    ]
    const { back, missing, withoutTls, fresh } = compare(before, seenAfter(session, sample, tally), change, whose)
    return {
      since: change.since,
      back: names(back),
      missing: names([...missing, ...withoutTls]),
      withoutTls: names(withoutTls),
      fresh: names(fresh),
    }
  } finally {
    await session.close()
  }
}

const names = (clients: readonly ClientName[]) => clients.map(({ user, application }) => ({ user, application }))

export const closeOut = step({
  id: 'close-out',
  version: 1,
  number: '10',
  on: 'database',
  title: 'Close out',
  why: 'A rotation that infrastructure code undoes next week, or that a monthly batch job has not met yet, is not finished. What is left is named here, so that somebody owns it.',
  source:
    'API: DescribeCertificates (DefaultCertificateForNewLaunches); Amazon RDS User Guide: Rotating your SSL/TLS certificate',
  needs: {
    identify: own('identify'),
    census: ownIfLooked('census'),
    modify: ownIfLooked('modify'),
    verify: ownIfLooked('verify'),
  },
  asks: ['target', 'applications', 'clients'],
  maxAge: 'never',
  cannotLook: 'waiver',
  text,
  parse: reader(facts),

  async look(world, about, given, { applications, clients: accounted }, signal) {
    const cas = await world.control.cas(signal)
    const defaultCa = cas.find((ca) => ca.isDefault)?.id
    const endpoint = await endpointNow(world, about, given.identify.basis.endpoint, signal)
    const whose = { applications, accounted }
    const compared = whoCameBack(world, { ...given, about, endpoint, whose }, signal)
    const { missing, ...rest } = await compared.catch((error: unknown): Back => {
      // Nobody could look: that is said, not taken for "everybody is back".
      if (error instanceof CannotLook) return { back: [], cannotTell: error.reason.code }
      throw error
    })
    return {
      basis: { ...(missing && { missing }), ...(defaultCa && { defaultCa }), code: codeOf(given.identify.detail.tags) },
      detail: { at: world.now(), ...rest },
    }
  },

  tells: ({ basis, detail }) =>
    basis.missing
      ? [reason('saw-clients', { back: detail.back.length, all: detail.back.length + basis.missing.length })]
      : [],

  judge({ basis, detail }, _given, { target, clients }, _now, { name: database }) {
    const acknowledged = (user: string, application: string) =>
      clients.some((one) => one.user === user && one.application === application && one.as === 'not-ours')
    const isWithout = (user: string, application: string) =>
      detail.withoutTls?.some((one) => one.user === user && one.application === application) === true
    const shortfalls: Shortfall[] = (basis.missing ?? [])
      .filter((one) => !acknowledged(one.user, one.application))
      .map(({ user, application }) =>
        short(isWithout(user, application) ? 'back-without-tls' : 'client-missing', 'waiver', {
          user,
          application,
          database,
        }),
      )
    const notes: Reason[] = (detail.fresh ?? []).map(({ user, application }) =>
      reason('client-new', { user, application }),
    )
    if (detail.cannotTell) notes.push(reason('clients-not-compared', { why: detail.cannotTell }))
    if (basis.defaultCa && basis.defaultCa !== target.ca)
      notes.push(reason('default-ca-differs', { ca: basis.defaultCa, target: target.ca }))
    for (const by of basis.code) notes.push(reason('managed-by-code', { by, target: target.ca }))
    return verdictOf(shortfalls, notes)
  },
})
