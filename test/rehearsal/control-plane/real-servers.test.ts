import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModifyDBInstanceCommand, paginateDescribeCertificates } from '@aws-sdk/client-rds'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import type { JoinedRegion } from '../../../src/rehearsal/join.ts'
import type { RegionDatabase } from '../../../src/rehearsal/region-info.ts'
import { discardServers } from '../../../src/rehearsal/servers/discard-servers.ts'
import { OPENSSL, openssl } from '../../support/openssl.ts'
import { PSQL } from '../../support/psql.ts'
import { gone, isAlive, join } from './support/processes.ts'
import { collect, eventually, newFolder, rdsClient, requestLog, settledOn, until } from './support/region.ts'

const PROGRAM = fileURLToPath(new URL('support/real-region-process.ts', import.meta.url))
const OLD = 'rds-ca-2019'
const TARGET = 'rds-ca-rsa4096-g1'

async function newRehearsal(): Promise<string> {
  const directory = await newFolder()
  onTestFinished(() => discardServers(directory))
  return directory
}

const joinReal = (directory: string): Promise<JoinedRegion> =>
  join(directory, { entry: { command: process.execPath, args: [PROGRAM, directory] } })

/** One file for each root of the Region's bundle, by the CA's identifier: found by the API's thumbprint. */
async function rootFiles(directory: string, { info }: JoinedRegion): Promise<Readonly<Record<string, string>>> {
  const { X509Certificate } = await import('node:crypto')
  const pages = await collect(paginateDescribeCertificates({ client: rdsClient(info.endpoint) }, {}))
  const listed = pages.flatMap((page) => page.Certificates!)
  const blocks = readFileSync(info.bundleFile, 'utf8').match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n/g)!
  return Object.fromEntries(
    listed.map(({ CertificateIdentifier: id, Thumbprint: thumbprint }) => {
      const sha1 = (pem: string): string => new X509Certificate(pem).fingerprint.replaceAll(':', '').toLowerCase()
      const file = joinPath(directory, `${id}.test.pem`)
      writeFileSync(
        file,
        blocks.find((pem) => sha1(pem) === thumbprint)!,
      )
      return [id!, file]
    }),
  )
}

/** Whether a client that trusts this root alone accepts what the server presents, by its full name. */
async function accepts(database: RegionDatabase, rootFile: string): Promise<boolean> {
  const starttls = database.engine === 'postgres' ? 'postgres' : 'mysql'
  const at = `${database.address}:${database.port}`
  const asked = ['s_client', '-starttls', starttls, '-connect', at, '-CAfile', rootFile, '-no-CApath', '-no-CAstore']
  const { code } = await openssl(...asked, '-verify_hostname', database.host, '-verify_return_error')
  return code === 0
}

const psql = (database: RegionDatabase, rootFile: string): Promise<string> =>
  new Promise((resolve) => {
    const { host, address, port, user, password, database: name } = database
    const target = `host=${host} hostaddr=${address} port=${port} user=${user} dbname=${name} sslmode=verify-full sslrootcert=${rootFile}`
    const env = { PATH: process.env['PATH'], PGPASSWORD: password, HOME: '/nonexistent' }
    execFile(PSQL, ['-X', '-At', '-w', '-c', 'select 42', target], { env }, (_error, out, err) => resolve(out + err))
  })

describe.skipIf(OPENSSL === '')('with real servers', () => {
  it('a rotation without the runbook breaks the application whose trust store is stale, and no other', async () => {
    const directory = await newRehearsal()
    const region = await joinReal(directory)
    const { info } = region
    const rds = rdsClient(info.endpoint)
    const roots = await rootFiles(directory, region)
    const rotated = info.databases.filter(({ id }) => id.endsWith('-staging'))
    for (const database of rotated) {
      expect([await accepts(database, roots[OLD]!), await accepts(database, roots[TARGET]!)]).toEqual([true, false])
      await rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: database.id,
          CACertificateIdentifier: TARGET,
          ApplyImmediately: true,
        }),
      )
    }
    for (const database of rotated) {
      await until(rds, database.id, settledOn(TARGET))
      expect([await accepts(database, roots[OLD]!), await accepts(database, roots[TARGET]!)]).toEqual([false, true])
    }
    if (PSQL !== '') {
      const [orders] = rotated
      expect(await psql(orders!, info.bundleFile)).toBe('42\n')
      expect(await psql(orders!, roots[OLD]!)).toMatch(/certificate verify failed/)
    }

    const broken = async (): Promise<readonly string[]> => {
      const reports = await region.reports()
      return reports.flatMap(({ name, database, connected }) => (connected ? [] : [`${name} ${database}`])).sort()
    }
    await eventually(broken).toEqual(rotated.map(({ id }) => `${id.replace('staging', 'ledger')} ${id}`).sort())

    const { applications } = parse(readFileSync(info.config, 'utf8')) as {
      applications: Record<string, { check: [string, ...string[]] }>
    }
    const check = async (name: string, database: RegionDatabase): Promise<number> => {
      const [program, ...args] = applications[name]!.check
      const env = { RDS_CA_HOST: database.host, RDS_CA_PORT: String(database.port), RDS_CA_BUNDLE: info.bundleFile }
      return new Promise((resolve) => {
        execFile(program, args, { env }, (error) => resolve(typeof error?.code === 'number' ? error.code : 0))
      })
    }
    const [orders] = rotated
    expect(await check('orders-api', orders!)).toBe(0)
    expect(await check('orders-ledger', orders!)).not.toBe(0)
  })

  it('a Region that is killed in the middle finds its servers again, and finishes', async () => {
    const directory = await newRehearsal()
    const first = await joinReal(directory)
    const rds = rdsClient(first.info.endpoint)
    const ids = first.info.databases.map(({ id }) => id)
    const pidsOf = (): Record<string, number> =>
      (JSON.parse(readFileSync(joinPath(directory, 'state.json'), 'utf8')) as { pids: Record<string, number> }).pids
    const servers = pidsOf()
    expect(Object.keys(servers).sort()).toEqual([...ids].sort())
    for (const id of ids)
      await rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          CACertificateIdentifier: TARGET,
          ApplyImmediately: true,
        }),
      )
    // Under way, or just over: a busy machine may not see the middle of it.
    await until(rds, 'orders-staging', (seen) => seen.DBInstanceStatus !== 'available' || settledOn(TARGET)(seen))
    process.kill(first.info.pid, 'SIGKILL')
    await gone(first.info.pid)
    expect(Object.values(servers).every((pid) => isAlive(pid))).toBe(true)

    const second = await joinReal(directory)
    expect(second.info.databases).toEqual(first.info.databases)
    const roots = await rootFiles(directory, second)
    for (const database of second.info.databases) {
      await until(rds, database.id, settledOn(TARGET))
      expect(await accepts(database, roots[TARGET]!)).toBe(true)
    }
    expect(pidsOf()['orders-staging']).toBe(servers['orders-staging'])
    const changes = (await requestLog(directory)).filter(({ action }) => action === 'ModifyDBInstance')
    expect(changes.map(({ status }) => status)).toEqual([200, 200, 200, 200])

    second.leave()
    await gone(second.info.pid)
    expect(Object.values(pidsOf())).toEqual([])
  })
})
