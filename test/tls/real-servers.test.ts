import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WireEngine, WireProof } from '../../src/ports/wire.ts'
import { openWire } from '../../src/tls/open-wire.ts'
import { amazonLike, days, issue } from '../support/certificates.ts'
import {
  DEBIAN_POSTGRES,
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { mysqlSession } from '../support/probe-clients.ts'
import { PSQL, psqlVerdict } from '../support/psql.ts'
import type { Serves } from '../support/tls-servers.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const { root, inter, leaf } = await amazonLike(HOST, { dns: [HOST], ip: ['127.0.0.1'] })
const oldServes: Serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }

const nextRoot = await issue({
  subject: 'CN=Amazon RDS eu-test-1 Root CA RSA4096 G1, O=Test',
  ca: true,
  key: 'rsa2048',
})
const nextInter = await issue({
  subject: 'CN=Amazon RDS eu-test-1 Subordinate CA RSA4096 G1.A.1, O=Test',
  issuer: nextRoot,
  ca: { pathLength: 0 },
  key: 'rsa2048',
})
const nextLeaf = await issue({ subject: HOST, issuer: nextInter, dns: [HOST], ip: ['127.0.0.1'], keyName: 'next' })
const newServes: Serves = { certPem: nextLeaf.pem + nextInter.pem, keyPem: nextLeaf.keyPem }

const expired = await issue({
  subject: HOST,
  issuer: inter,
  dns: [HOST],
  ip: ['127.0.0.1'],
  notBefore: days(-9),
  notAfter: days(-1),
  keyName: 'expired',
})

const MARIADB = ['/usr/bin/mariadb', '/usr/local/bin/mariadb'].find((path) => existsSync(path)) ?? ''

/** Whether the stock MariaDB client takes a server's certificate, for the address 127.0.0.1. */
async function mariadbAccepts(server: DatabaseServer, rootPem: string): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'mariadb-client-'))
  try {
    const file = join(directory, 'root.pem')
    await writeFile(file, rootPem)
    const args = [
      '--no-defaults',
      '-h127.0.0.1',
      `-P${server.port}`,
      `-u${server.user}`,
      `--ssl-ca=${file}`,
      '--ssl-verify-server-cert',
      '-e',
      'select 1',
    ]
    return await new Promise((resolve) => {
      execFile(MARIADB, args, { env: { PATH: process.env['PATH'], MYSQL_PWD: server.password } }, (error) =>
        resolve(error === null),
      )
    })
  } finally {
    await rm(directory, { recursive: true })
  }
}

const psqlAccepts = async (server: DatabaseServer, rootPem: string): Promise<boolean> => {
  const { said } = await psqlVerdict({ host: HOST, port: server.port, roots: [rootPem] })
  return /no password supplied|password authentication/.test(said)
}

const servers: readonly {
  readonly name: string
  readonly engine: WireEngine
  readonly there: boolean
  readonly start: () => Promise<DatabaseServer>
  readonly client: {
    readonly there: boolean
    readonly accepts: (server: DatabaseServer, rootPem: string) => Promise<boolean>
  }
}[] = [
  {
    name: 'PostgreSQL from npm',
    engine: 'postgres',
    there: POSTGRES_BIN !== undefined,
    start: () => startPostgres(oldServes),
    client: { there: PSQL !== '', accepts: psqlAccepts },
  },
  {
    name: 'PostgreSQL from Debian',
    engine: 'postgres',
    there: DEBIAN_POSTGRES !== undefined,
    start: () => startPostgres(oldServes, { ...(DEBIAN_POSTGRES && { bin: DEBIAN_POSTGRES }) }),
    client: { there: PSQL !== '', accepts: psqlAccepts },
  },
  {
    name: 'MariaDB',
    engine: 'mysql',
    there: HAS_MARIADB,
    start: () => startMariadb(oldServes),
    client: { there: MARIADB !== '', accepts: mariadbAccepts },
  },
]

for (const { name, engine, there, start, client } of servers) {
  describe.skipIf(!there)(name, () => {
    let server: DatabaseServer
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())

    const verify = (rootPem: string, direct = false): Promise<WireProof> =>
      openWire({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${server.port}`]]), now: Date.now }).verify({
        engine,
        host: HOST,
        port: 5432,
        roots: [rootPem],
        direct,
      })

    /** Puts a certificate in place and waits until it is the one that is served. */
    async function rotate(what: Serves, serial: string): Promise<void> {
      server.reload(what)
      if (engine === 'mysql') {
        const admin = await mysqlSession(server)
        await admin.query('flush ssl')
        await admin.end()
      }
      await expect.poll(async () => (await verify(root.pem)).served[0]?.serial, PATIENTLY).toBe(serial)
    }
    const serialOf = (certificate: typeof leaf): string => certificate.certificate.serialNumber.toLowerCase()

    test('is proven, without a log-in and over one connection', async () => {
      const proof = await verify(root.pem)
      expect(proof).toMatchObject({ strict: true, protocol: 'TLSv1.3' })
      expect(proof.served).toHaveLength(2)
      expect(proof.root?.subject).toBe(root.subject)
    })

    test('is left politely: PostgreSQL’s log does not notice', async () => {
      if (engine === 'mysql') return
      const before = server.log().length
      await verify(root.pem)
      await verify(nextRoot.pem)
      expect(server.log().slice(before)).toBe('')
    })

    test('counts one connection for one proof, whatever its verdict', async () => {
      if (engine === 'postgres') return
      const admin = await mysqlSession(server)
      const connections = async (): Promise<number> => {
        const [rows] = (await admin.query(`show global status like 'Connections'`)) as [{ Value: string }[]]
        return Number(rows[0]?.Value)
      }
      const before = await connections()
      await verify(root.pem)
      await verify(nextRoot.pem)
      expect(await connections()).toBe(before + 2)
      await admin.end()
    })

    test('takes direct TLS from PostgreSQL 17 on, and is proven by it alike', async () => {
      if (engine === 'mysql') return
      const proof = verify(root.pem, true)
      if (server.runs === 'PostgreSQL 15') await expect(proof).rejects.toMatchObject({ stage: 'tls', code: 'CLOSED' })
      else expect(await proof).toMatchObject({ strict: true, root: { subject: root.subject } })
    })

    test('after a rotation the wire says so, and the stock client agrees', async () => {
      expect([(await verify(root.pem)).strict, (await verify(nextRoot.pem)).strict]).toEqual([true, false])
      if (client.there)
        expect([await client.accepts(server, root.pem), await client.accepts(server, nextRoot.pem)]).toEqual([
          true,
          false,
        ])
      await rotate(newServes, serialOf(nextLeaf))
      const proof = await verify(nextRoot.pem)
      expect(proof).toMatchObject({ strict: true, root: { subject: nextRoot.subject, key: 'rsa2048' } })
      expect(await verify(root.pem)).toMatchObject({ strict: false, chain: { code: 'unknown-root' } })
      if (client.there)
        expect([await client.accepts(server, root.pem), await client.accepts(server, nextRoot.pem)]).toEqual([
          false,
          true,
        ])
    })

    test('an expired leaf is told from everything else, and the stock client refuses it', async () => {
      await rotate({ certPem: expired.pem + inter.pem, keyPem: expired.keyPem }, serialOf(expired))
      expect(await verify(root.pem)).toMatchObject({
        strict: false,
        chain: { passed: true },
        dates: { passed: false, code: 'expired', certificate: HOST },
        name: { passed: true },
      })
      if (client.there) expect(await client.accepts(server, root.pem)).toBe(false)
    })
  })
}
