/** Every kind of database as the first screen lists it: what it is, which call changes its CA, whether it restarts, what is left out. */
import { expect, test } from 'vitest'
import { accessWith } from '../../src/commands/fleet-access.ts'
import { EMPTY_CONFIG } from '../../src/config/schema.ts'
import { listFleet } from '../../src/fleet/list-fleet.ts'
import { kindWords, restartWords } from '../../src/fleet/words.ts'
import { ACCOUNTS, GOVCLOUD_ACCOUNT } from '../../src/rehearsal/world.ts'
import { startRegion } from '../rehearsal/control-plane/support/region.ts'

const FACTS = ['cas', 'maintenance', 'engines', 'proxies'] as const

async function listed(region: string, accessKeyId: string) {
  const { endpoint } = (await startRegion({ world: 'full' })).region.info()
  const access = accessWith({ region, endpoint, keys: { accessKeyId, secretAccessKey: 'rehearsal' } })
  const signal = AbortSignal.timeout(60_000)
  const { databases, inventory, located, notices } = await listFleet(access, [{}], EMPTY_CONFIG, {
    endpoint,
    facts: FACTS,
    signal,
  })
  const rows = located.flatMap((at) => inventory.rowsOf(at))
  return {
    table: new Map(
      rows.map(({ name, kind, call, restart }) => [
        name,
        [kindWords(kind), ...(call ? [call, restartWords(restart)] : [])].join('; '),
      ]),
    ),
    rotated: new Set(databases.map(({ about }) => about.name)),
    proxies: inventory.proxies,
    notices,
  }
}

test('every kind at home by its own words and call; what nobody rotates is left out of the list, and counted', async () => {
  const { table, rotated, proxies, notices } = await listed('ap-northeast-1', 'anything')
  expect(Object.fromEntries(table)).toMatchObject({
    'orders-production': 'instance; ModifyDBInstance; no restart',
    'stock-replica': 'read replica; ModifyDBInstance; no restart',
    'shop-production': 'Aurora cluster, by its members',
    'shop-production-3': 'Aurora member; ModifyDBInstance; no restart',
    'bookings-production': 'Multi-AZ DB cluster; ModifyDBCluster; no restart',
    'bookings-production-instance-1': 'member, by its cluster',
    payroll: 'instance; ModifyDBInstance; restarts',
    ledger: 'instance; ModifyDBInstance; listener restarts',
    warehouse: 'instance; ModifyDBInstance; restarts',
    'legacy-custom': 'RDS Custom, nothing to rotate',
    'events-v1': 'Aurora Serverless v1, nothing to rotate',
    documents: 'another service’s',
    'graph-1': 'another service’s',
  })
  expect(proxies).toBe(2)
  for (const name of ['legacy-custom', 'events-v1', 'documents', 'documents-1', 'graph', 'graph-1', 'shop-production'])
    expect(rotated.has(name), name).toBe(false)
  for (const name of ['payroll', 'ledger', 'warehouse', 'bookings-production', 'shop-production-3'])
    expect(rotated.has(name), name).toBe(true)
  const said = notices.join('\n')
  expect(said).toMatch(/4 .*DocumentDB or Neptune/)
  expect(said).toMatch(/1 .*RDS Custom/)
  expect(said).toMatch(/1 .*Aurora Serverless v1/)
})

test('GovCloud by its own keys and Region, and nothing of the others', async () => {
  const keys = ACCOUNTS.find(({ id }) => id === GOVCLOUD_ACCOUNT)!.accessKey
  const { table, rotated } = await listed('us-gov-west-1', keys)
  expect(Object.fromEntries(table)).toEqual({
    permits: 'instance; ModifyDBInstance; no restart',
    'permits-staging': 'instance; ModifyDBInstance; no restart',
  })
  expect([...rotated].sort()).toEqual(['permits', 'permits-staging'])
})
