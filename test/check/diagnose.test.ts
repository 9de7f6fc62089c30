import { createSecureContext, TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store, Target } from '../../src/check/checked.ts'
import { diagnose, diagnoseUnreached } from '../../src/check/diagnose.ts'
import { look } from '../../src/check/look.ts'
import { verdictOf } from '../../src/check/verdict.ts'
import { CannotReach, type WireEngine } from '../../src/ports/wire.ts'
import { bundled, readBundle } from '../../src/tls/bundled.ts'
import { splitCrls } from '../../src/tls/crl.ts'
import { amazonLike, days, issue, x509, type Issued, type Wish } from '../support/certificates.ts'
import { mysqlGreeting, startTlsServer, tcpServer, type TestServer } from '../support/tls-servers.ts'

const HOST = 'orders.abc123.eu-test-1.rds.amazonaws.com'
const OTHER = 'billing.abc123.eu-test-1.rds.amazonaws.com'
const BALANCER = 'orders-0123456789.elb.eu-test-1.amazonaws.com'
const good = await amazonLike(HOST)

let server: TestServer
beforeAll(async () => {
  server = await startTlsServer('postgres', { certPem: good.leaf.pem, keyPem: good.leaf.keyPem })
})
afterAll(() => server.close())

const storeOf = (pem: string, crls: readonly string[] = []): Store => ({
  kind: 'bundle',
  location: 'roots.pem',
  certificates: readBundle(pem).certificates.map((certificate) => bundled(certificate)),
  notes: [],
  crls,
})

interface Asked {
  readonly served?: readonly Issued[]
  readonly roots?: readonly Issued[]
  readonly name?: string
  readonly crls?: readonly string[]
}

async function checked({ served = [good.leaf, good.inter], roots = [good.root], name = HOST, crls = [] }: Asked) {
  server.serve({ certPem: served.map(({ pem }) => pem).join(''), keyPem: served[0]?.keyPem ?? '' })
  const target: Target = { engine: 'postgres', host: name, port: 5432, name, address: `127.0.0.1:${server.port}` }
  return look(target, storeOf(roots.map(({ pem }) => pem).join(''), crls), { now: Date.now })
}

const codes = async (asked: Asked): Promise<readonly string[]> =>
  diagnose(await checked(asked)).map(({ check, code }) => `${check}: ${code}`)

async function chained(wishes: {
  readonly root?: Partial<Wish>
  readonly inter?: Partial<Wish>
  readonly leaf?: Partial<Wish>
}) {
  const root = await issue({ subject: 'CN=Dated Root', keyName: JSON.stringify(wishes), ca: true, ...wishes.root })
  const inter = await issue({ subject: 'CN=Dated Sub', issuer: root, ca: { pathLength: 0 }, ...wishes.inter })
  const leaf = await issue({ subject: HOST, issuer: inter, dns: [HOST], ...wishes.leaf })
  return { served: [leaf, inter], roots: [root] }
}

const past = { notBefore: days(-9), notAfter: days(-2) }

async function crlOf(issuer: Issued, revoked: readonly Issued[], nextUpdate = days(2)): Promise<string> {
  const crl = await x509.X509CrlGenerator.create({
    issuer: issuer.subject,
    thisUpdate: days(-3),
    nextUpdate,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    entries: revoked.map(({ certificate }) => ({ serialNumber: certificate.serialNumber, revocationDate: days(-1) })),
  })
  return crl.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')
}

describe('the chain', () => {
  test('nothing is wrong', async () => {
    const result = await checked({})
    expect(diagnose(result)).toEqual([])
    expect(verdictOf(result)).toEqual({ kind: 'strict' })
    expect(result.path).toHaveLength(3)
  })

  test('a store without roots', async () => expect(await codes({ roots: [] })).toEqual(['chain: empty-store']))

  test('a root of RDS that the store does not have is named, with what the store has', async () => {
    const elsewhere = await issue({ subject: 'CN=Amazon RDS us-test-2 Root CA RSA4096 G1, O=Test', ca: true })
    const [failure, ...rest] = diagnose(await checked({ roots: [elsewhere] }))
    expect(rest).toEqual([])
    expect(failure).toMatchObject({ check: 'chain', code: 'unknown-rds-root' })
    expect(failure?.happened).toContain('rds-ca-rsa2048-g1 of eu-test-1')
    expect(failure?.happened).toContain('which holds us-test-2')
    const sameRegion = await issue({ subject: 'CN=Amazon RDS eu-test-1 Root CA ECC384 G1, O=Test', ca: true })
    expect(diagnose(await checked({ roots: [sameRegion] }))[0]?.happened).toContain('rds-ca-ecc384-g1 of that Region')
  })

  test('a root that is nobody’s', async () => {
    const { served } = await chained({ root: { subject: 'CN=Nobody' } })
    expect(await codes({ served })).toEqual(['chain: unknown-root'])
  })

  test('RDS Proxy: a public certificate of Amazon’s', async () => {
    const root = await issue({ subject: 'CN=Amazon Root CA 1, O=Amazon, C=US', ca: true })
    const inter = await issue({
      subject: 'CN=Amazon RSA 2048 M02, O=Amazon, C=US',
      issuer: root,
      ca: { pathLength: 0 },
    })
    const name = 'orders.proxy-abc123.eu-test-1.rds.amazonaws.com'
    const leaf = await issue({ subject: name, issuer: inter, dns: [`*.proxy-abc123.eu-test-1.rds.amazonaws.com`] })
    expect(await codes({ served: [leaf, inter], name })).toEqual(['chain: rds-proxy'])
    expect(await codes({ served: [leaf, inter], name, roots: [root] })).toEqual([])
  })

  test('a self-signed certificate', async () => {
    const alone = await issue({ subject: 'CN=MariaDB Server', dns: [HOST] })
    expect(await codes({ served: [alone] })).toEqual(['chain: self-signed'])
  })

  test('a missing intermediate, and one in place of a root', async () => {
    expect(await codes({ served: [good.leaf] })).toEqual(['chain: missing-intermediate'])
    expect(await codes({ roots: [good.inter] })).toEqual(['chain: intermediate-only'])
  })

  test.each([
    ['wrong-purpose', { leaf: { purposes: [x509.ExtendedKeyUsage.clientAuth] } }],
    ['weak-key', { inter: { key: 'rsa1024' as const } }],
    ['weak-signature', { inter: { key: 'rsa2048-sha1' as const } }],
    ['not-a-ca', { inter: { ca: false, purposes: [] } }],
    ['path-length', { root: { ca: { pathLength: 0 } }, inter: { ca: true } }],
  ])('%s', async (code, wishes) => expect(await codes(await chained(wishes))).toEqual([`chain: ${code}`]))
})

