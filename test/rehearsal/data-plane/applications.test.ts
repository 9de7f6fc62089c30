import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { applicationFile } from '../../../src/rehearsal/applications/application-file.ts'
import { checkApplication as check } from '../../../src/rehearsal/applications/check-application.ts'
import type { ApplicationReport, Applications, DatabaseServer, DataPlane } from '../../../src/rehearsal/data-plane.ts'
import { openDataPlane } from '../../../src/rehearsal/open-data-plane.ts'
import { mysqlFound } from './support/engines.ts'
import { freePort, newFolder, removeFolder } from './support/folder.ts'
import { applicationsOn, hostOf, updateStaleStore } from './support/region.ts'

const run = promisify(execFile)
const NAMES = ['web', 'reports', 'cron', 'legacy']

let folder: string
let plane: DataPlane
beforeAll(async () => {
  folder = await newFolder()
  plane = await openDataPlane({ directory: folder, region: 'ap-northeast-1', pace: 400 })
})
afterAll(() => removeFolder(folder))

const FAMILIES = [
  { family: 'postgres', title: 'PostgreSQL', missing: false },
  {
    family: 'mysql',
    title: mysqlFound ? 'MariaDB or MySQL' : 'MariaDB or MySQL (skipped: no such server on this machine)',
    missing: !mysqlFound,
  },
] as const

