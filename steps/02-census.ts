/**
 * 02 Census: who is connected, and who of them uses TLS?
 *
 * Looks at: the server's own view of its sessions, over a verified log-in, and whether it refuses plain connections.
 * Proven when: the view shows everybody's sessions, and every TLS client in it is a declared application or accounted for by name.
 * No server can see whether a client verifies, and nobody is in the view who is not connected now: an empty view proves nothing,
 * so what it shows is matched against what is declared, never the other way round.
 * When it does not hold: declare the application, or say by name what the client is. Where no log-in is possible, it may be waived with
 * a typed reason, and then 04 and 05 carry all the weight.
 */
import { CannotLook, own, verdictOf } from '../src/rules/step.ts'
import type { ApplicationOnRecord, AccountedClient } from '../src/rules/decisions.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import type { World } from '../src/ports/world.ts'
import type { SqlSession } from '../src/ports/sql.ts'
import { step } from './facts.ts'
import { client, reader, z, type Endpoint, type Family } from './shapes.ts'
import { reasonsOf } from './text.ts'

const seen = z.object({ user: z.string(), application: z.string(), transport: z.enum(['tls', 'plain', 'local']) })

const facts = z.object({
  basis: z.object({
    view: z.enum(['complete', 'privilege', 'performance-schema-off']),
    tlsEnforced: z.union([z.boolean(), z.literal('unknown')]),
    /** Each client once, sorted. */
    clients: z.array(seen),
  }),
  detail: z.object({
    at: z.number(),
    server: z.string(),
    serverStarted: z.optional(z.number()),
    viewDetail: z.optional(z.string()),
    clients: z.array(client),
  }),
})
export type CensusFacts = z.infer<typeof facts>

