/** Each probe runs as its reader would run it, against real servers: all three must say the same. */
import { execFile, spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putQuestion } from '../../src/commands/people/put-question.ts'
import { bundleDigestOf, digestOfLines, probeOf, type ProbeKind } from '../../src/people/probe/probe.ts'
import { lineDigest, repliesIn } from '../../src/people/reply-line.ts'
import type { AskedEndpoint, AskedRoot, Probed } from '../../src/rules/asking.ts'
import { applicationSubject } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { amazonLike, days, issue, type Issued } from '../support/certificates.ts'
import {
  HAS_MARIADB,
  POSTGRES_BIN,
  startMariadb,
  startPostgres,
  type DatabaseServer,
} from '../support/database-servers.ts'
import { REGION } from '../support/scripted-region.ts'
import { testSession } from '../support/session.ts'
import { startTlsServer, tcpServer, type TestServer } from '../support/tls-servers.ts'

const run = promisify(execFile)
const HOST = 'orders.people.test'
/** The staging database of the scripted Region, which serves the new root here. */
const TWIN = `orders-staging.c0.${REGION}.rds.example`
const NONCE = 'a'.repeat(32)
const folder = mkdtempSync(join(tmpdir(), 'probe-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const sha = (name: 'sha1' | 'sha256', pem: string) =>
  createHash(name).update(new X509Certificate(pem).raw).digest('hex')

const RUNS: readonly (readonly [ProbeKind, string])[] = [
  ['node', process.execPath],
  ['python', 'python3'],
  ['sh', 'sh'],
]
/** Another shell than Debian's, for the case with the most in it. */
const IN_BASH = ['sh', 'bash'] as const

let pki: Awaited<ReturnType<typeof amazonLike>>
let old: Issued
let postgres: DatabaseServer
let mariadb: DatabaseServer | undefined
let expired: TestServer
let plain: Awaited<ReturnType<typeof tcpServer>>
let roots: AskedRoot[]
const addresses = new Map<string, string>()
const served = (leaf: Issued) => ({ certPem: leaf.pem + pki.inter.pem, keyPem: leaf.keyPem })
/** Each server under a port of its own, as the question names it: the real ones are wherever they found room. */
const PORTS = { postgres: 5432, mysql: 3306, expired: 5433, plain: 5434, nobody: 5435 }
const at = (name: keyof typeof PORTS, host = HOST): AskedEndpoint => ({
  host,
  port: PORTS[name],
  engine: name === 'mysql' ? 'mysql' : 'postgres',
})

beforeAll(async () => {
  pki = await amazonLike(HOST, { dns: [HOST, TWIN] })
  old = await issue({ subject: 'CN=Amazon RDS Root 2019 CA, O=Test', ca: true })
  const late = await issue({ subject: HOST, issuer: pki.inter, dns: [HOST], notBefore: days(-9), notAfter: days(-1) })
  ;[postgres, mariadb, expired, plain] = await Promise.all([
    startPostgres(served(pki.leaf)),
    HAS_MARIADB ? startMariadb(served(pki.leaf)) : undefined,
    startTlsServer('postgres', served(late)),
    tcpServer((socket) => socket.once('data', () => socket.write('N'))),
  ])
  roots = [pki.root.pem, old.pem].map((pem) => ({
    region: 'eu-test-1',
    sha1: sha('sha1', pem),
    sha256: sha('sha256', pem),
  }))
  const closed = await tcpServer(() => undefined)
  await closed.close()
  const ports = {
    postgres: postgres.port,
    mysql: mariadb?.port ?? 1,
    expired: expired.port,
    plain: plain.port,
    nobody: closed.port,
  }
  for (const name of Object.keys(PORTS) as (keyof typeof PORTS)[])
    for (const host of [HOST, TWIN, 'other.people.test'])
      addresses.set(`${host}:${PORTS[name]}`, `127.0.0.1:${ports[name]}`)
}, 60_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), mariadb?.stop(), expired.close(), plain.close()])
  rmSync(folder, { recursive: true, force: true })
})

let runs = 0
interface Ran {
  readonly probed: Probed
  readonly said: string
}

async function probe(
  kind: ProbeKind,
  program: string,
  endpoints: readonly AskedEndpoint[],
  store: string | undefined,
  env: Record<string, string> = {},
): Promise<Ran> {
  const question = { question: 'q-1', nonce: NONCE, roots }
  const script = probeOf(kind, { application: 'orders / API', question, endpoints, stores: ['/nowhere/ca.pem'] })
  runs += 1
  const path = file(`probe-${runs}.${kind === 'node' ? 'cjs' : kind}`, script)
  const { stdout, stderr } = await run(program, [path, ...(store === undefined ? [] : [store])], {
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      RDS_CA_ADDRESS: [...addresses].map(([from, to]) => `${from}=${to}`).join(','),
      ...env,
    },
    timeout: 60_000,
  })
  expect(stdout.split('\n')).toHaveLength(2)
  const [found, ...more] = repliesIn(stdout)
  expect(more).toEqual([])
  if (found?.kind !== 'line') throw new Error(`${kind} printed no reply but ${stdout}`)
  expect(found.digest).toBe(lineDigest(found.text, NONCE))
  return { probed: found.probed, said: stderr }
}

