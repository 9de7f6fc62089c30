/** A third-party implementation of the RDS API, which knows little of it: moto, where it is found. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessWith } from '../../src/commands/fleet-access.ts'
import { EMPTY_CONFIG } from '../../src/config/schema.ts'
import { listFleet } from '../../src/fleet/list-fleet.ts'
import { run, StateDir } from '../support/program.ts'

const found = spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const ended = Promise.withResolvers<boolean>()
  socket.once('connect', () => ended.resolve(true)).once('error', () => ended.resolve(false))
  return ended.promise.finally(() => socket.destroy())
}

describe.skipIf(!found)('moto', () => {
  let server: ChildProcess
  let endpoint: string
  const keys = { accessKeyId: 'AKIA1', secretAccessKey: 's' }

  beforeAll(async () => {
    const port = await freePort()
    endpoint = `http://127.0.0.1:${port}`
    server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    while (server.exitCode === null && !(await answers(port))) await wait(50)
    const client = new RDSClient({ region: 'us-east-1', endpoint, credentials: keys })
    const master = { MasterUsername: 'dba', MasterUserPassword: 'throwaway1' }
    await client.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders',
        Engine: 'postgres',
        DBInstanceClass: 'db.t4g.micro',
        AllocatedStorage: 20,
        ...master,
      }),
    )
    await client.send(
      new CreateDBClusterCommand({ DBClusterIdentifier: 'shop', Engine: 'aurora-postgresql', ...master }),
    )
    await client.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'shop-1',
        DBClusterIdentifier: 'shop',
        Engine: 'aurora-postgresql',
        DBInstanceClass: 'db.r6g.large',
      }),
    )
  }, 60_000)
  afterAll(async () => {
    if (server?.exitCode !== null) return
    server.kill()
    await once(server, 'exit')
  })

  test('is listed and classified; what it does not tell is named, and so is that it gives one resource id twice', async () => {
    const access = accessWith({ region: 'us-east-1', endpoint, keys })
    const signal = new AbortController().signal
    const facts = ['cas', 'maintenance', 'engines', 'proxies'] as const
    const { inventory, located, notices } = await listFleet(access, [{}], EMPTY_CONFIG, { endpoint, facts, signal })
    const rows = inventory.rowsOf(located[0]!)
    expect(rows.map(({ name, kind, call, restart }) => [name, kind, call, restart])).toEqual([
      ['orders', 'instance', 'ModifyDBInstance', 'unknown'],
      ['shop', 'aurora-cluster', undefined, 'unknown'],
      ['shop-1', 'aurora-member', 'ModifyDBInstance', 'unknown'],
    ])
    const said = notices.join('\n')
    for (const operation of ['DescribeCertificates', 'DescribeDBEngineVersions', 'DescribePendingMaintenanceActions'])
      expect(said).toMatch(new RegExp(`Without ${operation} `))
    expect(said).toMatch(/orders and shop-1 have one resource id/)
  })

  test('a plan says what could not be looked at, keeps every gate that rests on it closed, and sends nothing', async () => {
    const state = new StateDir()
    const keysOf = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }
    const env = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'us-east-1', ...keysOf }
    const { code, stdout } = await run(['plan', 'orders', '--json', ...state.flags], { env })
    await state.remove()
    expect(code).toBe(3)
    const { steps, change, open, blockers } = JSON.parse(stdout.split('\n')[0]!) as {
      steps: { number: string; standing: string; because: string }[]
      change: unknown
      open: boolean
      blockers: unknown[]
    }
    expect({ change, open }).toEqual({ change: null, open: false })
    expect(blockers).not.toEqual([])
    const [first, ...others] = steps
    expect(first).toMatchObject({ standing: 'cannot-look', because: expect.stringContaining('DescribeCertificates') })
    expect(others.map(({ number }) => number)).toEqual(['02', '03', '04', '05', '06', '07', '08', '09', '10'])
    for (const { standing } of others) expect(['missing', 'waiting']).toContain(standing)
  })
})
