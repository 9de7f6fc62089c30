import * as z from 'zod/mini'
import type { Instant } from '../rules/words.ts'
import type { Ask } from './mysql-census.ts'
import type { ServerRun } from './session-marks.ts'

/** What a MySQL or MariaDB server says of itself when we log in. */
export interface MysqlServer {
  readonly flavour: 'mysql' | 'mariadb'
  readonly version: string
  readonly run: ServerRun
  /** Our own session: its number, and when it was accepted at the earliest, by the server's clock. */
  readonly mark: { readonly id: number; readonly at: Instant }
  readonly user: string
  readonly performanceSchema: boolean
  /** performance_schema.threads says how a session reaches the server: from MySQL 5.7.8 and MariaDB 10.5 on. */
  readonly showsTransport: boolean
  /** There is `require_secure_transport`: from the same versions on. */
  readonly demandsTls: boolean
}

const IDENTITY = `
  SELECT VERSION() AS version, CURRENT_USER() AS user, CONNECTION_ID() AS id, FLOOR(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS clock,
         @@hostname AS host, @@performance_schema AS performance_schema`

const identity = z.object({
  version: z.string(),
  user: z.string(),
  id: z.number(),
  clock: z.pipe(
    z.union([z.number(), z.string()]),
    z.transform((value) => Number(value)),
  ),
  host: z.string(),
  performance_schema: z.number(),
})

const isSince = (version: string, since: readonly [number, number, number]): boolean => {
  const parts = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0').split('.').map(Number)
  const at = since.findIndex((wanted, index) => parts[index] !== wanted)
  return at < 0 || (parts[at] ?? 0) > (since[at] ?? 0)
}

/** Which of the two it is, and what its version has. */
export function ofVersion(version: string): Pick<MysqlServer, 'flavour' | 'showsTransport' | 'demandsTls'> {
  const flavour = /mariadb/i.test(version) ? 'mariadb' : 'mysql'
  // MariaDB can put 5.5.5- in front, for clients that compare versions.
  const since = isSince(version.replace(/^5\.5\.5-/, ''), flavour === 'mariadb' ? [10, 5, 2] : [5, 7, 8])
  return { flavour, showsTransport: since, demandsTls: since }
}

const status = z.array(z.object({ Variable_name: z.string(), Value: z.string() }))

/** Global status variables by name. Needs no privilege. */
export async function globalStatus(ask: Ask, ...names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const list = names.map((name) => `'${name}'`).join(', ')
  const rows = status.parse(await ask(`SHOW GLOBAL STATUS WHERE Variable_name IN (${list})`))
  return new Map(rows.map(({ Variable_name: name, Value: value }) => [name, Number(value)]))
}

/** When the server process started, by its own clock, to the second. */
export async function serverStart(ask: Ask): Promise<Instant> {
  const [row] = z.tuple([z.object({ seconds: z.number() })]).parse(await ask('SELECT UNIX_TIMESTAMP() AS seconds'))
  const uptime = (await globalStatus(ask, 'Uptime')).get('Uptime') ?? 0
  return (row.seconds - uptime) * 1_000
}

/**
 * Asks a server who it is.
 * @param sinceDialled says how many milliseconds ago the connection was begun: our session is no older than that
 */
export async function readServer(ask: Ask, sinceDialled: () => number): Promise<MysqlServer> {
  const [own] = z.tuple([identity]).parse(await ask(IDENTITY))
  const age = Math.ceil(sinceDialled())
  const started = await serverStart(ask)
  return {
    ...ofVersion(own.version),
    version: own.version,
    run: { host: own.host, started },
    mark: { id: own.id, at: own.clock - age },
    user: own.user,
    performanceSchema: own.performance_schema === 1,
  }
}
