import { expect, test } from 'vitest'
import { READS } from '../../src/aws/operations.ts'
import { neededFor } from '../../src/fleet/needed-for.ts'

test('what discovery asks is what it says the need of', () => {
  const said = Object.keys(READS).filter((operation) => neededFor(operation) !== undefined)
  expect(said).toEqual([
    'GetCallerIdentity',
    'ListRegions',
    'DescribeDBInstances',
    'DescribeDBClusters',
    'DescribeDBProxies',
    'DescribeDBProxyEndpoints',
    'DescribeDBProxyTargets',
    'DescribeCertificates',
    'DescribeDBEngineVersions',
    'DescribePendingMaintenanceActions',
  ])
})
