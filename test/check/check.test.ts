import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { amazonLike, issue } from '../support/certificates.ts'
import { importsOf, ROOT } from '../support/import-graph.ts'
import { startTlsServer, tcpServer, type TestServer } from '../support/tls-servers.ts'

const HOST = 'orders.abc123.eu-test-1.rds.amazonaws.com'
const { root, inter, leaf } = await amazonLike(HOST)
const stranger = await issue({ subject: 'CN=Stranger', ca: true })

let server: TestServer
let directory: string
const file = (name: string): string => join(directory, name)

beforeAll(async () => {
  server = await startTlsServer('postgres', { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
  directory = await mkdtemp(join(tmpdir(), 'check-'))
  await mkdir(file('state/bundles'), { recursive: true })
  await writeFile(file('state/bundles/eu-test-1-bundle.pem'), root.pem)
  await writeFile(file('good.pem'), root.pem)
  await writeFile(file('stranger.pem'), stranger.pem)
  await writeFile(file('empty.pem'), '')
})
afterAll(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program from its sources, in a process of its own. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const script = `import(${JSON.stringify(new URL('../../src/main.ts', import.meta.url).href)}).then(({ main }) => main(${JSON.stringify(args)}))`
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['-e', script],
      { env: { PATH: process.env['PATH'], HOME: directory, LANG: 'C.UTF-8', ...env } },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

const check = (args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> =>
  run(['check', `${HOST}:5432`, '--address', `127.0.0.1:${server.port}`, ...args], env)

describe('exit codes', () => {
  test('0: strictly verified, with the Region’s saved bundle', async () => {
    const { code, stdout } = await check(['--state-dir', file('state')])
    expect(code).toBe(0)
    expect(stdout).toContain('STRICTLY VERIFIED')
    expect(stdout).toContain('rds-ca-rsa2048-g1 of')
  })

  test('4: not proven, and why', async () => {
    const { code, stdout } = await check(['--bundle', file('stranger.pem')])
    expect(code).toBe(4)
    expect(stdout).toContain('NOT PROVEN')
    expect(stdout).toContain('For a rotation:')
  })

  test('4: an empty trust store', async () => expect((await check(['--trust-store', file('empty.pem')])).code).toBe(4))

  test('5: not reached', async () => {
    const gone = await tcpServer(() => undefined)
    await gone.close()
    const { code, stdout } = await run([
      'check',
      `127.0.0.1:${gone.port}`,
      '--engine',
      'mysql',
      '--bundle',
      file('good.pem'),
    ])
    expect(code).toBe(5)
    expect(stdout).toContain('NOT REACHED')
  })

  test.each([
    [['--state-dir', '/nonexistent/none'], 'No bundle of eu-test-1'],
    [['--bundle', '/nonexistent/none.pem'], 'cannot be read'],
    [['--trust-store', '/nonexistent/none.pem'], 'cannot be read'],
    [['--bundle', '/dev/null'], 'no certificate in it'],
    [['--bundle', '/dev/null', '--trust-store', '/dev/null'], 'cannot be used with'],
    [['--bundle', '/etc/hosts', '--engine', 'oracle'], 'Allowed choices'],
  ])('2: %j', async (args, says) => {
    const { code, stderr } = await check(args)
    expect(code).toBe(2)
    expect(stderr).toContain(says)
  })
})

test('JSON is one line, with the verdict', async () => {
  const { code, stdout } = await check(['--json', '--trust-store', file('good.pem')])
  expect(code).toBe(0)
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  expect(JSON.parse(stdout)).toMatchObject({ reached: true, verdict: { kind: 'strict' }, proof: { strict: true } })
})

test('MySQL: two looks an hour, then what was captured last, by any store, and 3; one more when it is asked for', async () => {
  const mysql = await startTlsServer('mysql', { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
  const look = async (...args: readonly string[]) => {
    const target = [`${HOST}:3306`, '--address', `127.0.0.1:${mysql.port}`, '--state-dir', file('counts'), '--json']
    const { code, stdout } = await run(['check', ...target, ...args])
    return { code, said: JSON.parse(stdout) as unknown }
  }
  const good = ['--bundle', file('good.pem')]
  try {
    expect(await look(...good)).toMatchObject({ code: 0, said: { handshakes: { spent: 1, allowed: 2 } } })
    expect(await look('--bundle', file('stranger.pem'))).toMatchObject({ code: 4, said: { handshakes: { spent: 2 } } })
    expect(await look(...good)).toMatchObject({
      code: 3,
      said: { waits: { why: 'spent', oneJudge: true, more: true }, verdict: { kind: 'strict' } },
    })
    expect(await look(...good, '--once-more')).toMatchObject({ code: 0, said: { handshakes: { spent: 3 } } })
    expect(await look(...good, '--once-more')).toMatchObject({
      code: 3,
      said: { waits: { oneJudge: false, more: false } },
    })
  } finally {
    await mysql.close()
  }
})

test('--name is what the certificate must name', async () => {
  const there = ['check', `127.0.0.1:${server.port}`, '--engine', 'postgres', '--bundle', file('good.pem')]
  expect((await run(there)).code).toBe(4)
  expect((await run([...there, '--name', HOST])).code).toBe(0)
})

test.each([
  { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=ALL:@SECLEVEL=0' },
  { NODE_USE_SYSTEM_CA: '1' },
])('%j changes nothing', async (env) => expect((await check(['--bundle', file('stranger.pem')], env)).code).toBe(4))

test('NODE_EXTRA_CA_CERTS changes nothing', async () =>
  expect((await check(['--bundle', file('stranger.pem')], { NODE_EXTRA_CA_CERTS: file('good.pem') })).code).toBe(4))

test('it loads neither React nor Ink, the SDK, conf or a driver', () => {
  const imports = importsOf(['src', 'steps']).filter(({ typeOnly, lazy }) => !typeOnly && !lazy)
  const reached = new Set<string>(['src/commands/check.ts'])
  for (const file of reached) for (const { from, to } of imports) if (from === file) reached.add(to)
  const heavy = [...reached].filter((path) =>
    /^(?:react|ink|conf|pg|mysql2|yaml|zod|node-forge|tar-stream|@aws-sdk)(?:$|\/)/.test(path),
  )
  expect(heavy).toEqual([])
  expect(reached.has(join('src', 'tls', 'capture.ts'))).toBe(true)
  expect(ROOT).not.toBe('')
})