describe('revocation lists', () => {
  test('of both CAs, with the leaf in one', async () => {
    const lists = [await crlOf(good.root, []), await crlOf(good.inter, [good.leaf])]
    const crls = splitCrls(lists.join('\n'))
    expect(crls).toHaveLength(2)
    const [failure, ...rest] = diagnose(await checked({ crls }))
    expect(rest).toEqual([])
    expect(failure).toMatchObject({ code: 'revoked', certificate: HOST })
  })

  test('that revoke nothing', async () =>
    expect(await codes({ crls: [await crlOf(good.root, []), await crlOf(good.inter, [])] })).toEqual([]))

  test('of one CA alone', async () =>
    expect(await codes({ crls: [await crlOf(good.inter, [])] })).toEqual(['chain: no-crl']))

  test('that are too old', async () =>
    expect(
      await codes({ crls: [await crlOf(good.root, [], days(-1)), await crlOf(good.inter, [], days(-1))] }),
    ).toEqual(['chain: stale-crl']))
})

describe('dates', () => {
  test.each([
    ['expired-leaf', { leaf: past }],
    ['expired-intermediate', { inter: past }],
    ['expired-root', { root: past }],
    ['not-yet-valid', { leaf: { notBefore: days(2) } }],
  ])('%s', async (code, wishes) => expect(await codes(await chained(wishes))).toEqual([`dates: ${code}`]))

  test('everything at once is said once each', async () =>
    expect(await codes(await chained({ leaf: past, inter: past, root: past }))).toEqual([
      'dates: expired-leaf',
      'dates: expired-intermediate',
      'dates: expired-root',
    ]))
})

describe('names', () => {
  test.each([
    ['orders-db.example.test', 'cname'],
    ['127.0.0.1', 'tunnel'],
    ['localhost', 'tunnel'],
    ['10.1.2.3', 'tunnel'],
    [BALANCER, 'load-balancer'],
    [OTHER, 'other-database'],
  ])('%s before an RDS database is %s', async (name, code) => expect(await codes({ name })).toEqual([`name: ${code}`]))

  test('a name that no RDS certificate is about', async () => {
    const leaf = await issue({ subject: 'x', issuer: good.inter, dns: ['x.example.test'] })
    expect(await codes({ served: [leaf, good.inter], name: 'y.example.test' })).toEqual(['name: wrong-name'])
  })

  test('a name that passes for some', async () => {
    const leaf = await issue({ subject: 'x', issuer: good.inter, dns: ['*.test'] })
    const result = await checked({ served: [leaf, good.inter], name: 'db.test' })
    expect(diagnose(result).map(({ code }) => code)).toEqual(['name-rules-differ'])
    expect(verdictOf(result)).toEqual({ kind: 'some', clients: ['libpq (psql, psycopg)'] })
  })

  test('a certificate for every name is no proof', async () => {
    const leaf = await issue({ subject: 'x', issuer: good.inter, dns: [HOST, '*.invalid'] })
    const result = await checked({ served: [leaf, good.inter] })
    expect(diagnose(result).map(({ check, code }) => `${check}: ${code}`)).toEqual(['controls: control-passed'])
    expect(verdictOf(result)).toEqual({ kind: 'not-proven' })
  })
})

