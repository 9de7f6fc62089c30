/**
 * TLS handshakes a second with real servers, judged against AWS's own bundle: the probe of `check`, a bare node:tls loop that does
 * the same STARTTLS and keeps nothing, `openssl s_client` and `psql`. One at a time and 32 at once, in turn, in one run.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as tcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as tls, createSecureContext } from 'node:tls'
import { openWire } from '../src/tls/open-wire.ts'
import { SSL_REQUEST as MYSQL_REQUEST } from '../src/tls/greeting-mysql.ts'
import { SSL_REQUEST as POSTGRES_REQUEST } from '../src/tls/greeting-postgres.ts'
import type { WireEngine } from '../src/ports/wire.ts'
import { amazonLike, issue } from '../test/support/certificates.ts'
import { HAS_MARIADB, POSTGRES_BIN, startMariadb, startPostgres } from '../test/support/database-servers.ts'
import { OPENSSL } from '../test/support/openssl.ts'
import { PSQL } from '../test/support/psql.ts'

const HOST = 'localhost'
const AT_ONCE = [1, 32] as const
/**
 * Samples of each rival, in turn, so that a drifting machine drifts for all; and each round begins with another one, since what
 * follows a program that was started 16 times pays for the sessions that the server still ends.
 */
const SAMPLES = 9
const BUNDLE_SIZE = 108
/** AWS's published bundle has 108 roots; these are 102 of them. */
const AWS = new URL('../test/tls/data/rds-global-bundle-2025.pem', import.meta.url)

const { root, inter, leaf } = await amazonLike(HOST, { dns: [HOST], ip: ['127.0.0.1'] })
const aws = (await readFile(AWS, 'latin1'))
  .split(/(?<=-----END CERTIFICATE-----)\s*/)
  .filter((pem) => pem.includes('BEGIN'))
const padding = await Promise.all(
  Array.from({ length: BUNDLE_SIZE - aws.length - 1 }, (_, index) =>
    issue({ subject: `CN=Padding ${index}`, ca: true }),
  ),
)
const roots = [...aws, ...padding.map(({ pem }) => pem), root.pem]
const directory = await mkdtemp(join(tmpdir(), 'handshake-bench-'))
const bundle = join(directory, 'bundle.pem')
await writeFile(bundle, roots.join('\n'))

const program = (path: string, args: readonly string[], accepted: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = execFile(
      path,
      [...args],
      { env: { PATH: process.env['PATH'], HOME: directory, LC_ALL: 'C' } },
      (_, out, err) => {
        if (accepted.test(out + err)) resolve()
        else reject(new Error(`${path} refused: ${out}${err}`))
      },
    )
    child.stdin?.end()
  })

/** What the probe is measured against: STARTTLS, a verified handshake with the same roots, and nothing else. */
function bareLoop(engine: WireEngine, port: number): () => Promise<void> {
  const secureContext = createSecureContext({ ca: roots })
  return () =>
    new Promise((resolve, reject) => {
      const socket = tcp({ host: '127.0.0.1', port, noDelay: true })
      socket.once('error', reject)
      if (engine === 'postgres') socket.write(POSTGRES_REQUEST)
      socket.once('data', () => {
        socket.pause()
        if (engine === 'mysql') socket.write(MYSQL_REQUEST)
        const secure = tls({ socket, secureContext, servername: HOST }, () => {
          secure.end()
          secure.destroySoon()
          resolve()
        })
        secure.once('error', reject)
      })
    })
}

/** Handshakes a second: `count` of them, so many at once. */
async function rate(once: () => Promise<void>, count: number, atOnce: number): Promise<number> {
  let left = count
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await once()
    }),
  )
  return (count * 1000) / (performance.now() - begun)
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0

/** The median of each sample's ratio: the samples of one round are neighbours in time. */
const ratio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)))

const turned = <T>(all: readonly T[], by: number): readonly T[] => {
  const start = Math.max(by, 0) % all.length
  return [...all.slice(start), ...all.slice(0, start)]
}

