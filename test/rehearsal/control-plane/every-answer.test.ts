import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../../../src/rehearsal/api/actions/index.ts'
import { GOVCLOUD_ACCOUNT, ACCOUNTS, STAGING_ACCOUNT } from '../../../src/rehearsal/world.ts'
import { describeDatabase, startRegion, type TestRegion } from './support/region.ts'

const HAS_BOTOCORE = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import botocore'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const SCRIPT = fileURLToPath(new URL('support/every-answer.py', import.meta.url))
const HOME = 'ap-northeast-1'
const TARGET = 'rds-ca-rsa2048-g1'

type Asked = readonly [service: string, region: string, key: string, operation: string, parameters: object]
type Answered = readonly [
  operation: string,
  problems: readonly string[],
  answer: Readonly<Record<string, unknown>> | null,
]

const rds = (operation: string, parameters: object = {}, region = HOME, key = 'anything'): Asked => [
  'rds',
  region,
  key,
  operation,
  parameters,
]

const account = (id: string): string => ACCOUNTS.find((one) => one.id === id)!.accessKey

async function every({ region }: TestRegion, calls: readonly Asked[]): Promise<readonly Answered[]> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' }
  const out = await new Promise<string>((resolve, reject) => {
    const args = [SCRIPT, region.info().endpoint, JSON.stringify(calls)]
    execFile('python3', args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    )
  })
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answered)
}

describe.skipIf(!HAS_BOTOCORE)('botocore, the AWS CLI’s own library (skipped where python3 has none)', () => {
  it('finds every answer to be as AWS’s service model says, for every action and kind of record', async () => {
    const faults = ['ca-rotation-due:ledger', 'replication-broken', 'stopped:archive', 'pending-upgrade:wiki']
    const test = await startRegion({ world: 'full', faults })
    const { DBInstanceArn: arn } = await describeDatabase(test.rds, 'ledger')
    const groups = {
      instance: (await describeDatabase(test.rds, 'orders-production')).DBParameterGroups![0]!.DBParameterGroupName!,
      cluster: 'rehearsal-cluster-babelfish-aurora-postgresql16',
    }
    const ca = { CACertificateIdentifier: TARGET, ApplyImmediately: true }
    const names = (await instanceNames(test)).map((id) => rds('DescribeDBInstances', { DBInstanceIdentifier: id }))
    const clusters = ['shop-production', 'bookings-production', 'events-v1', 'documents', 'graph', 'catalog-home']
    const calls: readonly Asked[] = [
      ...names,
      ...clusters.map((id) => rds('DescribeDBClusters', { DBClusterIdentifier: id })),
      rds('DescribeDBInstances', {}, 'eu-central-1'),
      rds('DescribeDBInstances', {}, 'us-gov-west-1', account(GOVCLOUD_ACCOUNT)),
      rds('DescribeDBInstances', {}, HOME, account(STAGING_ACCOUNT)),
      rds('DescribeDBClusterEndpoints'),
      rds('DescribeCertificates'),
      rds('DescribeDBEngineVersions', { Engine: 'oracle-se2', IncludeAll: true }),
      rds('DescribePendingMaintenanceActions'),
      rds('DescribeEvents'),
      rds('DescribeEvents', { SourceType: 'db-cluster', SourceIdentifier: 'shop-production' }),
      rds('DescribeDBParameters', { DBParameterGroupName: groups.instance }),
      rds('DescribeDBClusterParameters', { DBClusterParameterGroupName: groups.cluster }),
      rds('DescribeDBProxies'),
      rds('DescribeDBProxyTargetGroups', { DBProxyName: 'shop-proxy' }),
      rds('DescribeDBProxyTargets', { DBProxyName: 'shop-proxy' }),
      rds('DescribeDBProxyEndpoints', { DBProxyName: 'shop-proxy' }),
      rds('DescribeGlobalClusters'),
      rds('DescribeBlueGreenDeployments'),
      rds('ListTagsForResource', { ResourceName: arn }),
      rds('ModifyDBInstance', { DBInstanceIdentifier: 'orders-staging', ...ca }),
      rds('ModifyDBCluster', { DBClusterIdentifier: 'bookings-staging', ...ca }),
      rds('ModifyCertificates', { CertificateIdentifier: TARGET }),
      rds('ApplyPendingMaintenanceAction', {
        ResourceIdentifier: arn,
        ApplyAction: 'ca-certificate-rotation',
        OptInType: 'next-maintenance',
      }),
      rds('DescribePendingMaintenanceActions'),
      rds('RebootDBInstance', { DBInstanceIdentifier: 'billing-staging' }),
      rds('RebootDBCluster', { DBClusterIdentifier: 'bookings-production' }),
      rds('FailoverDBCluster', { DBClusterIdentifier: 'shop-production' }),
      ['sts', HOME, 'anything', 'GetCallerIdentity', {}],
      [
        'sts',
        HOME,
        'anything',
        'AssumeRole',
        { RoleArn: `arn:aws:iam::${STAGING_ACCOUNT}:role/dba`, RoleSessionName: 'runbook' },
      ],
      ['iam', HOME, 'anything', 'ListAccountAliases', {}],
      ['account', HOME, 'anything', 'ListRegions', { RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'] }],
      ['cloudtrail', HOME, 'anything', 'LookupEvents', {}],
    ]
    const answers = await every(test, calls)
    expect(answers.filter(([, problems]) => problems.length > 0)).toEqual([])
    const simulated = Object.values(ACTIONS).flatMap((of) => [...of.keys()])
    expect(simulated.filter((action) => !answers.some(([operation]) => operation === action))).toEqual([])
    const answerTo = (action: string) => answers.find(([operation]) => operation === action)![2]!
    expect(answerTo('ListAccountAliases')).toEqual({ AccountAliases: ['rehearsal'], IsTruncated: false })
    expect(answerTo('ListRegions')).toEqual({
      Regions: [
        { RegionName: HOME, RegionOptStatus: 'ENABLED_BY_DEFAULT' },
        { RegionName: 'eu-central-1', RegionOptStatus: 'ENABLED' },
      ],
    })
  })
})

async function instanceNames({ region }: TestRegion): Promise<readonly string[]> {
  const served = region.info().databases.filter(({ account: other }) => other === undefined)
  return [...served.map(({ id }) => id), 'payroll', 'ledger', 'warehouse', 'legacy-custom', 'archive', 'documents-1']
}