const text = {
  'client-unaccounted': {
    says: 'A TLS client is nobody’s: user {user}, application "{application}".',
    cure: 'Declare the application that it is, or account for it by name: it does not verify, comes through RDS Proxy, is not ours, or is accepted unknown.',
  },
  'view-incomplete': {
    says: 'The log-in does not see everybody’s sessions ({why}): this is no census.',
    cure: 'PostgreSQL: GRANT pg_monitor. MySQL and MariaDB: GRANT PROCESS and SELECT on performance_schema, with performance_schema ON. Or go on with a typed reason.',
  },
  'no-log-in': {
    says: 'There are no credentials to log in to {host} with.',
    cure: 'Give PGUSER and PGPASSWORD (or ~/.pgpass), or MYSQL_USER and MYSQL_PWD (or ~/.my.cnf), or declare login: (IAM, a secret, a prompt); or go on with a typed reason.',
  },
  'engine-has-no-view': {
    says: 'The runbook cannot take a census of {engine}.',
    cure: 'Ask the owners, declare the applications, and go on with a typed reason.',
  },
  'nobody-on-tls': {
    says: 'No TLS client is connected now. That proves nothing about who connects later.',
    cure: 'Look again when the batch jobs run.',
  },
  'accounted-for': { says: '{user} ("{application}") is accounted for: {as} ({why}).', cure: 'Nothing to do.' },
  'saw-sessions': {
    says: '{server}: {tls} TLS clients, {plain} plain, {local} local; TLS enforced: {enforced}.',
    cure: '',
  },
  'saw-client': { says: '{transport}: {user} "{application}" from {addresses}, {sessions} sessions.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

/** A verified session on the database itself; the log-in is by what the operator's environment gives, and is never saved. */
export async function logIn(
  world: World,
  engine: string,
  family: Family,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<SqlSession> {
  if (family === 'other') throw new CannotLook(reason('engine-has-no-view', { engine }))
  const credentials = await world.credentials.find({ engine: family, ...endpoint })
  if (!credentials) throw new CannotLook(reason('no-log-in', { host: endpoint.host }))
  const region = world.control.region
  // Before 03 there may be no bundle yet. A password is sent to nobody who has not shown a certificate, so one is fetched here too.
  const bundle = (await world.bundles.saved(region)) ?? (await world.bundles.fetch(region, signal))
  const roots = bundle.certificates.map((certificate) => certificate.pem)
  return world.sql.logIn({ engine: family, ...endpoint, roots, credentials, signal })
}

export interface ClientName {
  readonly user: string
  readonly application: string
}

/** Which declared application a session belongs to, by its user or its own name. */
export const applicationOf = (
  client: ClientName,
  applications: readonly ApplicationOnRecord[],
): ApplicationOnRecord | undefined =>
  applications.find((one) => one.users.includes(client.user)) ??
  applications.find((one) => one.name === client.application)

export const accountOf = (client: ClientName, accounted: readonly AccountedClient[]): AccountedClient | undefined =>
  accounted.findLast((one) => one.user === client.user && one.application === client.application)

const unaccounted = (
  { basis }: CensusFacts,
  applications: readonly ApplicationOnRecord[],
  accounted: readonly AccountedClient[],
) =>
  basis.clients.filter(
    (one) => one.transport === 'tls' && !applicationOf(one, applications) && !accountOf(one, accounted),
  )

export const census = step({
  id: 'census',
  version: 1,
  number: '02',
  on: 'database',
  title: 'Take a census of the clients',
  why: 'Applications that verify are the ones that break, and nobody knows them all. Each TLS client that the server shows must be somebody’s before the server’s certificate changes.',
  source:
    'Amazon RDS User Guide: Determining whether applications are connecting using SSL (PostgreSQL, MySQL, MariaDB)',
  needs: { identify: own('identify') },
  asks: ['applications', 'clients'],
  looksFirst: true,
  maxAge: 7 * 24 * 60 * 60_000,
  cannotLook: 'waiver',
  text,
  parse: reader(facts),

  async look(world, _about, { identify }, _decided, signal) {
    const { engine, family, endpoint, name } = identify.basis
    if (!endpoint) throw new CannotLook(reason('engine-has-no-view', { engine: name }))
    const session = await logIn(world, engine, family, endpoint, signal)
    try {
      const sample = await session.census()
      const once = new Map(sample.clients.map((one) => [`${one.user}\0${one.application}\0${one.transport}`, one]))
      const clients = [...once.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        basis: {
          view: sample.view.complete ? 'complete' : sample.view.code,
          tlsEnforced: sample.tlsEnforced,
          clients: clients.map(([, { user, application, transport }]) => ({ user, application, transport })),
        },
        detail: {
          at: sample.at,
          server: `${session.server.flavour} ${session.server.version}`,
          ...(sample.serverStarted !== undefined && { serverStarted: sample.serverStarted }),
          ...(!sample.view.complete && { viewDetail: sample.view.detail }),
          clients: [...sample.clients],
        },
      }
    } finally {
      await session.close()
    }
  },

  tells({ basis, detail }) {
    const count = (transport: string) => basis.clients.filter((one) => one.transport === transport).length
    const summary = reason('saw-sessions', {
      server: detail.server,
      tls: count('tls'),
      plain: count('plain'),
      local: count('local'),
      enforced: String(basis.tlsEnforced),
    })
    return [
      summary,
      ...basis.clients.map(({ user, application, transport }) => {
        const same = detail.clients.filter(
          (one) => one.user === user && one.application === application && one.transport === transport,
        )
        const addresses = [...new Set(same.map((one) => one.address || 'this host'))]
        return reason('saw-client', {
          transport,
          user,
          application,
          addresses,
          sessions: same.reduce((sum, one) => sum + one.sessions, 0),
        })
      }),
    ]
  },

  judge(saw, _given, { applications, clients }) {
    const shortfalls: Shortfall[] = []
    if (saw.basis.view !== 'complete') shortfalls.push(short('view-incomplete', 'waiver', { why: saw.basis.view }))
    for (const { user, application } of unaccounted(saw, applications, clients))
      shortfalls.push(short('client-unaccounted', 'waiver', { user, application }))
    const tls = saw.basis.clients.filter((one) => one.transport === 'tls')
    const named = tls.flatMap((one) => {
      const account = applicationOf(one, applications) ? undefined : accountOf(one, clients)
      return account ? [reason('accounted-for', { ...account })] : []
    })
    return verdictOf(shortfalls, tls.length === 0 ? [reason('nobody-on-tls')] : named)
  },

  /** Others rest on who is unaccounted for, not on who happens to be connected: clients come and go, and each look would undo the next steps. */
  bears: (saw, _given, { applications, clients }) => ({
    view: saw.basis.view,
    unaccounted: unaccounted(saw, applications, clients),
  }),
})
