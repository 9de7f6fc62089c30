/** Every trap before a change: closed with a cure of its own, and accepted by name where fleets carry it for ever. */
import { describe, expect, it } from 'vitest'
import { CannotAsk, type ControlPlane, type DatabaseRecord } from '../../src/ports/control-plane.ts'
import { preflight } from '../../steps/06-preflight.ts'
import {
  aboutOf,
  ACCOUNT,
  cluster,
  codesOf,
  instance,
  NEW_CA,
  OLD_CA,
  preflown,
  REGION,
  type Account,
} from './account.ts'

const alone = (change: Partial<DatabaseRecord>, answers?: Partial<ControlPlane>): Account => ({
  databases: [instance({ id: 'billing', engine: 'mariadb', ...change })],
  ...(answers && { answers }),
})
const maintenance = (action: string, optIn?: string): Partial<ControlPlane> => ({
  maintenance: async () => [{ resource: 'arn', action, ...(optIn && { optIn }) }],
})
const member = (id: string, change: Partial<DatabaseRecord> = {}) =>
  instance({ id, engine: 'aurora-postgresql', clusterId: 'shop', ...change })
const shop = (writer: string, change: Partial<Parameters<typeof cluster>[0]> = {}) =>
  cluster({
    id: 'shop',
    members: ['shop-1', 'shop-2', 'shop-3'].map((id) => ({
      id,
      writer: id === writer,
      parameterGroupStatus: 'in-sync',
    })),
    ...change,
  })
const inShop = (first: Partial<DatabaseRecord>, others: Partial<DatabaseRecord>, writer = 'shop-1'): Account => ({
  databases: [member('shop-1', first), member('shop-2', others), member('shop-3', { ca: NEW_CA })],
  clusters: [shop(writer)],
})
const denied = async (): Promise<never> => {
  throw new CannotAsk('AccessDenied', 'DescribeBlueGreenDeployments', 'no', {
    permission: 'rds:DescribeBlueGreenDeployments',
  })
}

const TRAPS: readonly (readonly [name: string, account: Account, short: string | undefined])[] = [
  ['nothing in the way', alone({}), undefined],
  ['stopped', alone({ status: 'stopped' }), 'stopped proof'],
  ['an upgrade', alone({ status: 'upgrading' }), 'upgrading proof'],
  ['storage that is optimised', alone({ status: 'storage-optimization' }), 'storage-busy proof'],
  ['full storage', alone({ status: 'storage-full' }), 'storage-busy proof'],
  ['a backup', alone({ status: 'backing-up' }), 'not-available proof'],
  ['what "now" drags along', alone({ pendingOther: { DBInstanceClass: 'db.m7g.xlarge' } }), 'pending-change waiver'],
  [
    'parameters that wait for a reboot',
    alone({ parameterGroups: [{ name: 'custom', applyStatus: 'pending-reboot' }] }),
    'pending-reboot waiver',
  ],
  ['a staged or pending CA', alone({ pendingCa: 'rds-ca-ecc384-g1' }), 'pending-ca waiver'],
  ['maintenance', alone({}, maintenance('os-upgrade')), 'maintenance-due waiver'],
  ['an opt-in that cannot be undone', alone({}, maintenance('db-upgrade', 'immediate')), 'opted-in-now waiver'],
  [
    'AWS’s own change, opted in for the window',
    alone({}, maintenance('ca-certificate-rotation', 'next-maintenance')),
    'opted-in waiver',
  ],
  [
    'replicas that are behind',
    {
      databases: [
        instance({ id: 'billing', engine: 'mariadb', replicas: ['billing-r'] }),
        instance({ id: 'billing-r', engine: 'mariadb', replicaSource: 'billing' }),
      ],
    },
    'replicas-first waiver',
  ],
  ['readers before the writer', inShop({}, {}), 'readers-first waiver'],
  ['another member under way', inShop({}, { status: 'modifying', ca: NEW_CA }, 'shop-3'), 'other-under-way waiver'],
  ['another member’s pending change', inShop({}, { pendingCa: NEW_CA }, 'shop-3'), 'other-pending waiver'],
  [
    'a global database',
    {
      databases: [member('shop-1'), member('shop-2', { ca: NEW_CA }), member('shop-3', { ca: NEW_CA })],
      clusters: [shop('shop-1', { globalClusterId: 'world' })],
      answers: {
        globalClusters: async () => [
          {
            id: 'world',
            arn: 'arn:global',
            engine: 'aurora-postgresql',
            status: 'available',
            members: [REGION, 'us-east-1'].map((region) => ({
              clusterArn: `arn:aws:rds:${region}:${ACCOUNT}:cluster:shop`,
              writer: region === REGION,
              readers: [],
            })),
          },
        ],
      },
    },
    'global-cluster waiver',
  ],
  [
    'a Blue/Green deployment',
    alone(
      {},
      {
        blueGreens: async () => [
          {
            id: 'bgd-1',
            name: 'to-11',
            source: `arn:aws:rds:${REGION}:${ACCOUNT}:db:billing`,
            status: 'AVAILABLE',
            switchover: [],
          },
        ],
      },
    ),
    'blue-green waiver',
  ],
  ['what AWS would not tell', alone({}, { blueGreens: denied }), 'could-not-learn waiver'],
]