/** What all of them say, which must be the same. */
async function agreed(
  endpoints: readonly AskedEndpoint[],
  store: string | undefined,
  env?: Record<string, string>,
  runs = RUNS,
): Promise<Probed> {
  const all = await Promise.all(runs.map(([kind, program]) => probe(kind, program, endpoints, store, env)))
  const [first, ...others] = all.map(({ probed: { ranAt, ...rest } }) => {
    expect(Math.abs(ranAt - Date.now())).toBeLessThan(60_000)
    return rest
  })
  for (const other of others) expect(other).toEqual(first)
  return { ...all[0]!.probed }
}

const results = ({ handshakes }: Probed) => handshakes.map(({ port, result }) => [port, result])

describe.skipIf(POSTGRES_BIN === undefined)('the probes for Node, Python and sh agree', { timeout: 60_000 }, () => {
  it('that a store with both roots verifies real servers, to the name and dates', async () => {
    const store = file('both.pem', `# our roots\n${pki.root.pem}\n${old.pem}`)
    const endpoints = [
      at('postgres'),
      at('mysql'),
      at('postgres', 'other.people.test'),
      at('expired'),
      at('plain'),
      at('nobody'),
    ]
    const asked = HAS_MARIADB ? endpoints : endpoints.filter(({ engine }) => engine === 'postgres')
    const seen = await agreed(asked, store, {}, [...RUNS, IN_BASH])
    expect(results(seen)).toEqual([
      [5432, 'ok'],
      ...(HAS_MARIADB ? [[3306, 'ok']] : []),
      [5432, 'name'],
      [5433, 'dates'],
      [5434, 'no-tls'],
      [5435, 'unreachable'],
    ])
    expect(seen.handshakes[0]?.leaf).toBe(sha('sha256', pki.leaf.pem))
    expect(seen).toMatchObject({
      question: 'q-1',
      application: 'orders / API',
      store,
      certificates: 2,
      regions: ['eu-test-1'],
      storeDigest: digestOfLines(roots.map(({ sha256 }) => sha256)),
      bundleDigest: bundleDigestOf({ roots }),
    })
    expect([...seen.roots].sort()).toEqual(roots.map(({ sha1 }) => sha1).sort())
  })

  it('that a stale store, one with the intermediate alone and one with strange roots trust nothing of the target', async () => {
    const strange = await issue({ subject: 'CN=Somebody else', ca: true })
    const endpoints = [at('postgres'), ...(HAS_MARIADB ? [at('mysql')] : [])]
    const untrusted = endpoints.map(({ port }) => [port, 'untrusted'])
    const stale = await agreed(endpoints, file('stale.pem', old.pem))
    expect([stale.roots, results(stale)]).toEqual([[roots[1]!.sha1], untrusted])
    const pinned = await agreed(endpoints, file('pinned.pem', pki.inter.pem))
    expect([pinned.roots, results(pinned)]).toEqual([[], untrusted])
    const other = await agreed(endpoints, file('strange.pem', strange.pem))
    expect([other.roots, other.storeDigest]).toEqual([[], createHash('sha256').digest('hex')])
  })

  it('about an empty store, a folder, and a file with CRLF and TRUSTED CERTIFICATE', async () => {
    expect(await agreed([at('postgres')], file('empty.pem', 'nothing here\n'))).toMatchObject({
      certificates: 0,
      roots: [],
      handshakes: [],
    })
    const inFolder = join(folder, 'folder')
    mkdirSync(inFolder)
    file('folder/a.pem', pki.root.pem.trimEnd())
    file('folder/b.pem', old.pem)
    expect(await agreed([at('postgres')], inFolder)).toMatchObject({ certificates: 2, handshakes: [{ result: 'ok' }] })
    const trusted = join(folder, 'trusted.pem')
    await run('openssl', [
      'x509',
      '-in',
      join(inFolder, 'a.pem'),
      '-trustout',
      '-addtrust',
      'serverAuth',
      '-out',
      trusted,
    ])
    const { stdout } = await run('cat', [trusted])
    expect(await agreed([], file('crlf.pem', stdout.replaceAll('\n', '\r\n')))).toMatchObject({
      certificates: 1,
      roots: [roots[0]!.sha1],
    })
  })

  it('that nothing counts behind a damaged certificate: no client loads it', async () => {
    const strange = await issue({ subject: 'CN=Somebody else', ca: true })
    const wrecks = {
      gap: strange.pem.replace(/^([^-]{64}\n)/m, '$1\n'),
      sign: strange.pem.replace(/^(.{40})./m, '$1!'),
      short: strange.pem.replace(/\n[^-\n]+\n-----END/, '\n-----END'),
    }
    for (const [what, wreck] of Object.entries(wrecks)) {
      expect(wreck, what).not.toBe(strange.pem)
      const store = file(`${what}.pem`, `${old.pem}${wreck}${pki.root.pem}`)
      const { roots: found, handshakes } = await agreed([at('postgres')], store)
      expect({ found, ok: handshakes.some(({ result }) => result === 'ok') }, what).toEqual({
        found: [roots[1]!.sha1],
        ok: false,
      })
    }
  })

  it('that what does not stand at the start of a line is no certificate: OpenSSL passes over it', async () => {
    const both = pki.root.pem + old.pem
    for (const [store, count] of [
      [file('mac.pem', both.replaceAll('\n', '\r')), 0],
      [file('indented.pem', both.replace(/^/gm, '  ')), 0],
      [file('marked.pem', `\ufeff${both}`), 2],
    ] as const)
      expect((await agreed([], store)).roots, store).toHaveLength(count)
  })

  it('about a folder with a link to nowhere in it', async () => {
    const directory = join(folder, 'with-a-link')
    mkdirSync(directory)
    writeFileSync(join(directory, 'root.pem'), pki.root.pem)
    symlinkSync('/nowhere', join(directory, 'gone.pem'))
    expect((await agreed([], directory)).roots).toHaveLength(1)
  })

  it('on which store is in use: named, by the environment, or declared', async () => {
    const store = file('named.pem', pki.root.pem)
    expect((await agreed([], undefined, { RDS_CA_STORE: store, PGSSLROOTCERT: '/nowhere' })).store).toBe(store)
    expect((await agreed([], undefined, { NODE_EXTRA_CA_CERTS: store })).store).toBe(store)
  })

  it.each(RUNS)('%s (%s) runs from standard input too, as into a container', (kind, program) => {
    const question = { question: 'q-1', nonce: NONCE, roots }
    const script = probeOf(kind, { application: 'a', question, endpoints: [at('postgres')], stores: [] })
    const store = file('piped.pem', pki.root.pem)
    const { stdout } = spawnSync(program, [...(kind === 'sh' ? ['-s', '--'] : ['-']), store], {
      input: script,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, RDS_CA_ADDRESS: `${HOST}:5432=127.0.0.1:${postgres.port}` },
    })
    const [found] = repliesIn(stdout)
    expect(found?.kind === 'line' && results(found.probed)).toEqual([[5432, 'ok']])
  })

  it.each(RUNS)('%s (%s) says so where there is no store, and prints nothing', async (kind, program) => {
    await expect(probe(kind, program, [], undefined)).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('No trust store was found') as string,
    })
  })
})

