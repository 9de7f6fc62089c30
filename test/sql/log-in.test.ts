import { existsSync } from 'node:fs'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CannotLogIn, type LogInQuestion } from '../../src/ports/sql.ts'
import { openSql } from '../../src/sql/open-sql.ts'
import { readCertificate } from '../../src/tls/certificate.ts'
import { amazonLike, days, issue } from '../support/certificates.ts'
import {
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { mysqlSession, postgresSession } from '../support/probe-clients.ts'
import { mysqlGreeting, startTlsServer, tcpServer, type Serves } from '../support/tls-servers.ts'
import { PATIENTLY } from '../support/patience.ts'

const HOST = 'db.example.test'
const { root, inter, leaf } = await amazonLike(HOST, { dns: [HOST], ip: ['127.0.0.1'] })
const stranger = await issue({ subject: 'CN=Stranger', ca: true })
const serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }

/** PAM asks for `mysql_clear_password`, as RDS's accounts for IAM tokens do. */
const HAS_PAM = existsSync('/usr/lib/mysql/plugin/auth_pam_v1.so')
const PAM = HAS_PAM ? { 'plugin-load-add': 'auth_pam_v1', 'pam-use-cleartext-plugin': 'ON' } : {}

const engines = [
  { engine: 'postgres' as const, there: POSTGRES_BIN !== undefined, start: startPostgres, other: postgresSession },
  {
    engine: 'mysql' as const,
    there: HAS_MARIADB,
    start: (what: Serves) => startMariadb(what, { settings: PAM }),
    other: mysqlSession,
  },
]

const failure = (work: Promise<unknown>): Promise<CannotLogIn> =>
  work.then(
    () => Promise.reject(new Error('it logged in')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(CannotLogIn)
      return error as CannotLogIn
    },
  )

for (const { engine, there, start, other } of engines) {
  describe.skipIf(!there)(`a real server: ${engine}`, () => {
    let server: DatabaseServer
    beforeAll(async () => {
      server = await start(serves)
    })
    afterAll(() => server?.stop())

    const sql = (timeout = 15_000) =>
      openSql({ connect: new Map([[`${HOST}:5432`, `127.0.0.1:${server.port}`]]), now: Date.now, timeout })
    const question = (more: Partial<LogInQuestion> = {}): LogInQuestion => ({
      engine,
      host: HOST,
      port: 5432,
      roots: [root.pem],
      credentials: { user: server.user, password: server.password },
      ...more,
    })

    test('lets us in with verify-full, and we know with whom we speak', async () => {
      const session = await sql().logIn(question())
      try {
        expect(session.place).toEqual({ kind: 'connect', address: `127.0.0.1:${server.port}` })
        expect(session.tls).toEqual({
          protocol: 'TLSv1.3',
          cipher: expect.stringContaining('AES') as string,
          leaf: readCertificate(leaf.pem).sha256,
          leafEnds: readCertificate(leaf.pem).notAfter,
        })
        expect(session.server.flavour).toBe(engine === 'postgres' ? 'postgres' : 'mariadb')
        expect(server.runs).toContain(session.server.version.split('.')[0])
      } finally {
        await session.close()
      }
    })

    test('at an address, when the certificate names it', async () => {
      const session = await sql().logIn(question({ host: '127.0.0.1', port: server.port }))
      expect(session.place).toEqual({ kind: 'here' })
      await session.close()
    })

    test.each([
      ['without its root', { roots: [stranger.pem] }, 'unknown-root'],
      ['without any root', { roots: [] }, 'unknown-root'],
      ['with its intermediate for a root', { roots: [inter.pem] }, 'intermediate-only'],
    ])('%s we send nothing', async (_, more, code) => {
      const problem = await failure(sql().logIn(question(more)))
      expect(problem).toMatchObject({ code: 'CERTIFICATE', certificate: { checks: [code] } })
      expect(problem.message).toContain(code)
      expect(problem.message).toContain('no credentials were sent')
    })

    describe.skipIf(engine !== 'mysql' || !HAS_PAM)('an account that asks for clear text', () => {
      const refused = (token: boolean, trusted = root.pem) =>
        failure(
          sql().logIn(
            question({
              roots: [trusted],
              credentials: { user: 'iam', password: 'a-signed-token', ...(token && { token: true }) },
            }),
          ),
        )
      beforeAll(async () => {
        const admin = await other(server)
        await admin.query("CREATE USER iam@'%' IDENTIFIED VIA pam USING 'no-such-service'")
        await admin.end()
      })

      test('gets no password', async () => {
        const { code, message } = await refused(false)
        expect(code).toBe('UNSUPPORTED')
        expect(message).toContain('login: { from: iam }')
      })

      test('gets no token where the certificate does not pass', async () =>
        expect((await refused(true, stranger.pem)).code).toBe('CERTIFICATE'))

      // PAM takes its time to say no.
      test.skipIf(!process.env['SOAK'])('gets a token, and what an IAM log-in needs is named', async () => {
        const { code, message } = await refused(true)
        expect(code).toBe('AUTHENTICATION')
        expect(message).toContain('rds-db:connect')
        expect(message).not.toContain('a-signed-token')
      })
    })

    test('a wrong password is told, and not shown', async () => {
      const problem = await failure(
        sql().logIn(question({ credentials: { user: server.user, password: 'battery staple' } })),
      )
      expect(problem.code).toBe('AUTHENTICATION')
      expect(inspect(problem, { depth: 10, showHidden: true })).not.toContain('battery staple')
    })

    test('an unknown database is the server’s refusal, not ours', async () => {
      const credentials = { user: server.user, password: server.password, database: 'nowhere' }
      expect(await failure(sql().logIn(question({ credentials })))).toMatchObject({ code: 'REFUSED' })
    })

    test('the environment changes neither where we go nor whom we trust', async () => {
      vi.stubEnv('PGHOST', '192.0.2.1')
      vi.stubEnv('PGPORT', '1')
      vi.stubEnv('PGUSER', 'somebody')
      vi.stubEnv('PGPASSWORD', 'else')
      vi.stubEnv('PGDATABASE', 'nowhere')
      vi.stubEnv('PGSSLMODE', 'disable')
      vi.stubEnv('PGSSLNEGOTIATION', 'direct')
      vi.stubEnv('PGOPTIONS', '-c default_transaction_isolation=nonsense')
      vi.stubEnv('PGREPLICATION', 'database')
      vi.stubEnv('PGAPPNAME', 'another')
      vi.stubEnv('NODE_PG_FORCE_NATIVE', '1')
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
      try {
        const session = await sql().logIn(question())
        const watcher = await sql().logIn(question())
        expect((await watcher.census()).clients).toContainEqual(
          expect.objectContaining({ application: 'rds-ca-runbook', transport: 'tls' }),
        )
        await Promise.all([session.close(), watcher.close()])
        expect(process.env['PGOPTIONS']).toBe('-c default_transaction_isolation=nonsense')
        expect(await failure(sql().logIn(question({ roots: [stranger.pem] })))).toMatchObject({ code: 'CERTIFICATE' })
      } finally {
        vi.unstubAllEnvs()
      }
    })

    test('a session that is lost says so, and does nothing worse', async () => {
      const session = await sql().logIn(question())
      const killer = await other(server, { application: 'killer' })
      await killer.query(
        engine === 'postgres'
          ? `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rds-ca-runbook'`
          : `begin not atomic declare i int; select PROCESSLIST_ID into i from performance_schema.session_connect_attrs where ATTR_VALUE = 'rds-ca-runbook' limit 1; kill i; end`,
      )
      await killer.end()
      const problem = await failure(session.census())
      expect(problem.message).toContain(HOST)
      await session.close()
    })

    test('sessions end', async () => {
      const session = await sql().logIn(question())
      await session.close()
      await session.close()
      const watcher = await sql().logIn(question())
      await expect.poll(async () => (await watcher.census()).clients, PATIENTLY).toEqual([])
      await watcher.close()
    })
  })
}

