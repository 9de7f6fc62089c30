import { describe, expect, test } from 'vitest'
import { callFor, kindOf, underOf } from '../../src/fleet/classify.ts'
import type { Located, RegionFacts } from '../../src/fleet/discover.ts'
import { grouped, rowOf } from '../../src/fleet/inventory.ts'
import { rotatesWords } from '../../src/fleet/words.ts'
import {
  CannotAsk,
  type ClusterRecord,
  type ControlPlane,
  type DatabaseRecord,
  type MaintenanceRecord,
} from '../../src/ports/control-plane.ts'

const DAY = 86_400_000
const LEAF = Date.UTC(2027, 1, 21)
const ROOT = Date.UTC(2061, 4, 25)

const instance = (more: Partial<DatabaseRecord> = {}): DatabaseRecord => ({
  kind: 'database',
  id: 'orders',
  arn: 'arn:orders',
  resourceId: 'db-ORDERS',
  engine: 'postgres',
  engineVersion: '17.2',
  instanceClass: 'db.m7g.large',
  status: 'available',
  ca: 'rds-ca-rsa2048-g1',
  leafValidTill: LEAF,
  pendingOther: {},
  replicas: [],
  multiAz: false,
  parameterGroups: [],
  statusInfos: [],
  tags: {},
  iamAuth: false,
  ...more,
})
const cluster = (more: Partial<ClusterRecord> = {}): ClusterRecord => ({
  kind: 'cluster',
  id: 'c',
  arn: 'arn:c',
  resourceId: 'cluster-C',
  engine: 'aurora-postgresql',
  engineVersion: '16.4',
  engineMode: 'provisioned',
  status: 'available',
  ca: '',
  pendingOther: {},
  customEndpoints: [],
  members: [],
  replicas: [],
  parameterGroups: [],
  tags: {},
  iamAuth: false,
  ...more,
})

test.each([
  ['an instance', instance(), 'instance', 'ModifyDBInstance', undefined],
  ['a read replica', instance({ replicaSource: 'source' }), 'replica', 'ModifyDBInstance', 'source'],
  [
    'a replica from another Region',
    instance({ replicaSource: 'arn:source' }),
    'replica',
    'ModifyDBInstance',
    undefined,
  ],
  ['an Aurora member', instance({ engine: 'aurora-mysql', clusterId: 'c' }), 'aurora-member', 'ModifyDBInstance', 'c'],
  [
    'a Serverless v2 member',
    instance({ engine: 'aurora-postgresql', clusterId: 'c', instanceClass: 'db.serverless' }),
    'aurora-member',
    'ModifyDBInstance',
    'c',
  ],
  ['a member of a Multi-AZ DB cluster', instance({ clusterId: 'c' }), 'multi-az-member', undefined, 'c'],
  ['a Multi-AZ DB cluster', cluster({ engine: 'mysql', ca: 'x' }), 'multi-az-cluster', 'ModifyDBCluster', undefined],
  ['an Aurora cluster', cluster(), 'aurora-cluster', undefined, undefined],
  ['Aurora Serverless v1', cluster({ engineMode: 'serverless' }), 'serverless-v1', undefined, undefined],
  ['RDS Custom', instance({ engine: 'custom-oracle-ee', ca: '' }), 'custom', undefined, undefined],
  ['DocumentDB', instance({ engine: 'docdb', clusterId: 'c' }), 'other-service', undefined, 'c'],
  ['Neptune’s cluster', cluster({ engine: 'neptune' }), 'other-service', undefined, undefined],
  ['SQL Server', instance({ engine: 'sqlserver-se' }), 'instance', 'ModifyDBInstance', undefined],
] as const)('%s', (_what, record, kind, call, under) => {
  expect(kindOf(record)).toBe(kind)
  expect(callFor(kindOf(record))).toBe(call)
  expect(underOf(record)).toBe(under)
})

const AT: Located = {
  place: {},
  account: '111111111111',
  world: 'aws|111111111111',
  region: 'eu-west-1',
  control: {} as ControlPlane,
}

