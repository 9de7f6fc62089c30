import * as z from 'zod/mini'
import { TRANSPORTS, type CensusSample, type CensusView, type ClientSeen, type Transport } from '../rules/census.ts'
import type { Instant } from '../rules/words.ts'
import { refusesPlain } from './pg-hba.ts'

/** Runs one statement. */
export type Ask = (sql: string) => Promise<readonly Record<string, unknown>[]>

export interface PostgresServer {
  /** For example `15.4`, without the packager's additions. */
  readonly version: string
  /** For example 150004; 90603 for 9.6.3. */
  readonly number: number
}

const identity = z.tuple([z.object({ version: z.string(), number: z.number() })])

export async function readServer(ask: Ask): Promise<PostgresServer> {
  const [server] = identity.parse(
    await ask(
      `SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version,
              pg_catalog.current_setting('server_version_num')::int AS number`,
    ),
  )
  return server
}

/**
 * Makes a session one that cannot write. A role can have a search path of its own, in which other operators and views come before
 * the system's.
 * @param timeout milliseconds for each statement
 */
export async function settle(ask: Ask, timeout: number): Promise<void> {
  await ask(`SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
    SET statement_timeout = ${Math.max(1, Math.floor(timeout))}; SET search_path = pg_catalog`)
}

/** `backend_type`, `pg_read_all_stats` and `pg_hba_file_rules` came with PostgreSQL 10. */
const PREDEFINED_ROLES = 100_000

/** Whether this role sees everybody's sessions whole. Before 10 only superusers do, and on RDS who is given `rds_superuser`. */
const seesAll = (number: number): string =>
  number >= PREDEFINED_ROLES
    ? `EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pg_read_all_stats' AND pg_has_role(current_user, oid, 'USAGE'))`
    : `EXISTS (SELECT 1 FROM pg_roles WHERE (rolname = current_user AND rolsuper)
                 OR (rolname = 'rds_superuser' AND pg_has_role(current_user, oid, 'USAGE')))`

const readsHba = (number: number): string =>
  number >= PREDEFINED_ROLES
    ? `has_table_privilege('pg_hba_file_rules', 'SELECT')
           AND has_function_privilege('pg_hba_file_rules()', 'EXECUTE')
           AND has_function_privilege('pg_stat_file(text)', 'EXECUTE')`
    : 'false'

/**
 * Replicas connect as walsenders; parallel workers and background processes are nobody's connections. Of sessions that this role may
 * not see, PostgreSQL shows user, name and database, and nothing else: not even whether they use TLS.
 */
const isClient = (number: number): string =>
  number >= PREDEFINED_ROLES
    ? `(a.backend_type IN ('client backend', 'walsender') OR (a.backend_type IS NULL AND a.datid IS NOT NULL))`
    : `a.usename IS NOT NULL`

const COLUMNS = [
  'user',
  'application',
  'address',
  'transport',
  'protocol',
  'cipher',
  'sessions',
  'oldest',
  'newest',
] as const

/**
 * Everything in one statement and one row: what this role may see, whether TLS is enforced, and each client once, column by column. As
 * rows, thousands of clients cost the program four times as much; as objects, the server (bench/census.bench.ts).
 */
const sample = (number: number): string => `
  WITH settings AS (
    SELECT current_user AS role,
           ${seesAll(number)} AS sees_all,
           current_setting('rds.force_ssl', true) AS force_ssl,
           ${readsHba(number)} AS reads_hba,
           floor(extract(epoch FROM pg_postmaster_start_time()) * 1000)::float8 AS started,
           floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS clock
  ), clients AS (
    SELECT a.usename::text AS "user",
           a.application_name AS application,
           coalesce(host(a.client_addr), '') AS address,
           CASE WHEN a.backend_start IS NULL THEN 'unknown' WHEN s.ssl THEN 'tls'
                WHEN a.client_addr IS NULL THEN 'local' ELSE 'plain' END AS transport,
           s.version AS protocol,
           s.cipher AS cipher,
           count(*)::int AS sessions,
           floor(extract(epoch FROM min(a.backend_start)) * 1000)::float8 AS oldest,
           floor(extract(epoch FROM max(a.backend_start)) * 1000)::float8 AS newest
      FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s ON s.pid = a.pid
     WHERE ${isClient(number)} AND a.pid <> pg_backend_pid() AND a.usename <> 'rdsadmin'
     GROUP BY 1, 2, 3, 4, 5, 6
     ORDER BY 1, 2, 3, 4, 5, 6
  )
  SELECT settings.*, columns.* FROM settings, (
    SELECT ${COLUMNS.map((column) => `json_agg("${column}")::text AS "${column}"`).join(', ')} FROM clients
  ) columns`

