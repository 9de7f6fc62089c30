/** `fleet`, `init` and `config check` as they are installed, against an endpoint with two accounts' worth of answers. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/read-config.ts'
import { failure, instance, result } from '../aws/query-server.ts'
import { fleetServer, type FleetServer } from '../support/fleet-server.ts'
import { start } from '../support/program.ts'

let server: FleetServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  server = await fleetServer(({ action }, _key, region) => {
    if (action !== 'DescribeDBInstances') return undefined
    return region === 'us-east-1'
      ? failure('AccessDenied', 403)
      : result(action, `<DBInstances>${instance('orders')}${instance('orders-staging')}</DBInstances>`)
  })
})
afterAll(async () => {
  await server.server.close()
  rmSync(folder, { recursive: true })
})

const program = (...args: readonly string[]) =>
  start(args, {
    env: {
      CWD: folder,
      HOME: folder,
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIA1',
      AWS_SECRET_ACCESS_KEY: 's',
    },
  }).ended

describe('fleet', () => {
  test('shows a Region as it is read, names what cannot be read, and says so with its exit code', async () => {
    const { code, stdout } = await program('fleet', '--regions', 'all')
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('account 111111111111 as arn:aws:iam::111111111111:user/anna: 2 Regions')
    expect(stdout).toMatch(/111111111111 eu-west-1: 2 with a CA to rotate, 0 without/)
    expect(stdout).toMatch(
      /111111111111 us-east-1: AWS does not permit rds:DescribeDBInstances .*steps 01, 06 and 08 rest on it/,
    )
    expect(code).toBe(5)
  })

  test('is JSON lines for programs, the first rows before what is said of them', async () => {
    const { code, stdout } = await program('fleet', '--json')
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; name?: string; rows?: { name: string; call: string }[] })
    expect(events.map(({ event }) => event)).toEqual(['account', 'listed', 'listed', 'region', 'end'])
    expect(events[3]?.rows?.map(({ name, call }) => `${name} ${call}`)).toEqual([
      'orders ModifyDBInstance',
      'orders-staging ModifyDBInstance',
    ])
    expect(code).toBe(0)
  })

  test.each([
    [['--regions', 'Frankfurt'], /--regions Frankfurt: must be the name of an AWS Region/],
    [['--regions', ','], /--regions: must name one or more/],
    [['--region', 'eu-west-1', '--regions', 'all'], /--region and --regions: give one of them/],
  ])('refuses %j before anything is asked', async (flags, sentence) => {
    const before = server.server.calls.length
    const { code, stderr } = await program('fleet', ...flags)
    expect(stderr).toMatch(sentence)
    expect(code).toBe(2)
    expect(server.server.calls.length).toBe(before)
  })
})

test('init writes what can be read again, and never over what is there', async () => {
  expect((await program('init', '--schema')).code).toBe(0)
  const file = join(folder, 'rds-ca-runbook.config.yaml')
  expect(Object.keys(parseConfig(readFileSync(file, 'utf8'), file).databases)).toEqual(['orders', 'orders-staging'])
  expect(existsSync(join(folder, 'rds-ca-runbook.schema.json'))).toBe(true)
  expect((await program('config', 'check')).stdout).toMatch(/can be used: 0 accounts, 2 databases, 0 applications/)
  const before = server.server.calls.length
  const again = await program('init')
  expect(again.stderr).toMatch(/is there already. Nothing was written/)
  expect(again.code).toBe(2)
  expect(server.server.calls.length).toBe(before)
})
