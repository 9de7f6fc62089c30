/** Where AWS keeps the parameter that enforces TLS: an instance's group, or its cluster's. */
import { describe, expect, it } from 'vitest'
import { lookAtEnforcement } from '../../steps/02-enforcement.ts'
import { CannotAsk, type ClusterRecord, type DatabaseRecord } from '../../src/ports/control-plane.ts'
import { aboutOf, cluster, instance, never, worldOf } from './account.ts'

const own = [{ name: 'mine', applyStatus: 'in-sync' }]
const shop = cluster({ id: 'shop', engine: 'aurora-mysql', clusterParameterGroup: 'shop-cluster' })
const erp = cluster({ id: 'erp', engine: 'postgres', clusterParameterGroup: 'erp-cluster' })
const member = instance({ id: 'shop-1', engine: 'aurora-mysql', clusterId: 'shop', parameterGroups: own })
const alone = instance({ id: 'orders', parameterGroups: own })

/** Groups as `group: parameter value`. */
const GROUPS: Readonly<Record<string, readonly [string, string]>> = {
  'shop-cluster': ['require_secure_transport', 'ON'],
  'erp-cluster': ['rds.force_ssl', '1'],
  mine: ['rds.force_ssl', '0'],
}
const value = async (group: string, name: string) => (GROUPS[group]?.[0] === name ? GROUPS[group][1] : undefined)
const denied = async (): Promise<never> => {
  throw new CannotAsk('AccessDenied', 'DescribeDBClusterParameters', 'no')
}

const looked = (
  of: DatabaseRecord | ClusterRecord,
  family: 'postgres' | 'mysql',
  clusterParameter: typeof value = value,
) =>
  lookAtEnforcement(
    worldOf({ databases: [member, alone], clusters: [shop, erp], answers: { parameter: value, clusterParameter } }),
    aboutOf(of),
    family,
    never,
  )

describe('the parameter that enforces TLS', () => {
  it.each([
    ['an instance has in its own group', alone, 'postgres', { group: 'mine', name: 'rds.force_ssl', value: '0' }],
    [
      'an Aurora member has in its cluster’s',
      member,
      'mysql',
      { group: 'shop-cluster', name: 'require_secure_transport', value: 'ON' },
    ],
    [
      'a Multi-AZ DB cluster has in its own',
      erp,
      'postgres',
      { group: 'erp-cluster', name: 'rds.force_ssl', value: '1' },
    ],
  ] as const)('%s', async (_, of, family, parameter) =>
    expect(await looked(of, family)).toEqual({ parameter, untold: [] }),
  )

  it('what AWS would not tell is named, and keeps nobody from a census', async () =>
    expect(await looked(member, 'mysql', denied)).toEqual({
      parameter: undefined,
      untold: [{ operation: 'DescribeDBClusterParameters', why: 'AccessDenied' }],
    }))
})
