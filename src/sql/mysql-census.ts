import * as z from 'zod/mini'
import { CannotLogIn, type CensusSample, type CensusView, type ClientSeen, type Transport } from '../ports/sql.ts'
import type { Instant } from '../rules/words.ts'
import { globalStatus, serverStart, type MysqlServer } from './mysql-server.ts'
import type { ServerRun, SessionMarks } from './session-marks.ts'

/** Runs one statement. */
export type Ask = (sql: string) => Promise<readonly Record<string, unknown>[]>

/**
 * Everybody's sessions and how they reach the server (MySQL 5.7.8+, MariaDB 10.5+). The event scheduler and other threads of
 * the server's own have no CONNECTION_TYPE. `information_schema.PROCESSLIST` says nothing about TLS.
 */
const sessions = (withNames: boolean): string => `
  SELECT t.PROCESSLIST_ID AS id, t.PROCESSLIST_USER AS user, t.PROCESSLIST_HOST AS address,
         t.CONNECTION_TYPE AS type, v.VARIABLE_VALUE AS protocol,
         ${withNames ? 'a.ATTR_VALUE' : 'NULL'} AS application
    FROM performance_schema.threads t
    LEFT JOIN performance_schema.status_by_thread v
           ON v.THREAD_ID = t.THREAD_ID AND v.VARIABLE_NAME = 'Ssl_version'
    ${withNames ? `LEFT JOIN performance_schema.session_connect_attrs a ON a.PROCESSLIST_ID = t.PROCESSLIST_ID AND a.ATTR_NAME = 'program_name'` : ''}
   WHERE t.TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID()
     AND t.CONNECTION_TYPE IS NOT NULL AND t.PROCESSLIST_USER IS NOT NULL
     AND t.PROCESSLIST_USER NOT IN ('rdsadmin', 'unauthenticated user', 'event_scheduler', 'system user')`

const rowsSchema = z.array(
  z.object({
    id: z.number(),
    user: z.string(),
    address: z.nullable(z.string()),
    type: z.string(),
    protocol: z.nullable(z.string()),
    application: z.nullable(z.string()),
  }),
)
type Row = z.infer<typeof rowsSchema>[number]

export interface MysqlCensus {
  readonly ask: Ask
  readonly server: MysqlServer
  readonly marks: SessionMarks
  readonly now: () => Instant
}

/** The server knows no such variable: MySQL before 5.7.8, MariaDB before 10.5. */
async function isTlsEnforced(ask: Ask): Promise<boolean | 'unknown'> {
  const rows = await ask(`SHOW GLOBAL VARIABLES LIKE 'require_secure_transport'`)
  const value = rows[0]?.['Value']
  return value === 'ON' ? true : value === 'OFF' ? false : 'unknown'
}

const TRANSPORTS: Readonly<Record<string, Transport>> = {
  'SSL/TLS': 'tls',
  Socket: 'local',
  'Named Pipe': 'local',
  'Shared Memory': 'local',
}

function clientsOf(rows: readonly Row[], began: (id: number) => Instant | undefined): readonly ClientSeen[] {
  const clients = new Map<string, ClientSeen>()
  for (const { id, user, address, type, protocol, application } of rows) {
    const transport = TRANSPORTS[type] ?? 'plain'
    const same = {
      user,
      application: application ?? '',
      address: transport === 'local' ? '' : (address ?? ''),
      transport,
    }
    const version = transport === 'tls' && protocol ? { protocol } : {}
    const key = JSON.stringify([same, version])
    const known = clients.get(key)
    const newest = Math.max(known?.newest ?? 0, began(id) ?? 0)
    clients.set(key, { ...same, ...version, sessions: (known?.sessions ?? 0) + 1, ...(newest > 0 && { newest }) })
  }
  return [...clients.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, client]) => client)
}

const DENIED = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
])
const isDenied = (error: unknown): boolean => error instanceof CannotLogIn && DENIED.has(error.code)

const unseen = (detail: string): CensusView => ({ complete: false, code: 'privilege', detail })

/** Everybody's sessions, or as much as this account may see of them, and what that leaves out. */
async function look({
  ask,
  server,
}: MysqlCensus): Promise<{ readonly view: CensusView; readonly rows: readonly Row[] }> {
  const grant = (table: string): string => `GRANT SELECT ON performance_schema.${table} TO the account ${server.user}`
  try {
    return { view: { complete: true }, rows: rowsSchema.parse(await ask(sessions(true))) }
  } catch (error) {
    if (!isDenied(error)) throw error
  }
  try {
    const rows = rowsSchema.parse(await ask(sessions(false)))
    return {
      view: unseen(
        `the names of programs cannot be seen, so applications cannot be told apart: ${grant('session_connect_attrs')}`,
      ),
      rows,
    }
  } catch (error) {
    if (!isDenied(error)) throw error
    return {
      view: unseen(
        `no session but our own can be seen: ${grant('threads')}, and on status_by_thread and session_connect_attrs`,
      ),
      rows: [],
    }
  }
}

async function withoutPerformanceSchema(ask: Ask): Promise<CensusView> {
  const status = await globalStatus(ask, 'Ssl_finished_accepts', 'Connections')
  const counts = `since its start it has accepted ${status.get('Ssl_finished_accepts') ?? 0} TLS handshakes among ${status.get('Connections') ?? 0} connections, our own included`
  return {
    complete: false,
    code: 'performance-schema-off',
    detail: `performance_schema is OFF, and nothing else says which sessions use TLS; ${counts}. Set performance_schema = 1 in the parameter group (a static parameter: it needs a restart)`,
  }
}

/** Threads that did not fit into performance_schema's tables are in no view. */
async function whole(ask: Ask, view: CensusView): Promise<CensusView> {
  const lost =
    (await globalStatus(ask, 'Performance_schema_thread_instances_lost')).get(
      'Performance_schema_thread_instances_lost',
    ) ?? 0
  return view.complete && lost > 0
    ? {
        complete: false,
        code: 'performance-schema-off',
        detail: `${lost} threads did not fit into performance_schema: raise performance_schema_max_thread_instances`,
      }
    : view
}

/**
 * Takes a census of a MySQL or MariaDB server. `oldest` is always absent, because the server does not know it; `newest` is an
 * instant after which the newest session surely began, and absent where not even that is known (see {@link SessionMarks}).
 */
export async function takeCensus(census: MysqlCensus): Promise<CensusSample> {
  const { ask, server, marks, now } = census
  const tlsEnforced = await isTlsEnforced(ask)
  const started = await serverStart(ask)
  const at = now()
  if (!server.performanceSchema)
    return { at, view: await withoutPerformanceSchema(ask), clients: [], tlsEnforced, serverStarted: started }
  const { view, rows } = await look(census)
  const run: ServerRun = { host: server.run.host, started }
  return {
    at,
    view: await whole(ask, view),
    clients: clientsOf(rows, (id) => marks.beganAfter(run, id)),
    tlsEnforced,
    serverStarted: started,
  }
}