const HBA = `
  SELECT type, database, user_name AS users, address, auth_method AS method, error,
         (pg_stat_file(current_setting('hba_file'))).modification <= pg_conf_load_time() AS loaded
    FROM pg_hba_file_rules ORDER BY line_number`

const settings = z.object({
  role: z.string(),
  sees_all: z.boolean(),
  force_ssl: z.nullable(z.string()),
  reads_hba: z.boolean(),
  started: z.number(),
  clock: z.number(),
})
type Settings = z.infer<typeof settings>

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isTransport = (value: unknown): value is Transport => TRANSPORTS.some((one) => one === value)
const orNull =
  <Value>(is: (value: unknown) => value is Value) =>
  (value: unknown): value is Value | null =>
    value === null || is(value)

/** Checked by hand: of 5,000 clients zod makes 30 ms of CPU time, more than all the rest of a sample takes. */
function columnOf<Value>(text: unknown, is: (value: unknown) => value is Value): readonly Value[] {
  const values: unknown = isText(text) ? JSON.parse(text) : []
  if (Array.isArray(values) && values.every(is)) return values
  throw new Error('Bug: the census came in another shape than it was asked for')
}

function clientsIn(row: Readonly<Record<string, unknown>> = {}): readonly ClientSeen[] {
  const [application, address] = [columnOf(row['application'], isText), columnOf(row['address'], isText)]
  const transport = columnOf(row['transport'], isTransport)
  const [protocol, cipher] = [columnOf(row['protocol'], orNull(isText)), columnOf(row['cipher'], orNull(isText))]
  const sessions = columnOf(row['sessions'], isNumber)
  const [oldest, newest] = [columnOf(row['oldest'], orNull(isNumber)), columnOf(row['newest'], orNull(isNumber))]
  return columnOf(row['user'], isText).map((user, index) => ({
    user,
    application: application[index] as string,
    address: address[index] as string,
    transport: transport[index] as Transport,
    sessions: sessions[index] as number,
    protocol: protocol[index] ?? undefined,
    cipher: cipher[index] ?? undefined,
    oldest: oldest[index] ?? undefined,
    newest: newest[index] ?? undefined,
  }))
}

const ON = /^(?:on|1|true|yes)$/i
const OFF = /^(?:off|0|false|no)$/i

/** RDS says it in `rds.force_ssl`. Elsewhere pg_hba.conf decides, which only superusers may read. */
async function isTlsEnforced(ask: Ask, { force_ssl, reads_hba }: Settings): Promise<boolean | 'unknown'> {
  if (force_ssl !== null) return ON.test(force_ssl) ? true : OFF.test(force_ssl) ? false : 'unknown'
  return reads_hba ? refusesPlain(await ask(HBA)) : 'unknown'
}

const quoted = (role: string): string => `"${role.replaceAll('"', '""')}"`

function viewOf({ sees_all, role }: Settings, clients: readonly ClientSeen[], number: number): CensusView {
  // Whatever the roles say: a session that is not shown whole was not seen.
  if (sees_all && !clients.some((one) => one.transport === 'unknown')) return { complete: true }
  const grants = number >= PREDEFINED_ROLES ? 'pg_read_all_stats' : 'rds_superuser'
  return { complete: false, code: 'privilege', lacks: [`GRANT ${grants} TO ${quoted(role)}`] }
}

/**
 * Takes a census of a PostgreSQL server (9.5 to 18) by one query, in a session that was settled before; only where `rds.force_ssl` does not
 * exist and this role may read pg_hba.conf, by a second one. Times are by the server's clock.
 */
export async function takeCensus(ask: Ask, server: PostgresServer, now: () => Instant): Promise<CensusSample> {
  const [row] = await ask(sample(server.number))
  const at = now()
  const known = settings.parse(row)
  const clients = clientsIn(row)
  return {
    at,
    clock: known.clock,
    view: viewOf(known, clients, server.number),
    clients,
    tlsEnforced: await isTlsEnforced(ask, known),
    serverStarted: known.started,
  }
}
