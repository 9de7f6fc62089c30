import * as z from 'zod/mini'
import type { CensusSample, CensusView, ClientSeen, Transport, ViewGap } from '../rules/census.ts'
import type { Instant } from '../rules/words.ts'
import { clientsOtherwise } from './mysql-fallback.ts'
import type { MysqlServer } from './mysql-server.ts'
import { isDenied, lookAround, type Sight } from './mysql-sight.ts'
import type { ServerRun, SessionMarks } from './session-marks.ts'

/** Runs one statement. */
export type Ask = (sql: string) => Promise<readonly Record<string, unknown>[]>

/** Global status by name, of a statement of ours. MySQL has dropped the one, MariaDB's other is there with performance_schema alone. */
const statusTable = ({ flavour }: MysqlServer): string =>
  `${flavour === 'mariadb' ? 'information_schema' : 'performance_schema'}.${flavour === 'mariadb' ? 'GLOBAL_STATUS' : 'global_status'}`

const statusOf = (name: string): string => `MAX(CASE WHEN VARIABLE_NAME = '${name}' THEN VARIABLE_VALUE END)`

/**
 * What the server says of itself, in one row. The variable is selected apart from the aggregates: beside one, MariaDB 10.11
 * gives 0 whatever it is set to.
 */
const server = (known: MysqlServer): string => `
  SELECT e.clock, e.enforced, g.uptime, g.accepts, g.connections, g.lost
    FROM (SELECT UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS clock,
                 ${known.demandsTls ? '@@GLOBAL.require_secure_transport' : 'NULL'} AS enforced) e
   CROSS JOIN (SELECT ${statusOf('Uptime')} AS uptime, ${statusOf('Ssl_finished_accepts')} AS accepts,
                      ${statusOf('Connections')} AS connections, ${statusOf('Performance_schema_thread_instances_lost')} AS lost
                 FROM ${statusTable(known)}
                WHERE VARIABLE_NAME IN ('Uptime', 'Ssl_finished_accepts', 'Connections', 'Performance_schema_thread_instances_lost')) g`

/** Read once, not joined once for each variable: without an index (MariaDB has none) each join would read it whole for every thread. */
const TLS_OF_THREADS = `
  SELECT THREAD_ID,
         MAX(CASE WHEN VARIABLE_NAME = 'Ssl_version' THEN VARIABLE_VALUE END) AS protocol,
         MAX(CASE WHEN VARIABLE_NAME = 'Ssl_cipher' THEN VARIABLE_VALUE END) AS cipher,
         MAX(CASE WHEN VARIABLE_NAME = 'Ssl_server_not_after' THEN VARIABLE_VALUE END) AS met
    FROM performance_schema.status_by_thread
   WHERE VARIABLE_NAME IN ('Ssl_version', 'Ssl_cipher', 'Ssl_server_not_after')
   GROUP BY THREAD_ID`

const NAMES = `
  SELECT PROCESSLIST_ID, ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'program_name'`

/**
 * Everybody's sessions and how they reach the server (MySQL 5.7.8+, MariaDB 10.5+), each client once. The event scheduler and other
 * threads of the server's own have no CONNECTION_TYPE. `information_schema.PROCESSLIST` says nothing about TLS.
 */
const clients = ({ status, names }: Sight): string => `
  SELECT t.PROCESSLIST_USER AS user, ${names ? 'a.ATTR_VALUE' : 'NULL'} AS application, t.PROCESSLIST_HOST AS address,
         t.CONNECTION_TYPE AS type, ${status ? 'v.protocol' : 'NULL'} AS protocol, ${status ? 'v.cipher' : 'NULL'} AS cipher,
         ${status ? 'v.met' : 'NULL'} AS met, COUNT(*) AS sessions, MAX(t.PROCESSLIST_ID) AS newest
    FROM performance_schema.threads t
    ${status ? `LEFT JOIN (${TLS_OF_THREADS}) v ON v.THREAD_ID = t.THREAD_ID` : ''}
    ${names ? `LEFT JOIN (${NAMES}) a ON a.PROCESSLIST_ID = t.PROCESSLIST_ID` : ''}
   WHERE t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID()
     AND t.CONNECTION_TYPE IS NOT NULL AND t.PROCESSLIST_USER IS NOT NULL
     AND t.PROCESSLIST_USER NOT IN ('rdsadmin', 'unauthenticated user', 'event_scheduler', 'system user')
   GROUP BY 1, 2, 3, 4, 5, 6, 7`

const sample = (known: MysqlServer, sight: Sight): string =>
  sight.threads
    ? `SELECT s.*, c.* FROM (${server(known)}) s LEFT JOIN (${clients(sight)}) c ON TRUE ORDER BY 7, 8, 9, 10, 11, 12, 13`
    : server(known)