it('Python’s says so where Python was built without TLS', async () => {
  const question = { question: 'q-1', nonce: NONCE, roots: [] }
  const text = probeOf('python', { application: 'orders', question, endpoints: [], stores: [] })
  const without = `import sys; sys.modules['ssl'] = None; exec(open(${JSON.stringify(file('no-ssl.py', text))}).read())`
  const ended = await run('python3', ['-c', without]).catch((error: unknown) => error)
  expect(ended).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^This Python has no module ssl/) as string })
})

it('Node’s reads a certificate of whatever length: one whose base64 fills its last line verifies too', async () => {
  const rootOf = (more: string) => issue({ subject: `CN=Whole lines${more}`, keyName: 'whole lines', ca: true })
  let whole = await rootOf('')
  for (let more = 'x'; whole.certificate.rawData.byteLength % 48 !== 0; more += 'x') whole = await rootOf(more)
  const leaf = await issue({ subject: HOST, issuer: whole, dns: [HOST] })
  const server = await startTlsServer('postgres', { certPem: leaf.pem, keyPem: leaf.keyPem })
  const tunnel = { RDS_CA_ADDRESS: `${HOST}:5432=127.0.0.1:${server.port}` }
  const { probed } = await probe('node', process.execPath, [at('postgres')], file('whole.pem', whole.pem), tunnel)
  expect(results(probed)).toEqual([[5432, 'ok']])
  await server.close()
})