const facts = (
  restarts: boolean | undefined,
  maintenance: readonly MaintenanceRecord[] = [],
  root = ROOT,
): RegionFacts => ({
  cas: [{ id: 'rds-ca-rsa2048-g1', thumbprint: 'a', validFrom: 0, validTill: root, isDefault: true }],
  maintenance,
  engines: new Map([
    ['postgres 17.2', { supportedCas: [], rotatesWithoutRestart: restarts }],
    ['oracle-ee 17.2', { supportedCas: [], rotatesWithoutRestart: restarts }],
  ]),
  proxies: [],
})

describe('what rotates when, by whose date, and whether it restarts', () => {
  const offered: MaintenanceRecord = {
    resource: 'arn:orders',
    action: 'server-certificate-rotation',
    autoAppliedAfter: LEAF - 90 * DAY,
    forcedApply: LEAF - 30 * DAY,
  }
  test.each([
    ['AWS renews it by itself', instance(), facts(true), 'AWS renews it before 2027-02-21, no restart'],
    ['the leaf is ours to renew', instance(), facts(false), 'to be renewed before 2027-02-21, restarts'],
    ['AWS has announced it', instance(), facts(false, [offered]), 'AWS rotates it on 2026-11-23, restarts'],
    [
      'for another database',
      instance(),
      facts(false, [{ ...offered, resource: 'arn:other' }]),
      'to be renewed before 2027-02-21, restarts',
    ],
    ['the root ends first', instance(), facts(true, [], LEAF - DAY), 'to be rotated before 2027-02-20, no restart'],
    [
      'another CA is on its way',
      instance({ pendingCa: 'x', maintenanceWindow: 'sun:03:00-sun:04:00' }),
      facts(true),
      'another CA is pending (window sun:03:00-sun:04:00 UTC), no restart',
    ],
    ['Oracle', instance({ engine: 'oracle-ee' }), facts(false), 'to be renewed before 2027-02-21, listener restarts'],
    [
      'Oracle, of which AWS does not say',
      instance({ engine: 'oracle-ee' }),
      facts(undefined),
      'to be renewed before 2027-02-21, may restart',
    ],
    ['nothing is known yet', instance(), undefined, 'ends 2027-02-21, root not known, may restart'],
    [
      'AWS renews it, if only the root lives long enough',
      instance(),
      { ...facts(true), cas: new CannotAsk('AccessDenied', 'DescribeCertificates', 'denied') },
      'ends 2027-02-21, root not known, no restart',
    ],
    [
      'its CA is retired: nothing is issued under it any more',
      instance({ ca: 'rds-ca-2019' }),
      facts(true),
      'to be rotated before 2027-02-21, no restart',
    ],
  ])('%s', (_what, record, known, words) => {
    const row = rowOf(AT, record, known)
    expect(rotatesWords(row)).toBe(words)
    const cas = known?.cas
    expect(row.leafValidTill).toBe(LEAF)
    expect(row.rootValidTill).toBe(Array.isArray(cas) && record.ca === cas[0]?.id ? cas[0].validTill : undefined)
  })
})

test('members stand under their cluster, replicas under their source, and nothing is lost', () => {
  const rows = [
    instance({ id: 'z-replica', replicaSource: 'a-source' }),
    instance({ id: 'm-2', engine: 'aurora-mysql', clusterId: 'c' }),
    cluster(),
    instance({ id: 'a-source' }),
    instance({ id: 'm-1', engine: 'aurora-mysql', clusterId: 'c' }),
    instance({ id: 'lost', replicaSource: 'gone' }),
    instance({ id: 'loop-1', replicaSource: 'loop-2' }),
    instance({ id: 'loop-2', replicaSource: 'loop-1' }),
  ].map((record) => rowOf(AT, record, undefined))
  expect(grouped(rows).map(({ name }) => name)).toEqual([
    'a-source',
    'z-replica',
    'c',
    'm-1',
    'm-2',
    'lost',
    'loop-1',
    'loop-2',
  ])
})
