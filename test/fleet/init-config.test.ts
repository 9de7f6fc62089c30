/** What `init` writes: readable by the program itself, with nothing declared that AWS does not say. */
import { afterEach, expect, test } from 'vitest'
import { accessWith } from '../../src/commands/fleet-access.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { EMPTY_CONFIG } from '../../src/config/schema.ts'
import { initialConfig } from '../../src/fleet/init-config.ts'
import { listFleet } from '../../src/fleet/list-fleet.ts'
import { instance, result } from '../aws/query-server.ts'
import { fleetServer, type FleetServer } from '../support/fleet-server.ts'

const servers: FleetServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ server }) => server.close()))
})

async function listingOf(instances: string) {
  const server = await fleetServer(({ action }) =>
    action === 'DescribeDBInstances' ? result(action, `<DBInstances>${instances}</DBInstances>`) : undefined,
  )
  servers.push(server)
  const keys = { accessKeyId: 'AKIA1', secretAccessKey: 's' }
  const access = accessWith({ region: 'eu-west-1', endpoint: server.endpoint, keys })
  const signal = new AbortController().signal
  return listFleet(access, [{}], EMPTY_CONFIG, { endpoint: server.endpoint, facts: [], signal })
}

test('lists what there is as production, and says what looks like staging and like its twin in comments alone', async () => {
  const tag = '<TagList><Tag><Key>Environment</Key><Value>dev\n# x: y</Value></Tag></TagList>'
  const text = initialConfig(
    await listingOf(`${instance('orders-prod')}${instance('orders-staging')}${instance('metrics', tag)}`),
    [{ profile: 'prod: eu', regions: 'all' }],
    './rds-ca-runbook.schema.json',
  )
  const config = parseConfig(text, 'c.yaml')
  expect(config.accounts).toEqual([{ profile: 'prod: eu', regions: 'all' }])
  expect(config.databases).toEqual({
    metrics: { environment: 'production' },
    'orders-prod': { environment: 'production' },
    'orders-staging': { environment: 'production' },
  })
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/rds-ca-runbook\.schema\.json$/m)
  expect(text).toMatch(/orders-staging:\n {4}environment: production # by its name: if it is staging, say so/)
  expect(text).toMatch(/ {4}# twin: orders-staging # its name says so/)
  expect(text).toContain('by its tag Environment=dev # x: y')
})

test('an empty account gives a configuration too', async () => {
  const text = initialConfig(await listingOf(''), [{}], undefined)
  expect(parseConfig(text, 'c.yaml')).toEqual(EMPTY_CONFIG)
})

test('a name that YAML would take for something else stays a name', async () => {
  const text = initialConfig(await listingOf(instance('on')), [{}], undefined)
  expect(Object.keys(parseConfig(text, 'c.yaml').databases)).toEqual(['on'])
})

test('an Aurora cluster is one entry, under a name that means it, with its members in a comment', async () => {
  const member = (id: string, cluster: string) =>
    instance(id, `<DBClusterIdentifier>${cluster}</DBClusterIdentifier>`).replace('postgres', 'aurora-postgresql')
  const text = initialConfig(
    await listingOf(
      `${member('shop-1', 'shop')}${member('shop', 'shop')}${member('s-1', 'shop-staging')}${instance('orders')}`,
    ),
    [{}],
    undefined,
  )
  const config = parseConfig(text, 'c.yaml')
  expect(Object.keys(config.databases).sort()).toEqual(['cluster:shop', 'orders', 'shop-staging'])
  expect(text).toMatch(/an Aurora cluster:\n {2}# {3}shop, .*\n {2}# {3}shop-1, .*\n {2}cluster:shop:/)
  expect(text).toMatch(/ {4}# twin: shop-staging # its name says so/)
})
