import * as z from 'zod/mini'
import type { CensusSample, CensusView } from '../ports/sql.ts'
import type { Instant } from '../rules/words.ts'
import { refusesPlain } from './pg-hba.ts'

/** Runs one statement. */
export type Ask = (sql: string) => Promise<readonly Record<string, unknown>[]>

/** For example `15.4`, without the packager's additions. */
export async function serverVersion(ask: Ask): Promise<string> {
  const rows = await ask(
    `SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version`,
  )
  return z.tuple([z.object({ version: z.string() })]).parse(rows)[0].version
}

/** Whether this role sees everybody's sessions: without it other sessions' rows are there, empty, and read as "nobody". */
const SETTINGS = `
  SELECT current_user AS role,
         EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'pg_read_all_stats' AND pg_has_role(current_user, oid, 'USAGE')) AS sees_all,
         current_setting('rds.force_ssl', true) AS force_ssl,
         has_table_privilege('pg_hba_file_rules', 'SELECT')
           AND has_function_privilege('pg_hba_file_rules()', 'EXECUTE')
           AND has_function_privilege('pg_stat_file(text)', 'EXECUTE') AS reads_hba,
         floor(extract(epoch FROM pg_postmaster_start_time()) * 1000)::float8 AS started`

/** Replicas connect as walsenders; parallel workers and background processes are nobody's connections. */
const CLIENTS = `
  SELECT a.usename AS user,
         a.application_name AS application,
         coalesce(host(a.client_addr), '') AS address,
         CASE WHEN s.ssl THEN 'tls' WHEN a.client_addr IS NULL THEN 'local' ELSE 'plain' END AS transport,
         s.version AS protocol,
         count(*)::int AS sessions,
         floor(extract(epoch FROM min(a.backend_start)) * 1000)::float8 AS oldest,
         floor(extract(epoch FROM max(a.backend_start)) * 1000)::float8 AS newest
    FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s ON s.pid = a.pid
   WHERE a.backend_type IN ('client backend', 'walsender')
     AND a.pid <> pg_backend_pid()
     AND a.usename <> 'rdsadmin'
   GROUP BY 1, 2, 3, 4, 5
   ORDER BY 1, 2, 3, 4, 5`

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
})

const clients = z.array(
  z.object({
    user: z.string(),
    application: z.string(),
    address: z.string(),
    transport: z.enum(['tls', 'plain', 'local']),
    protocol: z.nullable(z.string()),
    sessions: z.number(),
    oldest: z.number(),
    newest: z.number(),
  }),
)

const ON = /^(?:on|1|true|yes)$/i
const OFF = /^(?:off|0|false|no)$/i

/** RDS says it in `rds.force_ssl`. Elsewhere pg_hba.conf decides, which only superusers may read. */
async function isTlsEnforced(
  ask: Ask,
  { force_ssl, reads_hba }: z.infer<typeof settings>,
): Promise<boolean | 'unknown'> {
  if (force_ssl !== null) return ON.test(force_ssl) ? true : OFF.test(force_ssl) ? false : 'unknown'
  return reads_hba ? refusesPlain(await ask(HBA)) : 'unknown'
}

const view = ({ sees_all, role }: z.infer<typeof settings>): CensusView =>
  sees_all
    ? { complete: true }
    : {
        complete: false,
        code: 'privilege',
        detail: `"${role}" sees only its own sessions: GRANT pg_read_all_stats (or pg_monitor) to it`,
      }

/**
 * Takes a census of a PostgreSQL server (10 to 18), in a transaction that cannot write. Times are by the server's clock.
 */
export async function takeCensus(ask: Ask, timeout: number, now: () => Instant): Promise<CensusSample> {
  await ask('BEGIN TRANSACTION READ ONLY')
  try {
    await ask(`SET LOCAL statement_timeout = ${Math.max(1, Math.floor(timeout))}`)
    // A role can have a search path of its own, in which other operators and views come before the system's.
    await ask('SET LOCAL search_path = pg_catalog')
    const [known] = z.tuple([settings]).parse(await ask(SETTINGS))
    const tlsEnforced = await isTlsEnforced(ask, known)
    const at = now()
    const rows = clients.parse(await ask(CLIENTS))
    return {
      at,
      view: view(known),
      clients: rows.map(({ protocol, ...client }) => ({ ...client, ...(protocol !== null && { protocol }) })),
      tlsEnforced,
      serverStarted: known.started,
    }
  } finally {
    // A lost session has no transaction any more.
    await ask('ROLLBACK').catch(() => undefined)
  }
}