const number = z.pipe(
  z.union([z.number(), z.string()]),
  z.transform((value) => Number(value)),
)
const ofServer = z.object({
  clock: number,
  enforced: z.nullable(z.union([z.number(), z.string()])),
  uptime: number,
  accepts: z.nullable(number),
  connections: z.nullable(number),
  lost: z.nullable(number),
})
type OfServer = z.infer<typeof ofServer>

export interface MysqlCensus {
  readonly ask: Ask
  readonly server: MysqlServer
  readonly marks: SessionMarks
  readonly now: () => Instant
}

const TRANSPORT_OF: Readonly<Record<string, Transport>> = {
  'SSL/TLS': 'tls',
  Socket: 'local',
  'Named Pipe': 'local',
  'Shared Memory': 'local',
}

type Row = Readonly<Record<string, unknown>>

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new Error('Bug: the census came in another shape than it was asked for')
}
const textOrNone = (value: unknown): string => (value === null ? '' : text(value))
/** The driver gives what may be too large for a number as text. */
const count = (value: unknown): number => (typeof value === 'number' ? value : Number(text(value)))

/** Read by hand: of 5,000 clients zod and object spreads make 60 ms of CPU time, twice of what all the rest of a sample takes. */
function clientOf(row: Row, began: (id: number) => Instant | undefined): ClientSeen {
  const transport = TRANSPORT_OF[text(row['type'])] ?? 'plain'
  const seen: { -readonly [key in keyof ClientSeen]: ClientSeen[key] } = {
    user: text(row['user']),
    application: textOrNone(row['application']),
    address: transport === 'local' ? '' : textOrNone(row['address']),
    transport,
    sessions: count(row['sessions']),
  }
  const newest = began(count(row['newest']))
  if (newest !== undefined) seen.newest = newest
  if (transport !== 'tls') return seen
  const [protocol, cipher, met] = [textOrNone(row['protocol']), textOrNone(row['cipher']), textOrNone(row['met'])]
  if (protocol) seen.protocol = protocol
  if (cipher) seen.cipher = cipher
  const end = met ? Date.parse(met) : NaN
  if (!Number.isNaN(end)) seen.met = end
  return seen
}

const gap = (code: ViewGap, lacks: readonly string[]): CensusView => ({ complete: false, code, lacks })

function viewOf(known: MysqlServer, sight: Sight, lost: number): CensusView {
  if (!known.showsTransport) return gap('version', sight.lacks)
  if (!known.performanceSchema) return gap('performance-schema-off', sight.lacks)
  if (sight.lacks.length > 0) return gap('privilege', sight.lacks)
  // Threads that did not fit into performance_schema's tables are in no view.
  return lost > 0 ? gap('threads-lost', ['performance_schema_max_thread_instances']) : { complete: true }
}

const enforcedBy = (value: OfServer['enforced']): boolean | 'unknown' =>
  value === 1 || value === 'ON' ? true : value === 0 || value === 'OFF' ? false : 'unknown'

/**
 * How to take censuses of a MySQL or MariaDB server in one session: by one query each, after a first one that finds out what this
 * account may see. `oldest` is always absent, because the server does not know it; `newest` is an instant after which the newest session
 * surely began, and absent where not even that is known (see {@link SessionMarks}).
 */
export function censusTaker({ ask, server: known, marks, now }: MysqlCensus): () => Promise<CensusSample> {
  let sight: Sight | undefined

  const rowsSeen = async (): Promise<{ rows: readonly Record<string, unknown>[]; by: Sight }> => {
    sight ??= await lookAround(ask, known)
    try {
      return { rows: await ask(sample(known, sight)), by: sight }
    } catch (error) {
      // Somebody took a privilege away meanwhile: what is left is found out anew, once.
      if (!isDenied(error)) throw error
      sight = await lookAround(ask, known)
      return { rows: await ask(sample(known, sight)), by: sight }
    }
  }

  return async () => {
    const { rows, by } = await rowsSeen()
    const at = now()
    const { clock, enforced, uptime, accepts, connections, lost } = ofServer.parse(rows[0])
    // Uptime is in whole seconds: so is the start.
    const started = Math.floor(clock / 1_000) * 1_000 - uptime * 1_000
    const run: ServerRun = { host: known.run.host, started }
    const tlsEnforced = enforcedBy(enforced)
    const seen = by.threads
      ? rows.filter((one) => one['user'] !== null).map((one) => clientOf(one, (id) => marks.beganAfter(run, id)))
      : await clientsOtherwise(ask, by, tlsEnforced === true)
    return {
      at,
      clock,
      view: viewOf(known, by, lost ?? 0),
      clients: seen,
      tlsEnforced,
      serverStarted: started,
      ...(accepts !== null && connections !== null && { counted: { tls: accepts, connections } }),
    }
  }
}
