/**
 * 02 Census: who is connected, and who of them uses TLS?
 *
 * Looks at: the server's own view of its sessions, over a verified log-in; whether it refuses plain connections, by the server and by its
 * parameter group; and who was seen before, where somebody has watched over time (`census --for`).
 * Proven when: the view shows everybody's sessions, and every TLS client in it is a declared application or accounted for by name.
 * A session whose transport cannot be seen counts as TLS. No server can see whether a client verifies, and nobody is in the view who is not
 * connected now: an empty view proves nothing, so what it shows is matched against what is declared, never the other way round.
 * When it does not hold: declare the application, or say by name what the client is. Where no log-in is possible, it may be waived with
 * a typed reason, and then 04 and 05 carry all the weight.
 */
import { CannotLook, own, verdictOf } from '../src/rules/step.ts'
import { mayUseTls, TRANSPORTS, VIEW_GAPS, type CensusSample } from '../src/rules/census.ts'
import { accountOf, applicationOf, isAccountedFor, standsBetween } from '../src/rules/clients.ts'
import type { ApplicationOnRecord, AccountedClient } from '../src/rules/decisions.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import { withFewerAddresses } from '../src/rules/fewer-addresses.ts'
import { sightingsOf, withSample, SEEN_FOR, type Sighting, type Tally } from '../src/rules/tally.ts'
import type { Reason } from '../src/rules/words.ts'
import type { World } from '../src/ports/world.ts'
import type { SqlSession } from '../src/ports/sql.ts'
import { enforcement, lookAtEnforcement } from './02-enforcement.ts'
import { step } from './facts.ts'
import { client, reader, z, type Endpoint, type Family } from './shapes.ts'
import { untold } from './soft.ts'
import { instant, reasonsOf } from './text.ts'

const seen = z.object({ user: z.string(), application: z.string(), transport: z.enum(TRANSPORTS) })

const facts = z.object({
  basis: z.object({
    view: z.enum(['complete', ...VIEW_GAPS]),
    /** The statements and settings that would make it complete. */
    lacks: z.optional(z.array(z.string())),
    tlsEnforced: z.union([z.boolean(), z.literal('unknown')]),
    /** Each client once, sorted: who is connected now, and who was seen before. */
    clients: z.array(seen),
  }),
  detail: z.object({
    at: z.number(),
    server: z.string(),
    serverStarted: z.optional(z.number()),
    /** The certificate that our own log-in was shown. */
    leaf: z.optional(z.object({ sha256: z.string(), ends: z.number() })),
    /** What the parameter group says of TLS being enforced; absent where it does not say. */
    parameter: z.optional(enforcement),
    untold: z.optional(z.array(untold)),
    counted: z.optional(z.object({ tls: z.number(), connections: z.number() })),
    watched: z.optional(z.object({ samples: z.number(), failures: z.number(), first: z.number(), last: z.number() })),
    clients: z.array(client),
  }),
})
export type CensusFacts = z.infer<typeof facts>