for (const { family, missing, title } of FAMILIES) {
  describe.skipIf(missing)(title, () => {
    const id = `orders-${family}`
    const host = hostOf(id)
    let server: DatabaseServer
    let applications: Applications

    beforeAll(async () => {
      const port = await freePort()
      server = await plane.startServer({ id, family, hostName: host, port }, await plane.pki.issue('rds-ca-2019', host))
      applications = await plane.startApplications(await applicationsOn(folder, plane.pki, [id]), [server])
    })
    afterAll(async () => {
      await applications.stop()
      await server.stop()
    })

    const reportOf = (name: string): ApplicationReport => applications.reports().find((one) => one.name === name)!
    const connected = (names: readonly string[]) => names.filter((name) => reportOf(name).connected)

    /** Resolves when every application has tried to connect anew since now, twice: the first may have been under way already. */
    async function nextAttempts(): Promise<void> {
      const attempts = () => applications.reports().map(({ connections, failures }) => connections + failures)
      const before = attempts()
      await expect
        .poll(() => attempts().every((count, index) => count >= before[index]! + 2), { timeout: 20_000 })
        .toBe(true)
    }

    /** The sessions as the operator's user sees them, which must see everybody's: user, application name, with TLS or without. */
    async function census(): Promise<readonly string[]> {
      const { database, password, user } = server
      const login = { host: '127.0.0.1', port: server.spec.port, user, password, database }
      if (family === 'postgres') {
        const client = new Client({ ...login, ssl: { rejectUnauthorized: false } })
        await client.connect()
        const { rows } = await client.query<{ seen: string }>(
          `SELECT usename || '/' || application_name || '/' || s.ssl AS seen FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid)
           WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND usename IS NOT NULL`,
        )
        await client.end()
        return rows.map(({ seen }) => seen)
      }
      const connection = await createConnection({ ...login, ssl: { rejectUnauthorized: false } })
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT CONCAT(PROCESSLIST_USER, '/', COALESCE(a.ATTR_VALUE, ''), '/', CONNECTION_TYPE = 'SSL/TLS') AS seen
         FROM performance_schema.threads t LEFT JOIN performance_schema.session_connect_attrs a
         ON a.PROCESSLIST_ID = t.PROCESSLIST_ID AND a.ATTR_NAME = 'program_name'
         WHERE TYPE = 'FOREGROUND' AND t.PROCESSLIST_ID <> CONNECTION_ID() AND PROCESSLIST_USER IS NOT NULL`,
      )
      await connection.end()
      return rows.map((row) => String(row['seen']).replace(/\/1$/, '/true').replace(/\/0$/, '/false'))
    }

    async function checkOf(name: string, at: { host?: string; port?: number } = {}) {
      const said: string[] = []
      const environment = { RDS_CA_HOST: at.host ?? host, RDS_CA_PORT: String(at.port ?? server.spec.port) }
      const code = await check([applicationFile(folder, name)], environment, (line) => said.push(line))
      return { code, said }
    }

    test('all connect under the old CA, each in its own way, and hold sessions that the census sees', async () => {
      expect(connected(NAMES)).toEqual(NAMES)
      await nextAttempts()
      const seen = await census()
      for (const client of [
        'web_user/web/true',
        'reports_user/reports/true',
        'cron_user/cron/true',
        'legacy_user/legacy/false',
      ]) {
        expect(seen.filter((one) => one === client).length).toBeGreaterThanOrEqual(2)
      }
      expect(seen.filter((one) => one.startsWith('rdsadmin/'))).toHaveLength(1)
      expect(applications.reports().every(({ failures }) => failures === 0)).toBe(true)
    })

    test('their checks agree, name no password, and refuse what they are not asked properly', async () => {
      for (const name of NAMES)
        expect(await checkOf(name)).toMatchObject({ code: 0, said: [expect.stringContaining(host)] })
      expect(await checkOf('web', { host: 'elsewhere.example' })).toMatchObject({ code: 2 })
      expect(await checkOf('web', { port: 1 })).toMatchObject({ code: 2 })
      const said: string[] = []
      expect(await check([], {}, (line) => said.push(line))).toBe(2)
      expect(
        await check([join(folder, 'absent.json')], { RDS_CA_HOST: host, RDS_CA_PORT: '1' }, (line) => said.push(line)),
      ).toBe(2)
      await writeFile(join(folder, 'other.json'), '{"formatVersion":1}')
      expect(
        await check([join(folder, 'other.json')], { RDS_CA_HOST: host, RDS_CA_PORT: '1' }, (line) => said.push(line)),
      ).toBe(2)
      expect(said).toHaveLength(3)
      const file = applicationFile(folder, 'web')
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const { password } = JSON.parse(await readFile(file, 'utf8')) as { password: string }
      const program = join(import.meta.dirname, '../../../src/rehearsal/applications/check.ts')
      const env = { ...process.env, RDS_CA_HOST: host, RDS_CA_PORT: String(server.spec.port) }
      const { stdout, stderr } = await run(process.execPath, [program, file], { env })
      expect(stdout).toBe(
        `web: connected to ${host}:${server.spec.port} as web_user with TLS, certificate and host name verified\n`,
      )
      expect(stdout + stderr).not.toContain(password)
    })

    test('a certificate of the right CA under another name is refused by those that verify, and by nobody else', async () => {
      await server.reload(await plane.pki.issue('rds-ca-2019', 'other.rds.example'))
      await nextAttempts()
      expect(connected(NAMES)).toEqual(['cron', 'legacy'])
      expect(reportOf('web').lastError).toMatch(/altnames|Altnames|ERR_TLS_CERT_ALTNAME_INVALID/)
      await server.reload(await plane.pki.issue('rds-ca-2019', host))
      await nextAttempts()
      expect(connected(NAMES)).toEqual(NAMES)
      expect(reportOf('web').lastError).toBeUndefined()
    })

    test('rotated without updating its store, the stale application alone breaks, and its check says why', async () => {
      await server.restart(await plane.pki.issue('rds-ca-rsa2048-g1', host))
      await nextAttempts()
      expect(connected(NAMES)).toEqual(['web', 'cron', 'legacy'])
      expect(reportOf('reports').lastError).toMatch(/unable to get local issuer certificate/)
      expect(await checkOf('reports')).toMatchObject({
        code: 1,
        said: [expect.stringContaining('unable to get local issuer certificate')],
      })
      expect(await checkOf('web')).toMatchObject({ code: 0 })
      const seen = await census()
      expect(seen.filter((one) => one.startsWith('reports_user/'))).toEqual([])
      expect(seen.filter((one) => one.startsWith('web_user/')).length).toBeGreaterThan(0)
    })

    test('it recovers by itself once its store is updated', async () => {
      await updateStaleStore(folder)
      await nextAttempts()
      expect(connected(NAMES)).toEqual(NAMES)
      expect(reportOf('reports').lastError).toBeUndefined()
      expect(reportOf('reports').failures).toBeGreaterThan(0)
    })

    test("another Region's root breaks all that verify; an emptied store never means the public authorities", async () => {
      await server.reload(await plane.pki.issueUnderWrongRoot('rds-ca-rsa2048-g1', host))
      await nextAttempts()
      expect(connected(NAMES)).toEqual(['cron', 'legacy'])
      await server.reload(await plane.pki.issue('rds-ca-rsa2048-g1', host))
      await writeFile(join(folder, 'stale.pem'), '')
      await nextAttempts()
      expect(connected(NAMES)).toEqual(['web', 'cron', 'legacy'])
      expect(reportOf('reports').lastError).toContain('holds no certificate')
    })

    test('a server that is gone for a while harms nobody for longer', async () => {
      const port = server.spec.port
      await server.stop()
      await nextAttempts()
      expect(connected(NAMES)).toEqual([])
      await updateStaleStore(folder)
      server = await plane.startServer(
        { id, family, hostName: host, port },
        await plane.pki.issue('rds-ca-rsa2048-g1', host),
      )
      await nextAttempts()
      expect(connected(NAMES)).toEqual(NAMES)
    })

    test('stopped applications leave no session behind', async () => {
      await applications.stop()
      await expect
        .poll(async () => (await census()).filter((one) => !one.startsWith('rdsadmin/')), { timeout: 20_000 })
        .toEqual([])
    })
  })
}