it.each(RUNS)('%s (%s) says that it cannot read a key store, and not that nothing is in it', async (kind, program) => {
  const store = new URL('../tls/data/openssl-nokeys.p12', import.meta.url).pathname
  await expect(probe(kind, program, [], store)).rejects.toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('is no PEM file') as string,
  })
})

describe.skipIf(POSTGRES_BIN === undefined)('the stale application', { timeout: 60_000 }, () => {
  it('is found by a probe: 04 names its store and the root that it lacks, and is closed until it is mended', async () => {
    const test = await testSession({ databases: [['orders-staging', 'postgres']] })
    test.region.storeIsStale = false
    const [{ desk }] = test.session.databases as [(typeof test.session.databases)[number]]
    for (const step of ['identify', 'census', 'bundle']) await look(desk, step, new AbortController().signal)
    const subject = applicationSubject(desk.about.subject, 'orders-api')
    const journal = await test.progress.open(subject)
    // What the scripted Region calls its roots, by the certificates that are really there.
    const named = [roots[1]!, roots[0]!].map(({ sha256 }, index) => ({
      region: REGION,
      sha1: (index === 0 ? 'a' : 'b').repeat(40),
      sha256,
    }))
    test.clock.move(Date.now() - test.clock.now())
    for (const step of ['identify', 'census', 'bundle']) await look(desk, step, new AbortController().signal)
    const about = { endpoints: [at('postgres', TWIN)], roots: named }
    const question = await putQuestion(journal, about, { now: test.clock.now(), anew: false })
    const store = join(folder, 'application.pem')
    const answer = async () => {
      const script = probeOf('sh', { application: 'orders-api', question, endpoints: about.endpoints, stores: [store] })
      const { stdout } = await run('sh', [file('stale.sh', script)], {
        env: { PATH: process.env['PATH'], HOME: folder, RDS_CA_ADDRESS: `${TWIN}:5432=127.0.0.1:${postgres.port}` },
      })
      test.clock.move(Date.now() - test.clock.now() + 1000)
      return test.session.takeReplies(stdout)
    }

    writeFileSync(store, old.pem)
    expect(await answer()).toMatchObject([{ tone: 'good' }])
    const closed = await look(desk, 'trust-stores', new AbortController().signal)
    const own = closed.applications?.get('orders-api')
    expect(own?.standing).toBe('not-proven')
    expect(own?.shortfalls.map(({ shortfall: { code, args } }) => [code, args['store']])).toEqual([
      ['answered-without-target-root', `${store} on ${hostname()}`],
    ])
    expect(journal.state.replies.at(-1)?.handshakes).toEqual([{ host: TWIN, port: 5432, result: 'untrusted' }])

    writeFileSync(store, old.pem + pki.root.pem)
    await answer()
    const open = await look(desk, 'trust-stores', new AbortController().signal)
    expect(open.applications?.get('orders-api')?.standing).toBe('proven')
    const leaf = sha('sha256', pki.leaf.pem)
    expect(journal.state.replies.at(-1)?.handshakes).toEqual([{ host: TWIN, port: 5432, result: 'ok', leaf }])
  })
})

describe('the probe for sh', () => {
  it('reads what keytool made, with its password from the environment alone', { timeout: 30_000 }, async () => {
    const store = join(folder, 'store.jks')
    for (const [alias, pem] of [
      ['new', pki.root.pem],
      ['old', old.pem],
    ] as const)
      await run('keytool', [
        '-importcert',
        '-noprompt',
        '-alias',
        alias,
        '-keystore',
        store,
        '-storetype',
        'JKS',
        '-storepass',
        'correct horse',
        '-file',
        file(`${alias}.pem`, pem),
      ])
    const { probed } = await probe('sh', 'sh', [at('postgres')], store, { RDS_CA_STORE_PASSWORD: 'correct horse' })
    expect(probed).toMatchObject({ certificates: 2, handshakes: [{ result: 'ok' }] })
    expect(probed.roots).toHaveLength(2)
  })

  it('takes a path for what it is, whatever stands in it', async () => {
    const name = join(folder, `it's $(touch pwned) \`x\`.pem`)
    writeFileSync(name, pki.root.pem)
    chmodSync(name, 0o600)
    const question = { question: 'q-1', nonce: NONCE, roots }
    for (const [kind, program] of RUNS) {
      const script = probeOf(kind, { application: 'a', question, endpoints: [], stores: [name] })
      const { stdout } = await run(program, [file(`quoted.${kind === 'node' ? 'cjs' : kind}`, script)], {
        env: { PATH: process.env['PATH'], HOME: folder },
        cwd: folder,
      })
      const [found] = repliesIn(stdout)
      expect(found?.kind === 'line' && [found.probed.certificates, found.probed.store.includes('pwned')]).toEqual([
        1,
        true,
      ])
    }
  })
})