const text = {
  'client-unaccounted': {
    says: 'A TLS client is nobody’s: user {user}, application "{application}".',
    cure: 'Declare the application that it is (users, sessionNames, addresses), or say by name whose it is, or that it does not verify, comes through RDS Proxy, is not ours, or is accepted unknown.',
  },
  'transport-unseen': {
    says: 'Whether it uses TLS cannot be seen, so it counts as if it did: user {user}, application "{application}".',
    cure: 'Declare the application that it is, or account for it by name; or have the server show it.',
  },
  'view-incomplete': {
    says: 'The log-in does not see everybody’s sessions whole ({why}): this is no census.',
    cure: 'Have the server given what is missing: {lacks}. Then look again, or go on with a typed reason.',
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
    cure: 'Watch for as long as the slowest batch job needs: rds-ca-runbook census {database} --for 24h.',
  },
  'parameter-differs': {
    says: 'The parameter group {group} has {name} = {value}, and the server enforces TLS: {enforced}.',
    cure: 'It takes effect at a restart, or the server is set otherwise: see parameters that wait for a reboot at 06.',
  },
  'parameter-untold': {
    says: 'AWS would not tell the parameter group ({operation}: {why}). What the server itself says stands.',
    cure: 'Add the permission to the policy of the profile in use, to see a change that waits for a restart.',
  },
  'stands-between': {
    says: '{address} is {route} of {application}: who is behind it cannot be seen here.',
    cure: 'Ask its owner; its own trust store is what counts at 04.',
  },
  'cannot-be-seen': {
    says: 'What no server shows: whether a client verifies, who is behind a proxy or pooler, who is not connected now.',
    cure: '',
  },
  'saw-parameter': { says: 'Parameter group {group}: {name} = {value}.', cure: '' },
  'saw-counted': {
    says: 'Since its start the server has counted {tls} TLS handshakes among {connections} connections, our own included.',
    cure: '',
  },
  'saw-over-time': {
    says: 'Watched from {first} to {last}: {samples} samples, {failures} that could not be taken.',
    cure: 'rds-ca-runbook census DATABASE --for 24h',
  },
  'accounted-for': { says: '{user} ("{application}") is accounted for: {as}{of} ({why}).', cure: '' },
  'saw-sessions': {
    says: '{server}: {tls} TLS clients, {plain} plain, {local} local, {unknown} unseen; TLS enforced: {enforced}.',
    cure: '',
  },
  'saw-client': { says: '{transport}: {user} "{application}" from {addresses}, {sessions} sessions{seen}.', cure: '' },
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

const ROUTE_WORDS = { 'rds-proxy': 'the RDS Proxy', pooler: 'the pooler' } as const

/** What a line of the journal holds: with 250 bytes each, some 125 kB. The tally keeps each address. */
const MOST_ADDRESSES = 500

const isOn = (value: string): boolean => /^(?:1|on|true)$/i.test(value)

/** Who is connected now, and who was seen while somebody watched, lately enough to come again. */
function everybody(session: SqlSession, sample: CensusSample, tally: Tally | undefined): readonly Sighting[] {
  if (!tally || tally.last < sample.at - SEEN_FOR) return sightingsOf(sample)
  const leaf = { sha256: session.tls.leaf, ends: session.tls.leafEnds }
  return withSample(tally, { sample, server: tally.server, leaf }).sightings.map((one) =>
    one.last === sample.at ? one : { ...one, sessions: 0 },
  )
}

/** The sessions of one client: from wherever they came. */
const sessionsOf = (
  { detail }: CensusFacts,
  { user, application, transport }: CensusFacts['basis']['clients'][number],
) => detail.clients.filter((one) => one.user === user && one.application === application && one.transport === transport)

/** A client that is told by its addresses alone is told by all of them: one that is nobody's leaves it unaccounted for. */
const unaccounted = (
  saw: CensusFacts,
  applications: readonly ApplicationOnRecord[],
  accounted: readonly AccountedClient[],
): readonly CensusFacts['basis']['clients'][number][] =>
  saw.basis.clients.filter((client) => {
    if (!mayUseTls(client) || isAccountedFor(client, applications, accounted)) return false
    const sessions = sessionsOf(saw, client)
    return sessions.length === 0 || !sessions.every((one) => isAccountedFor(one, applications, accounted))
  })

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

  async look(world, about, { identify }, _decided, signal) {
    const { engine, family, endpoint, name } = identify.basis
    if (!endpoint) throw new CannotLook(reason('engine-has-no-view', { engine: name }))
    if (family === 'other') throw new CannotLook(reason('engine-has-no-view', { engine }))
    const { parameter, untold: notTold } = await lookAtEnforcement(world, about, family, signal)
    const session = await logIn(world, engine, family, endpoint, signal)
    try {
      const sample = await session.census()
      const tally = await world.sightings.of(about.subject)
      const { view, counted } = sample
      const clients = everybody(session, sample, tally)
      const once = new Map(clients.map((one) => [`${one.user}\0${one.application}\0${one.transport}`, one]))
      const sorted = [...once.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        basis: {
          view: view.complete ? 'complete' : view.code,
          ...(!view.complete && { lacks: [...view.lacks] }),
          tlsEnforced: sample.tlsEnforced,
          clients: sorted.map(([, { user, application, transport }]) => ({ user, application, transport })),
        },
        detail: {
          at: sample.at,
          server: `${session.server.flavour} ${session.server.version}`,
          ...(sample.serverStarted !== undefined && { serverStarted: sample.serverStarted }),
          leaf: { sha256: session.tls.leaf, ends: session.tls.leafEnds },
          ...(parameter && { parameter }),
          ...(notTold.length > 0 && { untold: [...notTold] }),
          ...(counted && { counted }),
          ...(tally && {
            watched: { samples: tally.samples, failures: tally.failures, first: tally.first, last: tally.last },
          }),
          clients: [...withFewerAddresses(clients, MOST_ADDRESSES)],
        },
      }
    } finally {
      await session.close()
    }
  },

  tells({ basis, detail }) {
    const count = (transport: string) => basis.clients.filter((one) => one.transport === transport).length
    const { server, parameter, counted, watched } = detail
    const summary = reason('saw-sessions', {
      server,
      tls: count('tls'),
      plain: count('plain'),
      local: count('local'),
      unknown: count('unknown'),
      enforced: String(basis.tlsEnforced),
    })
    return [
      summary,
      ...(parameter ? [reason('saw-parameter', parameter)] : []),
      ...(counted && basis.view !== 'complete' ? [reason('saw-counted', counted)] : []),
      ...(watched
        ? [reason('saw-over-time', { ...watched, first: instant(watched.first), last: instant(watched.last) })]
        : []),
      ...basis.clients.map(({ user, application, transport }) => {
        const same = sessionsOf({ basis, detail }, { user, application, transport })
        const addresses = [
          ...new Set(same.map((one) => one.address || (transport === 'local' ? 'this host' : 'somewhere'))),
        ]
        const first = Math.min(...same.map((one) => one.first ?? Infinity))
        const last = Math.max(...same.map((one) => one.last ?? -Infinity))
        return reason('saw-client', {
          transport,
          user,
          application,
          addresses,
          sessions: same.reduce((sum, one) => sum + one.sessions, 0),
          seen: watched && Number.isFinite(first) ? `, first seen ${instant(first)}, last ${instant(last)}` : '',
        })
      }),
      reason('cannot-be-seen'),
    ]
  },

  judge(saw, _given, { applications, clients }, _now, { name: database }) {
    const { basis, detail } = saw
    const shortfalls: Shortfall[] = []
    if (basis.view !== 'complete')
      shortfalls.push(short('view-incomplete', 'waiver', { why: basis.view, lacks: basis.lacks ?? [] }))
    for (const { user, application, transport } of unaccounted(saw, applications, clients))
      shortfalls.push(
        short(transport === 'tls' ? 'client-unaccounted' : 'transport-unseen', 'waiver', { user, application }),
      )
    const risky = basis.clients.filter((one) => mayUseTls(one))
    const notes: Reason[] = risky.flatMap((one) => {
      const account = applicationOf(one, applications) ? undefined : accountOf(one, clients)
      return account ? [reason('accounted-for', { ...account, of: account.of ? ` ${account.of}` : '' })] : []
    })
    const { parameter } = detail
    if (parameter && basis.tlsEnforced !== 'unknown' && isOn(parameter.value) !== basis.tlsEnforced)
      notes.push(reason('parameter-differs', { ...parameter, enforced: basis.tlsEnforced }))
    for (const one of detail.untold ?? []) notes.push(reason('parameter-untold', one))
    for (const address of new Set(detail.clients.map((one) => one.address))) {
      const between = standsBetween(address, applications)
      if (between)
        notes.push(reason('stands-between', { address, route: ROUTE_WORDS[between.route], application: between.of }))
    }
    return verdictOf(shortfalls, risky.length === 0 ? [reason('nobody-on-tls', { database }), ...notes] : notes)
  },

  /** Others rest on who is unaccounted for, not on who happens to be connected: clients come and go, and each look would undo the next steps. */
  bears: (saw, _given, { applications, clients }) => ({
    view: saw.basis.view,
    unaccounted: unaccounted(saw, applications, clients),
  }),
})
