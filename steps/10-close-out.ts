/**
 * 10 Close out: what is left?
 *
 * Looks at: who of the clients of 02 has connected anew since the new certificate was served; what would rotate the database back
 * (infrastructure code); and which CA new databases get.
 * Proven when: every TLS client of the census has come back, or its absence is acknowledged by name. A session that began before the
 * change is no proof: it never met the new certificate.
 * When it does not hold: wait for the batch jobs, ask the owner, or acknowledge the client by name with a typed reason.
 */
import type { Shortfall } from '../src/rules/evidence.ts'
import { CannotLook, own, ownIfLooked, verdictOf } from '../src/rules/step.ts'
import type { Reason } from '../src/rules/words.ts'
import type { ApplicationOnRecord } from '../src/rules/decisions.ts'
import { applicationOf, logIn, type ClientName } from './02-census.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
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
    cannotTell: z.optional(z.string()),
  }),
})
export type CloseOutFacts = z.infer<typeof facts>

const text = {
  'client-missing': {
    says: '{user} ("{application}") used TLS before the change and has not connected since.',
    cure: 'Wait for it and look again, ask its owner, or acknowledge it by name.',
  },
  'clients-not-compared': {
    says: 'Who has come back could not be compared ({why}).',
    cure: 'Watch the error rates of the applications.',
  },
  'default-ca-differs': {
    says: 'New databases of this account and Region still get {ca}.',
    cure: 'aws rds modify-certificates --certificate-identifier {target}',
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

/**
 * The TLS clients of a census, each once. A declared application is known by its user: the name that a session gives itself is its
 * own affair, and pools, checks and migrations of one application give different ones or none.
 */
function clientsOf(
  seen: readonly (ClientName & { readonly transport: string })[],
  applications: readonly ApplicationOnRecord[],
): ClientName[] {
  const clients = new Map<string, ClientName>()
  for (const one of seen) {
    if (one.transport !== 'tls') continue
    const { user } = one
    const application = applicationOf(one, applications)?.name ?? one.application
    clients.set(`${user}\0${application}`, { user, application })
  }
  return [...clients.values()]
}

type Back = Pick<CloseOutFacts['detail'], 'back' | 'cannotTell' | 'since'> & {
  missing?: CloseOutFacts['basis']['missing']
}

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

  async look(world, _about, { identify, census, modify, verify }, { applications }, signal) {
    const cas = await world.control.cas(signal)
    const defaultCa = cas.find((ca) => ca.isDefault)?.id

    const compare = async (): Promise<Back> => {
      // Before our change there is nothing to compare with: where 07 was not ours, nobody's sessions were cut or renewed by us.
      if (!census || !modify || !verify)
        return { back: [], cannotTell: census ? 'no change was made by this runbook' : 'no census' }
      const before = clientsOf(census.basis.clients, applications)
      const { engine, family, endpoint } = identify.basis
      if (!endpoint) return { back: [], cannotTell: 'no endpoint' }
      const session = await logIn(world, engine, family, endpoint, signal)
      try {
        const sample = await session.census()
        const restarted =
          sample.serverStarted !== undefined && sample.serverStarted > modify.detail.at
            ? sample.serverStarted
            : undefined
        const since = restarted ?? verify.detail.servedSince
        // A restart ends every session, so whoever is there has come anew; without one, only the session's own beginning tells.
        const anew = sample.clients.filter((one) => restarted !== undefined || (one.newest ?? 0) >= since)
        const back = clientsOf(anew, applications)
        const isBack = ({ user, application }: ClientName) =>
          back.some((one) => one.user === user && one.application === application)
        return { since, back: before.filter((one) => isBack(one)), missing: before.filter((one) => !isBack(one)) }
      } finally {
        await session.close()
      }
    }
    const { missing, ...compared } = await compare().catch((error: unknown): Back => {
      // Nobody could look: that is said, not taken for "everybody is back".
      if (error instanceof CannotLook) return { back: [], cannotTell: error.reason.code }
      throw error
    })
    return {
      basis: { ...(missing && { missing }), ...(defaultCa && { defaultCa }), code: codeOf(identify.detail.tags) },
      detail: { at: world.now(), ...compared },
    }
  },

  tells: ({ basis, detail }) =>
    basis.missing
      ? [reason('saw-clients', { back: detail.back.length, all: detail.back.length + basis.missing.length })]
      : [],

  judge({ basis, detail }, _given, { target, clients }) {
    const acknowledged = (user: string, application: string) =>
      clients.some((one) => one.user === user && one.application === application && one.as === 'not-ours')
    const shortfalls: Shortfall[] = (basis.missing ?? [])
      .filter((one) => !acknowledged(one.user, one.application))
      .map(({ user, application }) => short('client-missing', 'waiver', { user, application }))
    const notes: Reason[] = []
    if (detail.cannotTell) notes.push(reason('clients-not-compared', { why: detail.cannotTell }))
    if (basis.defaultCa && basis.defaultCa !== target.ca)
      notes.push(reason('default-ca-differs', { ca: basis.defaultCa, target: target.ca }))
    for (const by of basis.code) notes.push(reason('managed-by-code', { by, target: target.ca }))
    return verdictOf(shortfalls, notes)
  },
})
