/** The whole program against a real simulated Region: what an operator without an AWS account can do. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StateDir, run, start, type Ended } from '../support/program.ts'

// Whole rotations on real servers: on a busy machine they take their time.
vi.setConfig({ testTimeout: 240_000 })

const DATABASES = ['billing-staging', 'orders-staging', 'billing-production', 'orders-production']
const ONCE_EACH = DATABASES.map((name) => `ModifyDBInstance ${name}`)
const FAST = ['--speed', '600']

let state: StateDir
const fresh = () => {
  state = new StateDir()
  return state
}
afterEach(() => state.remove())

const autopilot = (more: readonly string[] = []): Promise<Ended> =>
  run(['rehearse', '--autopilot', '--ui', 'plain', ...state.flags, ...FAST, ...more])
const changed = () => state.changes().sort()

describe('rehearse --autopilot', () => {
  it('rotates both pairs through throttling and lost answers: staging first, exactly one change each, the stale found', async () => {
    fresh()
    const { code, stdout, stderr } = await autopilot(['--fault', 'throttle', '--fault', 'lost-response'])
    expect(stdout).toContain('no answer came')
    expect(stderr).toBe('')
    expect(code, stdout).toBe(0)
    expect(changed()).toEqual([...ONCE_EACH].sort())
    const order = state.changes()
    expect(order.findIndex((one) => one.endsWith('orders-staging'))).toBeLessThan(
      order.findIndex((one) => one.endsWith('orders-production')),
    )
    expect(stdout).toContain('orders-ledger does not trust the root of rds-ca-rsa2048-g1')
    for (const name of DATABASES) expect(stdout).toContain(`${name}: done`)

    const verified = await run(['journal', 'verify', ...state.flags])
    expect(verified).toMatchObject({ code: 0 })
    // A finished rotation stays finished: a second run has nothing to send.
    const again = await autopilot()
    expect(again.code, again.stdout).toBe(0)
    expect(changed()).toEqual([...ONCE_EACH].sort())
    const offline = await run(['status', '--offline', ...state.flags])
    expect(offline.stdout.match(/\bdone\b/g)?.length).toBeGreaterThanOrEqual(4)
  })

  it('stops with the exit code of the fault, says why, and goes on from there when it is mended', async () => {
    fresh()
    // In this order, because what one run has proven serves the next.
    for (const [fault, expected, says] of [
      ['stale-bundle', 4, 'The bundle does not hold the root of rds-ca-rsa2048-g1'],
      ['access-denied', 5, 'AWS refused it: AccessDenied'],
      ['wrong-root:orders-staging', 4, 'the database serves a chain that ends elsewhere'],
    ] as const) {
      const { code, stdout } = await autopilot(['--fault', fault])
      expect(stdout).toContain(says)
      expect(code, stdout).toBe(expected)
      expect(stdout).not.toContain('production: done')
    }
  })
})

describe('a dry run', () => {
  it('sends nothing, shows each request and what closes its gate, and exits 0', async () => {
    fresh()
    const { code, stdout } = await run([
      'rehearse',
      '--dry-run',
      '--autopilot',
      '--ui',
      'plain',
      ...state.flags,
      ...FAST,
    ])
    expect(code, stdout).toBe(0)
    expect(state.changes()).toEqual([])
    for (const name of DATABASES)
      expect(stdout).toContain(`aws rds modify-db-instance --region ap-northeast-1 --db-instance-identifier ${name}`)
    expect(stdout).toContain('The gate is closed:')
    expect(stdout).not.toContain('08 ')
  })

  it('is what the ordinary wizard does without --execute, pointed at a served Region', async () => {
    fresh()
    const served = start(['rehearse', '--serve', '--json', ...state.flags, ...FAST], { stdin: 'open' })
    await served.saw('\n')
    const info = JSON.parse(served.stdout()) as {
      endpoint: string
      region: string
      bundleUrl: string
      bundleCa: string
      config: string
      databases: { host: string; port: number }[]
    }
    const env = {
      AWS_ENDPOINT_URL: info.endpoint,
      AWS_REGION: info.region,
      AWS_ACCESS_KEY_ID: 'anything',
      AWS_SECRET_ACCESS_KEY: 'anything',
    }
    const connect = info.databases.flatMap(({ host, port }) => ['--connect', `${host}:${port}=127.0.0.1:${port}`])
    // A target that is declared is decided; the rehearsal's own configuration leaves it to the operator.
    const config = join(state.path, 'config.yaml')
    const declared = readFileSync(info.config, 'utf8')
    writeFileSync(
      config,
      declared.replaceAll('environment: staging', 'environment: staging\n    target: rds-ca-rsa2048-g1'),
    )
    const flags = [
      '--bundle-url',
      info.bundleUrl,
      '--bundle-ca',
      info.bundleCa,
      '--config',
      config,
      ...connect,
      ...state.flags,
    ]
    const { code, stdout } = await run(flags, { env })
    expect(code, stdout).toBe(0)
    expect(stdout).toContain('[DRY RUN]')
    expect(stdout).toContain(`ENDPOINT ${info.endpoint}`)
    expect(stdout).toContain('DRY RUN, not sent: ModifyDBInstance')
    // With --execute and nobody to type a name, it says what is next and sends nothing.
    const executing = await run(['--execute', ...flags], { env })
    expect(executing.code).toBe(3)
    // What the dry run really read counts: staging stands at 02, for which this operator gave no log-in.
    expect(executing.stdout).toContain('orders-staging: next is step 02: cannot look: There are no credentials')
    expect(executing.stdout).toContain('orders-production: next is step 01: not proven: Undecided: target CA.')
    expect(state.changes()).toEqual([])
    served.child.stdin?.end()
    expect((await served.ended).code).toBe(0)
  })
})
