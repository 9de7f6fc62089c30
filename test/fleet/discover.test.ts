/** Accounts and Regions looked into at once, over a real endpoint: what fails somewhere is named, and stops nothing else. */
import { afterEach, describe, expect, test } from 'vitest'
import { accessWith } from '../../src/commands/fleet-access.ts'
import { EMPTY_CONFIG, type Config } from '../../src/config/schema.ts'
import { discover, type Access, type Discovered } from '../../src/fleet/discover.ts'
import { listFleet } from '../../src/fleet/list-fleet.ts'
import type { Place } from '../../src/fleet/place.ts'
import { calledBy } from '../../src/rules/step.ts'
import { failure, instance, result, type Call, type Reaction } from '../aws/query-server.ts'
import { fleetServer, type FleetServer } from '../support/fleet-server.ts'

const servers: FleetServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ server }) => server.close()))
})

/** Profiles are access keys here: `one` is account 1. */
const KEYS: Readonly<Record<string, string>> = { one: 'AKIA1', two: 'AKIA2' }
const accessTo = (endpoint: string): Access => {
  const as = ({ profile = 'one' }: Place) =>
    accessWith({ region: 'eu-west-1', endpoint, keys: { accessKeyId: KEYS[profile] ?? '', secretAccessKey: 's' } })
  return { account: (place) => as(place).account({}), control: (place, region) => as(place).control({}, region) }
}

async function against(react: (call: Call, key: string, region: string) => Reaction | undefined) {
  const server = await fleetServer(react)
  servers.push(server)
  const signal = new AbortController().signal
  const options = { endpoint: server.endpoint, facts: ['cas', 'maintenance', 'engines', 'proxies'], signal } as const
  return {
    server,
    options,
    access: accessTo(server.endpoint),
    found: async (...places: Place[]) => {
      const all: Discovered[] = []
      for await (const one of discover(accessTo(server.endpoint), places, options)) all.push(one)
      return all
    },
  }
}

const databases = ({ action }: Call, ...ids: string[]): Reaction =>
  result(action, `<DBInstances>${ids.map((id) => instance(id)).join('')}</DBInstances>`)

const listed = (all: readonly Discovered[]): string[] =>
  all
    .flatMap((one) =>
      one.kind === 'databases' ? one.databases.map(({ id }) => `${one.at.account} ${one.at.region} ${id}`) : [],
    )
    .sort()
const failed = (all: readonly Discovered[]) => all.filter((one) => one.kind === 'failed')

describe('discovery', () => {
  test('looks into several accounts and all their enabled Regions', async () => {
    const { found } = await against((call, key, region) =>
      call.action === 'DescribeDBInstances' ? databases(call, `${key}-${region}`) : undefined,
    )
    const all = await found({ profile: 'one', regions: 'all' }, { profile: 'two', regions: ['eu-west-1'] })
    expect(listed(all)).toEqual([
      '111111111111 eu-west-1 AKIA1-eu-west-1',
      '111111111111 us-east-1 AKIA1-us-east-1',
      '222222222222 eu-west-1 AKIA2-eu-west-1',
    ])
    expect(failed(all)).toEqual([])
    // Who one is comes before anything of it.
    expect(all.findIndex(({ kind }) => kind === 'account')).toBe(0)
  })

  test('names each failure with account, Region, permission and what follows, and reads the rest', async () => {
    const { found } = await against((call, key, region) => {
      if (key === 'AKIA2') return failure('ExpiredToken', 403)
      if (call.action !== 'DescribeDBInstances') return undefined
      if (region === 'us-east-1') return failure('AccessDenied', 403)
      if (region === 'ap-south-2') return failure('OptInRequired', 403)
      return databases(call, 'orders')
    })
    const all = await found({ regions: ['eu-west-1', 'us-east-1', 'ap-south-2'] }, { profile: 'two' })
    expect(listed(all)).toEqual(['111111111111 eu-west-1 orders'])
    const said = failed(all).map(({ account, region, error }) => [account, region, error.code, error.permission])
    expect(said).toContainEqual(['111111111111', 'us-east-1', 'AccessDenied', 'rds:DescribeDBInstances'])
    expect(said).toContainEqual(['111111111111', 'ap-south-2', 'OptInRequired', undefined])
    expect(said).toContainEqual([undefined, undefined, 'ExpiredToken', undefined])
    expect(failed(all).find(({ place }) => place.profile === 'two')?.error.message).toContain('aws sso login')
  })

  test('two profiles that lead to one account read it once', async () => {
    const { found, server } = await against((call) =>
      call.action === 'DescribeDBInstances' ? databases(call, 'orders') : undefined,
    )
    const all = await found({}, { profile: 'one' })
    expect(listed(all)).toEqual(['111111111111 eu-west-1 orders'])
    expect(server.server.count('DescribeDBClusters')).toBe(1)
  })

  test('ends when nobody listens any more, and throws when aborted', async () => {
    const { access, options } = await against((call) =>
      call.action === 'DescribeDBInstances' ? databases(call, 'orders') : undefined,
    )
    for await (const one of discover(access, [{}], options)) if (one.kind === 'databases') break
    const signal = AbortSignal.abort(new Error('left'))
    await expect(discover(access, [{}], { ...options, signal }).next()).rejects.toThrow('left')
  })
})

