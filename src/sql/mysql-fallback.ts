/** Who connects, where the server does not show sessions with their transport: from what else it counts and demands. */
import * as z from 'zod/mini'
import type { ClientSeen, Transport } from '../rules/census.ts'
import type { Ask } from './mysql-census.ts'
import type { Sight } from './mysql-sight.ts'

const NOBODY = `('rdsadmin', 'unauthenticated user', 'event_scheduler', 'system user', 'mariadb.sys', 'mysql.sys', 'mysql.session')`

/** The port is no part of who somebody is; an IPv6 address has colons of its own. */
const PROCESSES = `
  SELECT USER AS user, CASE WHEN HOST LIKE '%:%' THEN LEFT(HOST, CHAR_LENGTH(HOST) - CHAR_LENGTH(SUBSTRING_INDEX(HOST, ':', -1)) - 1)
                            ELSE HOST END AS address, COUNT(*) AS sessions
    FROM information_schema.PROCESSLIST
   WHERE ID <> CONNECTION_ID() AND USER NOT IN ${NOBODY}
   GROUP BY 1, 2 ORDER BY 1, 2`

const STATISTICS = `
  SELECT USER AS user, SUM(TOTAL_SSL_CONNECTIONS) AS tls
    FROM information_schema.USER_STATISTICS WHERE USER NOT IN ${NOBODY} GROUP BY 1`

const POLICIES = `SELECT user AS user, MIN(ssl_type <> '') AS must FROM mysql.user GROUP BY 1`

const count = z.pipe(
  z.union([z.number(), z.string()]),
  z.transform((value) => Number(value)),
)
const processes = z.array(z.object({ user: z.string(), address: z.nullable(z.string()), sessions: count }))
const statistics = z.array(z.object({ user: z.string(), tls: count }))
const policies = z.array(z.object({ user: z.string(), must: count }))

interface Known {
  readonly enforced: boolean
  readonly must: ReadonlySet<string>
  /** TLS connections by user. */
  readonly counted: ReadonlyMap<string, number>
}

/**
 * By demand, or by what was counted of a user: counts prove that TLS was used, never that it was not, because who was connected before the
 * server began to count is in none.
 */
function transportOf({ enforced, must, counted }: Known, user: string, address: string): Transport {
  if (address === 'localhost' || address === '') return 'local'
  return enforced || must.has(user) || (counted.get(user) ?? 0) > 0 ? 'tls' : 'unknown'
}

/**
 * Clients by user and address. Who used TLS since the server began to count and is not connected now is among them, with no sessions.
 * `unknown` is a transport that nothing tells.
 */
export async function clientsOtherwise(ask: Ask, sight: Sight, enforced: boolean): Promise<readonly ClientSeen[]> {
  // Without PROCESS the list is of our own sessions alone, and they are left out.
  const present = sight.process ? processes.parse(await ask(PROCESSES)) : []
  const counts = sight.statistics ? statistics.parse(await ask(STATISTICS)) : []
  const must = sight.accounts ? policies.parse(await ask(POLICIES)) : []
  const known: Known = {
    enforced,
    must: new Set(must.filter((one) => one.must === 1).map(({ user }) => user)),
    counted: new Map(counts.map(({ user, tls }) => [user, tls])),
  }
  const here = present.map(({ user, address, sessions }): ClientSeen => {
    const transport = transportOf(known, user, address ?? '')
    return { user, application: '', address: transport === 'local' ? '' : (address ?? ''), transport, sessions }
  })
  const users = new Set(present.map(({ user }) => user))
  const gone = counts
    .filter(({ user, tls }) => tls > 0 && !users.has(user))
    .map(({ user }): ClientSeen => ({ user, application: '', address: '', transport: 'tls', sessions: 0 }))
  return [...here, ...gone]
}
