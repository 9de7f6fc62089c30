/** A plan from the terminal on which it is approved to the unattended run that carries it out, with the built program. */
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { RegionInfo } from '../../src/rehearsal/region-info.ts'
import { BIN, StateDir, cleanEnv, run, start, until, type Running } from '../support/program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const state = new StateDir()
const operator = new StateDir()
let served: Running
let info: RegionInfo
let env: Record<string, string>
let flags: readonly string[]
const file = () => join(operator.path, 'tuesday.json')

beforeAll(async () => {
  served = start(['rehearse', '--serve', '--json', '--speed', '600', ...state.flags], { stdin: 'open' })
  await served.saw('"endpoint"')
  info = JSON.parse(served.stdout()) as RegionInfo
  const [{ password }] = info.databases as [RegionInfo['databases'][number]]
  env = {
    AWS_ENDPOINT_URL: info.endpoint,
    AWS_REGION: info.region,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    PGUSER: 'runbook',
    PGPASSWORD: password,
  }
  // Its owner has put the bundle there; otherwise it would not come back, and 10 would wait for it.
  copyFileSync(info.bundleFile, join(state.path, 'rehearsal', 'applications', 'orders-ledger', 'ca.pem'))
  const config = join(operator.path, 'config.yaml')
  writeFileSync(
    config,
    `formatVersion: 1
databases:
  orders-staging: { environment: staging, target: rds-ca-rsa2048-g1 }
applications:
  everybody: { databases: [orders-staging], verification: none, users: [orders_api, orders_ledger, orders_reports] }
waves: [{ name: canary, databases: [orders-staging] }]
`,
  )
  flags = [...operator.flags, '--config', config, '--bundle-url', info.bundleUrl, '--bundle-ca', info.bundleCa]
  for (const { host, port, address } of info.databases)
    flags = [...flags, '--connect', `${host}:${port}=${address}:${port}`]
})
afterAll(async () => {
  served.child.stdin?.end()
  await served.ended
  await operator.remove()
  await state.remove()
})

const modifies = () => state.requests().filter(({ action }) => action.startsWith('Modify'))
const apply = (plan: string, ...more: readonly string[]) => run(['apply', plan, ...flags, ...more], { env })

/** Runs `plan --out` on a terminal and types these answers, each when it is asked. */
async function approve(...answers: readonly (readonly [asked: string, typed: string])[]) {
  const args = [BIN, 'plan', 'orders-staging', '--out', file(), ...flags]
  const terminal = spawn(process.execPath, args, { cols: 200, rows: 50, env: cleanEnv({ ...env, TERM: 'xterm' }) })
  let screen = ''
  let code: number | undefined
  terminal.onData((data) => (screen += data))
  terminal.onExit(({ exitCode }) => (code = exitCode))
  for (const [asked, typed] of answers) {
    await until(`"${asked}" is asked`, () => screen.includes(asked) || code !== undefined)
    terminal.write(`${typed}\r`)
  }
  await until('it has ended', () => code !== undefined)
  return { code, screen }
}

it('is approved by typing alone, and only in these words', async () => {
  const unattended = await run(['plan', 'orders-staging', '--out', file(), ...flags], { env })
  expect(unattended).toMatchObject({ code: 2 })
  expect(unattended.stderr).toContain('confirmed by typing, on a terminal')

  const wrong = await approve(['Who approves it?', 'Tanaka'], ['Type "tuesday 1"', 'tuesday'])
  expect(wrong.code).toBe(3)
  expect(wrong.screen).toContain('no plan was written')

  const right = await approve(['Who approves it?', 'Tanaka'], ['Type "tuesday 1"', 'tuesday 1'])
  expect(right.code, right.screen).toBe(0)
  expect(right.screen).toContain('aws rds modify-db-instance')
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(modifies()).toEqual([])
})

it('is refused when it was edited, is another account’s, or is none; nothing is sent', async () => {
  const edited = join(operator.path, 'edited.json')
  writeFileSync(edited, readFileSync(file(), 'utf8').replace('"Tanaka"', '"Sato"'))
  expect(await apply(edited, '--execute')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('not as it was approved'),
  })
  writeFileSync(edited, '{')
  expect(await apply(edited, '--execute')).toMatchObject({ code: 2, stderr: expect.stringContaining('no plan') })
  const foreign = await run(['apply', file(), ...flags, '--execute'], {
    env: { ...env, AWS_ACCESS_KEY_ID: 'AKIAREHEARSALEMPTY00' },
  })
  expect(foreign.code).toBe(3)
  expect(foreign.stdout).toContain('another account')
  expect(modifies()).toEqual([])
})

it('is carried out once, by nobody at the keys, and shows without --execute', async () => {
  const shown = await apply(file())
  expect(shown.code, shown.stdout + shown.stderr).toBe(0)
  expect(modifies()).toEqual([])

  const ended = await apply(file(), '--execute')
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  expect(ended.stdout).toContain('orders-staging: done')
  expect(modifies()).toHaveLength(1)

  const again = await apply(file(), '--execute')
  expect(again.code).toBe(3)
  expect(again.stdout).toContain('carried out already')
  expect(modifies()).toHaveLength(1)

  const waves = await run(['wave', 'list', ...flags], { env })
  expect(waves.stdout).toMatch(/canary +1 database +done since/)
})