interface Rival {
  readonly name: string
  readonly once: () => Promise<void>
  /** A program of its own for each handshake: fewer of them make a sample. */
  readonly program?: boolean
  /** What share of it the probe should reach at least. */
  readonly target?: number
}

function rivals(engine: WireEngine, port: number): readonly Rival[] {
  const wire = openWire({ connect: new Map([[`${HOST}:${port}`, `127.0.0.1:${port}`]]), now: Date.now })
  const probe = async (): Promise<void> => {
    const { strict } = await wire.verify({ engine, host: HOST, port, roots })
    if (!strict) throw new Error('the probe did not verify')
  }
  const s_client = [
    's_client',
    '-starttls',
    engine,
    '-connect',
    `127.0.0.1:${port}`,
    '-CAfile',
    bundle,
    '-no-CApath',
    '-no-CAstore',
    '-verify_return_error',
    '-verify_hostname',
    HOST,
  ]
  const psql = [
    '-X',
    '-w',
    '-c',
    'select 1',
    `host=${HOST} hostaddr=127.0.0.1 port=${port} sslmode=verify-full sslrootcert=${bundle} gssencmode=disable user=nobody dbname=nobody`,
  ]
  return [
    { name: "check's probe", once: probe },
    { name: 'bare node:tls loop', once: bareLoop(engine, port), target: 0.9 },
    ...(OPENSSL === ''
      ? []
      : [
          {
            name: 'openssl s_client',
            once: () => program(OPENSSL, s_client, /Verify return code: 0 \(ok\)/),
            program: true,
            target: 3,
          },
        ]),
    ...(PSQL === '' || engine !== 'postgres'
      ? []
      : [
          {
            name: 'psql verify-full',
            once: () => program(PSQL, psql, /no password supplied/),
            program: true,
            target: 4,
          },
        ]),
  ]
}

async function measure(title: string, engine: WireEngine, port: number): Promise<void> {
  const all = rivals(engine, port)
  for (const atOnce of AT_ONCE) {
    const samples = new Map<string, number[]>(all.map(({ name }) => [name, []]))
    const cpu = new Map<string, readonly number[]>()
    for (let sample = -1; sample < SAMPLES; sample += 1) {
      for (const { name, once, program: spawned } of turned(all, sample)) {
        const count = sample < 0 ? atOnce : spawned ? 16 : 128
        const before = process.cpuUsage()
        const perSecond = await rate(once, count, atOnce)
        const { user, system } = process.cpuUsage(before)
        if (sample < 0) continue
        samples.get(name)?.push(perSecond)
        if (!spawned) cpu.set(name, [...(cpu.get(name) ?? []), (user + system) / 1000 / count])
      }
    }
    console.log(
      `${title}, ${roots.length} roots, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}, median of ${SAMPLES}:`,
    )
    const ours = samples.get("check's probe") ?? []
    for (const { name, target } of all) {
      const theirs = samples.get(name) ?? []
      const spread = `${Math.min(...theirs).toFixed(0)} to ${Math.max(...theirs).toFixed(0)}`
      const own = cpu.has(name) ? `, ${median(cpu.get(name) ?? []).toFixed(2)} ms of this process's CPU each` : ''
      const against =
        target === undefined
          ? ''
          : `; the probe does ${ratio(ours, theirs).toFixed(2)} × as many (target ${target.toFixed(2)})`
      console.log(`  ${name}: ${median(theirs).toFixed(0)} handshakes/s (${spread})${own}${against}`)
    }
  }
}

const serves = { certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem }
try {
  if (POSTGRES_BIN !== undefined && existsSync(POSTGRES_BIN)) {
    const server = await startPostgres(serves)
    try {
      await measure(server.runs, 'postgres', server.port)
    } finally {
      await server.stop()
    }
  }
  if (HAS_MARIADB) {
    const server = await startMariadb(serves)
    try {
      await measure(server.runs, 'mysql', server.port)
    } finally {
      await server.stop()
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
