/**
 * TLS handshakes a second with real servers, judged against AWS's own bundle: the probe of `check`, a bare node:tls loop that does
 * the same STARTTLS and keeps nothing, `openssl s_client` and `psql`. One at a time and 32 at once, in pairs, in one run.
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
 * The probe and each rival are measured in pairs, one right after the other, and the median of the pairs' ratios counts: whatever else
 * this machine does, it does to both. Every other pair begins with the rival.
 */
const PAIRS = 40
const HANDSHAKES = 64
/** A rival that starts a program for each handshake is slow enough to be measured by fewer of them. */
const PROGRAM_PAIRS = 9
const PROGRAM_HANDSHAKES = 16
const BUNDLE_SIZE = 108
/** AWS's published bundle has 108 roots; these are 102 of them, padded with roots of our own. */
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

interface Rival {
  readonly name: string
  readonly once: () => Promise<void>
  /** A program of its own for each handshake: fewer of them make a sample. */
  readonly program?: boolean
  /** How many times as many handshakes a second the probe should do at least. */
  readonly target: number
}

function rivals(
  engine: WireEngine,
  port: number,
): { readonly probe: () => Promise<void>; readonly all: readonly Rival[] } {
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
  const all = [
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
  return { probe, all }
}

/** Handshakes a second and milliseconds of this process's CPU each, of one sample. */
interface Sample {
  readonly perSecond: number
  readonly cpu: number
}

async function sampleOf(once: () => Promise<void>, count: number, atOnce: number): Promise<Sample> {
  const before = process.cpuUsage()
  const perSecond = await rate(once, count, atOnce)
  const { user, system } = process.cpuUsage(before)
  return { perSecond, cpu: (user + system) / 1000 / count }
}

async function inPairs(
  probe: () => Promise<void>,
  rival: Rival,
  atOnce: number,
): Promise<readonly (readonly Sample[])[]> {
  const pairs: (readonly Sample[])[] = []
  const count = rival.program ? PROGRAM_HANDSHAKES : HANDSHAKES
  for (let pair = -1; pair < (rival.program ? PROGRAM_PAIRS : PAIRS); pair += 1) {
    // What follows a program that was started so often pays for the sessions that the server still ends: each comes first in turn.
    const probeFirst = pair % 2 === 0
    const first = await sampleOf(probeFirst ? probe : rival.once, probeFirst ? HANDSHAKES : count, atOnce)
    const second = await sampleOf(probeFirst ? rival.once : probe, probeFirst ? count : HANDSHAKES, atOnce)
    // The pair before the first one warms both up.
    if (pair >= 0) pairs.push(probeFirst ? [first, second] : [second, first])
  }
  return pairs
}

async function measure(title: string, engine: WireEngine, port: number): Promise<void> {
  const { probe, all } = rivals(engine, port)
  for (const atOnce of AT_ONCE) {
    console.log(`${title}, ${roots.length} roots, ${atOnce === 1 ? 'one at a time' : `${atOnce} at once`}:`)
    for (const rival of all) {
      const pairs = await inPairs(probe, rival, atOnce)
      const middle = (which: number, of: (sample: Sample) => number): number =>
        median(pairs.flatMap((pair) => (pair[which] ? [of(pair[which])] : [])))
      const told = (which: number): string => `${middle(which, ({ perSecond }) => perSecond).toFixed(0)}/s`
      const cpu = (which: number): string => middle(which, (sample) => sample.cpu).toFixed(2)
      const ratio = median(pairs.map(([ours, theirs]) => (ours?.perSecond ?? 0) / (theirs?.perSecond ?? Number.NaN)))
      const own = rival.program ? '' : `; ${cpu(0)} against ${cpu(1)} ms of this process's CPU each`
      console.log(
        `  probe ${told(0)}, ${rival.name} ${told(1)}: ${ratio.toFixed(2)} × as many, the median of ${pairs.length} pairs (target ${rival.target.toFixed(2)})${own}`,
      )
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