describe('an API that knows DescribeDBInstances, DescribeDBClusters and ModifyDBInstance alone', () => {
  const knows = new Set(['GetCallerIdentity', 'DescribeDBInstances', 'DescribeDBClusters'])
  test('is listed and classified, and each fact that it does not tell is named', async () => {
    const { access, options, server } = await against((call) => {
      if (!knows.has(call.action)) return failure('InvalidAction', 400, `Could not find operation ${call.action}`)
      return call.action === 'DescribeDBInstances' ? databases(call, 'orders', 'billing') : undefined
    })
    const listing = await listFleet(access, [{}], EMPTY_CONFIG, options)
    expect(listing.databases.map(({ about }) => about.name)).toEqual(['billing', 'orders'])
    const rows = listing.inventory.rowsOf(listing.located[0]!)
    expect(rows).toMatchObject([
      { name: 'billing', kind: 'instance', call: 'ModifyDBInstance', restart: 'unknown' },
      { name: 'orders', kind: 'instance', call: 'ModifyDBInstance', restart: 'unknown' },
    ])
    expect(rows[0]).not.toHaveProperty('rootValidTill')
    const said = listing.notices.join('\n')
    for (const operation of [
      'DescribeCertificates',
      'DescribeDBEngineVersions',
      'DescribePendingMaintenanceActions',
      'DescribeDBProxies',
    ])
      expect(said).toMatch(new RegExp(`111111111111 in eu-west-1: .*Without ${operation} `))
    expect(server.server.calls.map(({ action }) => action)).not.toContain('ModifyDBInstance')
  })
})

describe('one name in several accounts', () => {
  const two = [{ profile: 'one' }, { profile: 'two' }] as const
  const config = (databases: Config['databases']): Config => ({ ...EMPTY_CONFIG, databases })
  const sameName = () =>
    against((call, key) =>
      call.action === 'DescribeDBInstances'
        ? databases(call, 'orders', ...(key === 'AKIA2' ? ['billing'] : []))
        : undefined,
    )

  test('is called by account and Region, and only where it is needed', async () => {
    const { access, options } = await sameName()
    const { databases } = await listFleet(access, two, EMPTY_CONFIG, options)
    expect(databases.map(({ about }) => calledBy(about))).toEqual([
      '111111111111/eu-west-1/orders',
      'billing',
      '222222222222/eu-west-1/orders',
    ])
    expect(new Set(databases.map(({ about }) => about.subject.world)).size).toBe(2)
  })

  test('means none of them in a configuration, which says so; its whole name means one', async () => {
    const { access, options } = await sameName()
    const declared = config({
      orders: { environment: 'staging' },
      '222222222222/eu-west-1/orders': { target: 'rds-ca-ecc384-g1' },
    })
    const { names, notices } = await listFleet(access, two, declared, options)
    expect(names.subjectOf('orders')).toBeUndefined()
    expect(names.subjectOf('222222222222/eu-west-1/orders')?.world).toContain('222222222222')
    expect(notices.join('\n')).toContain('there are several of that name')
  })

  test('nor in a wave; a name that is nobody’s is said, too', async () => {
    const { access, options } = await sameName()
    const databases = ['orders', '222222222222/eu-west-1/orders', 'ordres']
    const waves = [{ name: 'canary', atOnce: 1, bake: 0, databases }]
    const { notices } = await listFleet(access, two, { ...config({}), waves }, options)
    expect(notices.filter((one) => one.startsWith('The wave canary names '))).toEqual([
      expect.stringMatching(/names orders, and there are several of that name: it takes none of them\. Name each as/),
      'The wave canary names ordres, and AWS lists no such database or cluster here.',
    ])
  })
})

