/**
 * What a census costs: how many statements a sample is for the server, counted by the server itself, and what it takes of the program.
 * 5,000 real sessions do not fit into a server here: 200 are real. What 5,000 clients cost the program is measured on as many rows that a
 * real PostgreSQL returns, in the shape of the census's own query and through the same driver: its view is replaced by generated sessions; and on as many that a real MariaDB returns.
 */
import { performance } from 'node:perf_hooks'
import { openTallyFiles } from '../src/progress/tally-files.ts'
import { censusTaker, type Ask as MysqlAsk } from '../src/sql/mysql-census.ts'
import { readServer as readMariadb } from '../src/sql/mysql-server.ts'
import { readServer, takeCensus, type Ask as PostgresAsk } from '../src/sql/postgres-census.ts'
import { SessionMarks } from '../src/sql/session-marks.ts'
import { openSql } from '../src/sql/open-sql.ts'
import type { CensusSample } from '../src/rules/census.ts'
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
const sessions = `
  SELECT 'user_' || n % 40 AS usename, 'app-' || n % 400 AS application_name, ('10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256)::inet AS client_addr,
         now() - n * interval '1 second' AS backend_start, 'client backend' AS backend_type, 5000000 + n AS pid, 5::oid AS datid
    FROM generate_series(1, ${ROWS}) n`
const admin = await postgresSession(postgres)
// In a session of its own, temporary views come before the system's. No process has such an id: our own session is left out by it.
await admin.query(`CREATE TEMPORARY VIEW pg_stat_activity AS ${sessions}`)
await admin.query(
  `CREATE TEMPORARY VIEW pg_stat_ssl AS SELECT 5000000 + n AS pid, true AS ssl, 'TLSv1.3' AS version, 'TLS_AES_256_GCM_SHA384' AS cipher FROM generate_series(1, ${ROWS}) n`,
)
await admin.query('SET search_path = pg_temp, pg_catalog')
const waited = { ms: 0 }
const answered = async (rows: Promise<unknown>): Promise<Record<string, unknown>[]> => {
  const begun = performance.now()
  const answer = (await rows) as Record<string, unknown>[]
  waited.ms += performance.now() - begun
  return answer
}

/** The same clients again and again; `beside` does with a sample what a watch does. */
async function generated(take: () => Promise<CensusSample>, beside: (sample: CensusSample) => void = () => undefined) {
  const parts = { query: [] as number[], program: [] as number[], cpu: [] as number[] }
  for (let n = 0; n < SAMPLES; n += 1) {
    waited.ms = 0
    const cpu = process.cpuUsage()
    const begun = performance.now()
    const sample = await take()
    const used = process.cpuUsage(cpu)
    parts.query.push(waited.ms)
    parts.program.push(performance.now() - begun - waited.ms)
    parts.cpu.push((used.user + used.system) / 1_000)
    if (sample.clients.length !== ROWS) throw new Error(`${sample.clients.length} clients came`)
    beside(sample)
  }
  say(`  the query, until its answer is here: ${figures(parts.query)} (server and driver)`)
  say(
    `  the program's CPU time for it, driver included: ${figures(parts.cpu)}, the first ${parts.cpu[0]?.toFixed(1)} ms; of it what follows the driver: ${figures(parts.program)}`,
  )
}

const ask: PostgresAsk = (sql) => answered((admin.query(sql) as Promise<{ rows: unknown }>).then(({ rows }) => rows))
const server = await readServer(ask)
const directory = mkdtempSync(join(tmpdir(), 'census-bench-'))
const writer = openTallyFiles(directory).take({ kind: 'database', world: 'bench', id: 'db' })!
let tally: Tally | undefined
const parts = { fold: [] as number[], save: [] as number[], show: [] as number[] }
await generated(
  () => takeCensus(ask, server, Date.now),
  (sample) => {
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
  },
)
writer.release()
rmSync(directory, { recursive: true, force: true })
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
  say(`${ROWS} clients, as rows that MariaDB returns:`)
  // performance_schema cannot be replaced: the census's statement is, by one whose rows have its shape.
  const rows = `
    SELECT 1764360000000.0 AS clock, 0 AS enforced, '1000' AS uptime, '100' AS accepts, '200' AS connections, '0' AS lost,
           CONCAT('user_', seq % 40) AS user, CONCAT('app-', seq % 400) AS application,
           CONCAT('10.', seq DIV 65536, '.', seq DIV 256 % 256, '.', seq % 256) AS address, 'SSL/TLS' AS type, 'TLSv1.3' AS protocol,
           'TLS_AES_256_GCM_SHA384' AS cipher, 'Nov 28 12:00:00 2027 GMT' AS met, COUNT(*) AS sessions, MAX(seq) AS newest
      FROM mysql.seq_1_to_${ROWS} GROUP BY seq`
  const askMariadb: MysqlAsk = (sql) =>
    answered(
      (counter.query(sql.includes('FROM performance_schema.threads t') ? rows : sql) as Promise<[unknown]>).then(
        ([answer]) => answer,
      ),
    )
  const known = await readMariadb(askMariadb, () => 0)
  const marks = new SessionMarks()
  await generated(censusTaker({ ask: askMariadb, server: known, marks, now: Date.now }))
  await counter.end()
  await mariadb.stop()
}
