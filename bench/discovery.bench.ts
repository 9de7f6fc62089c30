/** 10,000 databases over 17 Regions, served by a process of its own: against a bare SDK loop with the same calls, and against the AWS CLI. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DATABASES, REGIONS } from './discovery/served-fleet.ts'

const RUNS = 5
const folder = join(import.meta.dirname, 'discovery')
const server = spawn(process.execPath, [join(folder, 'served-fleet.ts')], { stdio: ['pipe', 'pipe', 'inherit'] })
const [line] = (await once(server.stdout, 'data')) as [Buffer]
const AWS_ENDPOINT_URL = line.toString().trim()
const env = {
  ...process.env,
  AWS_ENDPOINT_URL,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIABENCH',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_EC2_METADATA_DISABLED: 'true',
}

interface Run {
  readonly count: number
  readonly ms: number
  readonly first: number
  readonly maxRss: number
  /** Milliseconds of both cores: what a busy machine adds to the clock is not in it. */
  readonly cpu: number
}

function run(script: string): Run {
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, script)], { env, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Run
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
const s = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`
const mb = (kilobytes: number): string => `${(kilobytes / 1024).toFixed(0)} MB`

/** Peak memory and time of the program as it is installed. */
function program(...args: readonly string[]): { readonly ms: number; readonly maxRss: number } {
  const say =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(`maxrss ${process.resourceUsage().maxRSS}`))'
  const begun = performance.now()
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', say, join(import.meta.dirname, '..', 'bin', 'rds-ca-runbook.js'), ...args],
    { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const maxRss = Number(/maxrss (\d+)/.exec(stderr)?.[1])
  if (status !== 0 || !maxRss) throw new Error(stderr)
  return { ms: performance.now() - begun, maxRss }
}

try {
  const pairs = Array.from({ length: RUNS }, () => ({ ours: run('our-loop.ts'), bare: run('bare-loop.ts') }))
  for (const { ours, bare } of pairs)
    if (ours.count !== DATABASES || bare.count !== DATABASES)
      throw new Error(`${ours.count} and ${bare.count} were listed`)
  const ours = median(pairs.map((one) => one.ours.ms))
  const bare = median(pairs.map((one) => one.bare.ms))
  console.log(`Discovery of ${DATABASES} databases over ${REGIONS.length} Regions, medians of ${RUNS} runs in turn:`)
  console.log(
    `  discovery ${s(ours)}; bare SDK loop ${s(bare)}; ratio ${median(pairs.map((one) => one.ours.ms / one.bare.ms)).toFixed(2)} ×`,
  )
  console.log(`  processor time: ratio ${median(pairs.map((one) => one.ours.cpu / one.bare.cpu)).toFixed(2)} ×`)
  console.log(
    `  first rows after ${median(pairs.map((one) => one.ours.first)).toFixed(0)} ms (bare loop: ${median(pairs.map((one) => one.bare.first)).toFixed(0)} ms)`,
  )
  console.log(
    `  peak memory ${mb(median(pairs.map((one) => one.ours.maxRss)))} (bare loop: ${mb(median(pairs.map((one) => one.bare.maxRss)))})`,
  )
  const regions = ['--regions', REGIONS.join(',')]
  for (const args of [
    ['fleet', '--json'],
    ['fleet', '--ui', 'plain'],
    ['status', '--json'],
  ]) {
    const { ms, maxRss } = program(...args, ...regions)
    console.log(`  the program, ${args.join(' ')}: ${s(ms)} from start to end, peak memory ${mb(maxRss)}`)
  }
  const cli = spawnSync('aws', ['--version'], { env })
  if (cli.status === 0) {
    const before = run('our-loop.ts').ms
    const begun = performance.now()
    for (const region of REGIONS) {
      const { status, stderr } = spawnSync(
        'aws',
        ['rds', 'describe-db-instances', '--endpoint-url', AWS_ENDPOINT_URL, '--region', region, '--output', 'json'],
        {
          env,
          stdio: ['ignore', 'ignore', 'pipe'],
          encoding: 'utf8',
        },
      )
      if (status !== 0) throw new Error(stderr)
    }
    const theirs = performance.now() - begun
    // A machine that others use is as busy for both.
    const near = (before + run('our-loop.ts').ms) / 2
    console.log(
      `  aws rds describe-db-instances, Region after Region: ${s(theirs)}; ${(theirs / near).toFixed(1)} × as long as discovery before and after it`,
    )
  } else console.log('  no AWS CLI here to compare with')
} finally {
  server.stdin.end()
}