test('tags say which databases are staging, where the configuration says what they mean', async () => {
  const { access, options } = await against(({ action }) =>
    action === 'DescribeDBInstances'
      ? result(
          action,
          `<DBInstances>${instance('a', '<TagList><Tag><Key>env</Key><Value>Test</Value></Tag></TagList>')}${instance('b')}</DBInstances>`,
        )
      : undefined,
  )
  const config = { ...EMPTY_CONFIG, discovery: { environment: { tag: 'env', staging: ['test'] } } }
  const { databases, environmentOf } = await listFleet(access, [{}], config, options)
  expect(databases.map(({ about }) => [about.name, environmentOf(about)])).toEqual([
    ['a', 'staging'],
    ['b', undefined],
  ])
})

test('what holds the same data is listed in the order in which it is changed: the deepest replica first, readers before the writer', async () => {
  const replicaOf = (source: string) =>
    `<ReadReplicaSourceDBInstanceIdentifier>${source}</ReadReplicaSourceDBInstanceIdentifier>`
  const member = (id: string) =>
    instance(id, '<DBClusterIdentifier>billing</DBClusterIdentifier>').replace('postgres', 'aurora-postgresql')
  const members = ['d-1', 'd-2'].map(
    (id) =>
      `<DBClusterMember><DBInstanceIdentifier>${id}</DBInstanceIdentifier><IsClusterWriter>${id === 'd-1'}</IsClusterWriter></DBClusterMember>`,
  )
  const { access, options } = await against(({ action }) => {
    if (action === 'DescribeDBClusters')
      return result(
        action,
        `<DBClusters><DBCluster><DBClusterIdentifier>billing</DBClusterIdentifier><DBClusterArn>arn:aws:rds:eu-west-1:111111111111:cluster:billing</DBClusterArn><DbClusterResourceId>cluster-B</DbClusterResourceId><Engine>aurora-postgresql</Engine><DBClusterMembers>${members.join('')}</DBClusterMembers><ReplicationSourceIdentifier>arn:aws:rds:eu-west-1:111111111111:db:billing</ReplicationSourceIdentifier></DBCluster></DBClusters>`,
      )
    return action === 'DescribeDBInstances'
      ? result(
          action,
          `<DBInstances>${[
            instance('a-loop', replicaOf('b-loop')),
            instance('b-loop', replicaOf('a-loop')),
            instance('billing'),
            instance('c-r', replicaOf('billing')),
            member('d-1'),
            member('d-2'),
            instance('e-r', replicaOf('c-r')),
            instance('f-alone'),
          ].join('')}</DBInstances>`,
        )
      : undefined
  })
  const { databases } = await listFleet(access, [{}], EMPTY_CONFIG, options)
  const names = databases.map(({ about }) => about.name)
  expect(names.filter((name) => !name.endsWith('loop'))).toEqual(['e-r', 'c-r', 'd-2', 'd-1', 'billing', 'f-alone'])
  expect(names).toHaveLength(8)

  const declared = {
    'cluster:billing': { environment: 'staging', twin: 'cluster:billing' },
    billing: { twin: 'cluster:billing' },
    'cluster:gone': {},
  } as const
  const { notices } = await listFleet(access, [{}], { ...EMPTY_CONFIG, databases: declared }, options)
  const said = notices.filter((one) => /declared/.test(one))
  expect(said).toHaveLength(3)
  expect(said[0]).toMatch(
    /^cluster:gone is declared in the configuration, and AWS lists no such database or cluster here/,
  )
  for (const name of ['d-1', 'd-2'])
    expect(said.join('\n')).toContain(`${name} is declared with cluster:billing as its twin, which it is part of`)
})
