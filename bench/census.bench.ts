/**
 * What a census costs: how many statements a sample is for the server, counted by the server itself, and what it takes of the program.
 * 5,000 real sessions do not fit into a server here: 200 are real. What 5,000 clients cost the program is measured on as many rows that a
 * real PostgreSQL returns, in the shape of the census's own query and through the same driver: its view is replaced by generated sessions.
 */
import { performance } from 'node:perf_hooks'
import { openTallyFiles } from '../src/progress/tally-files.ts'
import { readServer, takeCensus, type Ask } from '../src/sql/postgres-census.ts'
import { openSql } from '../src/sql/open-sql.ts'
import { withSample, type Tally } from '../src/rules/tally.ts'
import { censusHead, censusLines } from '../src/ui/view/census-lines.ts'
import { amazonLike } from '../test/support/certificates.ts'
import { HAS_MARIADB, startMariadb, startPostgres, type DatabaseServer } from '../test/support/database-servers.ts'
import { mysqlSession, postgresSession, type OtherSession } from '../test/support/probe-clients.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const HOST = 'db.example.test'
const REAL = 200
const ROWS = 5_000
const SAMPLES = 20

const { root, inter, leaf } = await amazonLike(HOST)
const serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }
const say = (line: string): void => console.log(line)

const figures = (times: readonly number[]): string => {
  const sorted = times.toSorted((a, b) => a - b)
  return `${sorted[sorted.length >> 1]!.toFixed(1)} ms (${sorted[0]!.toFixed(1)} to ${sorted.at(-1)!.toFixed(1)})`
}

const logIn = (server: DatabaseServer, engine: 'postgres' | 'mysql') =>
  openSql({ connect: new Map([[`${HOST}:1234`, `127.0.0.1:${server.port}`]]), now: Date.now }).logIn({
    engine,
    host: HOST,
    port: 1234,
    roots: [root.pem],
    credentials: { user: server.user, password: server.password },
  })

async function crowd(enter: typeof postgresSession, server: DatabaseServer): Promise<OtherSession[]> {
  const sessions: OtherSession[] = []
  for (let n = 0; n < REAL; n += 1) sessions.push(await enter(server, { application: `worker-${n % 50}` }))
  return sessions
}

/** Samples one after another; `asked` tells how many statements the server has counted of our session. */
async function real(name: string, server: DatabaseServer, engine: 'postgres' | 'mysql', asked: () => Promise<number>) {
  const sessions = await crowd(engine === 'postgres' ? postgresSession : mysqlSession, server)
  const session = await logIn(server, engine)
  const first = await session.census()
  const before = await asked()
  const times: number[] = []
  for (let n = 0; n < SAMPLES; n += 1) {
    const begun = performance.now()
    await session.census()
    times.push(performance.now() - begun)
  }
  const statements = (await asked()) - before
  const seen = first.clients.reduce((sum, one) => sum + one.sessions, 0)
  say(
    `${name}, ${seen} real sessions seen: ${statements / SAMPLES} statement(s) a sample, whole sample ${figures(times)}`,
  )
  await session.close()
  for (const one of sessions) await one.end()
}

say(`A census of ${REAL} real TLS sessions, ${SAMPLES} samples:`)
// As on RDS, where rds.force_ssl is there; without it, who may read pg_hba.conf reads it too.
const postgres = await startPostgres(serves, {
  settings: { max_connections: String(REAL + 40), log_statement: 'all', 'rds.force_ssl': '0', log_line_prefix: '%a ' },
})
await real(
  '  PostgreSQL',
  postgres,
  'postgres',
  async () => postgres.log().split(/^rds-ca-runbook .*(?:statement|execute)/m).length - 1,
)

say(`${ROWS} clients, as rows that PostgreSQL returns:`)
const generated = `
  SELECT 'user_' || n % 40 AS usename, 'app-' || n % 400 AS application_name, ('10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256)::inet AS client_addr,
         now() - n * interval '1 second' AS backend_start, 'client backend' AS backend_type, 5000000 + n AS pid, 5::oid AS datid
    FROM generate_series(1, ${ROWS}) n`
const admin = await postgresSession(postgres)
// In a session of its own, temporary views come before the system's. No process has such an id: our own session is left out by it.
await admin.query(`CREATE TEMPORARY VIEW pg_stat_activity AS ${generated}`)
await admin.query(
  `CREATE TEMPORARY VIEW pg_stat_ssl AS SELECT 5000000 + n AS pid, true AS ssl, 'TLSv1.3' AS version, 'TLS_AES_256_GCM_SHA384' AS cipher FROM generate_series(1, ${ROWS}) n`,
)
await admin.query('SET search_path = pg_temp, pg_catalog')
let waited = 0
const ask: Ask = async (sql) => {
  const begun = performance.now()
  const { rows } = (await admin.query(sql)) as { rows: Record<string, unknown>[] }
  waited += performance.now() - begun
  return rows
}
const server = await readServer(ask)
const directory = mkdtempSync(join(tmpdir(), 'census-bench-'))
const writer = openTallyFiles(directory).take({ kind: 'database', world: 'bench', id: 'db' })!
let tally: Tally | undefined
const parts = {
  query: [] as number[],
  program: [] as number[],
  cpu: [] as number[],
  fold: [] as number[],
  save: [] as number[],
  show: [] as number[],
}
for (let n = 0; n < SAMPLES; n += 1) {
  waited = 0
  const cpu = process.cpuUsage()
  const begun = performance.now()
  const sample = await takeCensus(ask, server, Date.now)
  const used = process.cpuUsage(cpu)
  parts.query.push(waited)
  parts.program.push(performance.now() - begun - waited)
  parts.cpu.push((used.user + used.system) / 1_000)
  if (sample.clients.length !== ROWS) throw new Error(`${sample.clients.length} clients came`)
  const folding = performance.now()
  tally = withSample(tally, { sample, server: 'postgres', leaf: { sha256: 'a', ends: 0 } })
  parts.fold.push(performance.now() - folding)
  const saving = performance.now()
  writer.save(tally)
  parts.save.push(performance.now() - saving)
  const showing = performance.now()
  censusHead(tally)
  censusLines(tally, { applications: [], accounted: [] })
  parts.show.push(performance.now() - showing)
}
writer.release()
rmSync(directory, { recursive: true, force: true })
say(`  the query, until its rows are here: ${figures(parts.query)} (server and driver)`)
say(
  `  the program's CPU time for it, driver included: ${figures(parts.cpu)}; of it what follows the driver: ${figures(parts.program)}`,
)
say(
  `  beside the sample: folding ${figures(parts.fold)}, saving durably ${figures(parts.save)}, lines of the screen ${figures(parts.show)}`,
)
await admin.end()
await postgres.stop()

if (HAS_MARIADB) {
  const mariadb = await startMariadb(serves, { settings: { 'max-connections': String(REAL + 40) } })
  const counter = await mysqlSession(mariadb)
  await real('  MariaDB', mariadb, 'mysql', async () => {
    const [rows] = (await counter.query(
      `select sum(s.variable_value) as n from performance_schema.status_by_thread s join performance_schema.threads t using (thread_id)
         join performance_schema.session_connect_attrs a on a.processlist_id = t.processlist_id and a.attr_name = 'program_name' and a.attr_value = 'rds-ca-runbook'
        where s.variable_name = 'Questions'`,
    )) as [{ n: number }[]]
    return Number(rows[0]?.n)
  })
  await counter.end()
  await mariadb.stop()
}