describe.each(['postgres', 'mysql'] as const)('a server that is not right: %s', (engine) => {
  const question = (host = HOST): LogInQuestion => ({
    engine,
    host,
    port: 5432,
    roots: [root.pem],
    credentials: { user: 'admin', password: 'a long secret' },
  })
  const at = (port: number, host = HOST, timeout = 5_000) =>
    openSql({ connect: new Map([[`${host}:5432`, `127.0.0.1:${port}`]]), now: Date.now, timeout })

  test.each([
    ['of another name', async () => ({ dns: ['other.example.test'] }), HOST],
    ['of localhost, for an address', async () => ({ dns: ['localhost'] }), '127.0.0.1'],
    ['that has expired', async () => ({ dns: [HOST], notBefore: days(-9), notAfter: days(-2) }), HOST],
    ['with a weak key', async () => ({ dns: [HOST], key: 'rsa1024' as const }), HOST],
    ['that passes only by one client’s rules', async () => ({ dns: ['*.test'] }), 'db.test'],
  ])('nothing is said to one with a certificate %s', async (_, wish, host) => {
    const bad = await issue({ subject: 'x', issuer: inter, ...(await wish()) })
    await using server = await startTlsServer(engine, { certPem: bad.pem + inter.pem, keyPem: bad.keyPem })
    expect(await failure(at(server.port, host).logIn(question(host)))).toMatchObject({ code: 'CERTIFICATE' })
    expect(server.connections).toBe(1)
    expect(server.spoken).toBe(0)
  })

  test('without TLS there is no log-in, and no second try', async () => {
    let connections = 0
    const said: Buffer[] = []
    await using server = await tcpServer((socket) => {
      connections += 1
      socket.on('data', (chunk: Buffer) => {
        said.push(chunk)
        if (engine === 'postgres') socket.write('N')
      })
      if (engine === 'mysql') socket.write(mysqlGreeting({ ssl: false }))
    })
    expect(await failure(at(server.port).logIn(question()))).toMatchObject({ code: 'NO_TLS' })
    expect(connections).toBe(1)
    expect(Buffer.concat(said).length).toBe(engine === 'postgres' ? 8 : 0)
  })

  test('one that says nothing is given up', async () => {
    await using server = await tcpServer(() => undefined)
    expect(await failure(at(server.port, HOST, 200).logIn(question()))).toMatchObject({ code: 'TIMEOUT' })
  })

  test('one that says nothing after TLS is given up too', async () => {
    await using server = await startTlsServer(engine, serves, { afterTls: 'silence' })
    expect(await failure(at(server.port, HOST, 300).logIn(question()))).toMatchObject({ code: 'TIMEOUT' })
  })

  test('one that hangs up after TLS', async () => {
    await using server = await startTlsServer(engine, serves, { afterTls: 'hang-up' })
    const problem = await failure(at(server.port).logIn(question()))
    expect(problem.message).not.toContain('a long secret')
  })

  test('the caller can give up', async () => {
    await using server = await tcpServer(() => undefined)
    const giveUp = new AbortController()
    const pending = at(server.port).logIn({ ...question(), signal: giveUp.signal })
    const reason = new Error('enough')
    setImmediate(() => giveUp.abort(reason))
    await expect(pending).rejects.toBe(reason)
  })

  test('nobody listens', async () => {
    const gone = await tcpServer(() => undefined)
    await gone.close()
    expect(await failure(at(gone.port).logIn(question()))).toMatchObject({ code: 'ECONNREFUSED' })
  })
})