describe('what keeps from a handshake', () => {
  const err = (number: number): Buffer => Buffer.from([3, 0, 0, 0, 0xff, number & 0xff, number >> 8])

  async function reach(engine: WireEngine, answer: Buffer | string, name = HOST): Promise<string> {
    await using target = await tcpServer((socket) => {
      if (engine === 'mysql') socket.end(answer)
      else socket.once('data', () => socket.end(answer))
    })
    const asked: Target = { engine, host: name, port: 5432, name, address: `127.0.0.1:${target.port}` }
    return await look(asked, storeOf(good.root.pem), { now: Date.now }).then(
      () => 'reached',
      (error: unknown) => {
        if (!(error instanceof CannotReach)) throw error
        return diagnoseUnreached(asked, error).code
      },
    )
  }

  test.each([
    ['postgres', 'N', 'no-tls'],
    ['postgres', 'E', 'server-error'],
    ['postgres', 'S1', 'extra-bytes'],
    ['postgres', 'HTTP/1.1 400', 'not-a-database'],
    ['postgres', '', 'closed-greeting'],
    ['postgres', 'S', 'closed-tls'],
    ['mysql', err(1129), 'host-blocked'],
    ['mysql', err(1040), 'server-error'],
    ['mysql', mysqlGreeting({ ssl: false }), 'no-tls'],
    ['mysql', 'SSH-2.0-x', 'not-a-database'],
  ] as const)('%s: %j', async (engine, answer, code) => expect(await reach(engine, answer)).toBe(code))

  test('a load balancer that ends TLS itself answers with an alert', async () => {
    expect(await reach('postgres', Buffer.from([21, 3, 1, 0, 2, 2, 10]), BALANCER)).toBe('load-balancer-tls')
    expect(await reach('postgres', '', BALANCER)).toBe('load-balancer-tls')
    expect(await reach('postgres', 'N', BALANCER)).toBe('no-tls')
  })

  test.each([
    ['TIMEOUT', 'resolve', 'timeout-resolve'],
    ['TIMEOUT', 'connect', 'timeout-connect'],
    ['ETIMEDOUT', 'connect', 'timeout-connect'],
    ['TIMEOUT', 'greeting', 'timeout-greeting'],
    ['TIMEOUT', 'tls', 'timeout-tls'],
    ['ENOTFOUND', 'resolve', 'no-such-name'],
    ['EAI_AGAIN', 'resolve', 'name-server'],
    ['ECONNREFUSED', 'connect', 'refused'],
    ['EHOSTUNREACH', 'connect', 'no-route'],
    ['EMFILE', 'connect', 'connect-failed'],
    ['ECONNRESET', 'connect', 'connect-failed'],
    ['ECONNRESET', 'tls', 'closed-tls'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', 'tls-too-old'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls', 'tls-too-old'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls', 'tls-failed'],
    ['NO_CERTIFICATE', 'tls', 'no-certificate'],
    ['BROKEN_CERTIFICATE', 'tls', 'broken-certificate'],
  ] as const)('%s at %s is %s', (code, stage, failure) => {
    const target: Target = { engine: 'postgres', host: HOST, port: 5432, name: HOST }
    expect(diagnoseUnreached(target, new CannotReach(code, stage, 'why')).code).toBe(failure)
  })

  test('names what was refused', () => {
    const target: Target = { engine: 'postgres', host: HOST, port: 5432, name: HOST }
    const refused = new CannotReach('ECONNREFUSED', 'connect', `cannot connect to ${HOST}:5432: ECONNREFUSED`)
    expect(diagnoseUnreached(target, refused).happened).toContain(`Cannot connect to ${HOST}:5432: ECONNREFUSED`)
  })

  describe('with direct TLS', () => {
    const direct = { engine: 'postgres', host: HOST, port: 5432, name: HOST, direct: true } as const
    const store: Store = {
      kind: 'bundle',
      location: 'x',
      certificates: readBundle(good.root.pem).certificates.map((one) => bundled(one)),
      notes: [],
      crls: [],
    }

    test.each([
      ['CLOSED', 'no-direct-tls'],
      ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-direct-tls'],
      ['TIMEOUT', 'no-direct-tls'],
      ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-too-old'],
      ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'not-a-database'],
    ] as const)('%s is %s', (code, failure) =>
      expect(diagnoseUnreached(direct, new CannotReach(code, 'tls', 'why')).code).toBe(failure),
    )

    test.each([
      ['postgresql', 'strict'],
      [undefined, 'not-a-database'],
    ] as const)('a TLS server that agrees to %s is %s', async (protocol, outcome) => {
      const context = createSecureContext({ cert: good.leaf.pem + good.inter.pem, key: good.leaf.keyPem })
      const server = await tcpServer((socket) => {
        const alpn = protocol && { ALPNProtocols: [protocol] }
        new TLSSocket(socket, { isServer: true, secureContext: context, ...alpn }).on('error', () => undefined).resume()
      })
      try {
        const target = { ...direct, address: `127.0.0.1:${server.port}` }
        const found = await look(target, store, { now: Date.now }).then(
          ({ proof }) => (proof.strict ? 'strict' : 'not strict'),
          (error: CannotReach) => diagnoseUnreached(target, error).code,
        )
        expect(found).toBe(outcome)
      } finally {
        await server.close()
      }
    })
  })
})