describe('every trap', () => {
  it.each(TRAPS)('%s', async (_, account, short) => {
    const { verdict } = await preflown(account, aboutOf(account.databases![0]!))
    expect(codesOf(verdict).short).toEqual(short === undefined ? [] : [short])
    if (verdict.kind !== 'not-proven') return
    for (const { code } of verdict.shortfalls) {
      const sentence = (preflight.text as Record<string, { says: string; cure: string }>)[code]
      expect(sentence?.cure, code).toMatch(/\w{3}/)
    }
  })

  it('what comes in the window anyway, and what no restart switches on, is noted and no obstacle', async () => {
    const pending = alone({ pendingOther: { DBInstanceClass: 'db.m7g.xlarge' } })
    const window = await preflown(pending, aboutOf(pending.databases![0]!), { timing: 'window' })
    expect(codesOf(window.verdict)).toEqual({ short: [], notes: ['pending-in-window'] })
    const loads = {
      databases: [instance({ id: 'orders', parameterGroups: [{ name: 'custom', applyStatus: 'pending-reboot' }] })],
    }
    expect(codesOf((await preflown(loads, aboutOf(loads.databases[0]!))).verdict)).toEqual({
      short: [],
      notes: ['pending-reboot-stays'],
    })
  })

  it('a half-rotated cluster is shown as such, on every member that is behind', async () => {
    const account = inShop({}, {}, 'shop-3')
    const { verdict, facts } = await preflown(account, aboutOf(account.databases![0]!))
    expect(verdict).toMatchObject({
      kind: 'proven',
      notes: [{ code: 'half-rotated', args: { cluster: 'shop', done: ['shop-3'], left: ['shop-1', 'shop-2'] } }],
    })
    expect(facts.basis.group.role).toBe('reader')
    expect(preflight.peers!(facts, aboutOf(account.databases![0]!)).map(({ name }) => name)).toEqual([
      'shop-2',
      'shop-3',
    ])
  })

  it('tells its windows in UTC and by the clock on the wall, with the next start', async () => {
    const account = alone({ maintenanceWindow: 'mon:03:00-mon:04:00', ca: OLD_CA })
    const { facts } = await preflown(account, aboutOf(account.databases![0]!))
    const told = preflight.tells!(facts).find(({ code }) => code === 'saw-window')
    expect(told?.args).toMatchObject({ window: 'mon:03:00-mon:04:00', next: '2026-11-23T03:00:00Z' })
    expect(String(told?.args['local'])).toMatch(/^Mon.* 23 Nov.*03:00/)
  })
})
