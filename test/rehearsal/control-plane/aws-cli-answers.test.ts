/** Every action that the Region simulates, asked for by the AWS CLI: its own model reads each answer, and finds in it what is there. */
import { cpus } from 'node:os'
import { describe, expect, it } from 'vitest'
import { ACTIONS } from '../../../src/rehearsal/api/actions/index.ts'
import { aws, HAS_AWS_CLI } from './support/aws-cli.ts'
import { startRegion } from './support/region.ts'

const ARN = 'arn:aws:rds:ap-northeast-1:000000000000'

type Command = readonly [command: string, member: string, holds: string]
type Asked = readonly [action: string, of: Command]

/** Each command is a process of its own: the whole list is for the soak. */
const SAMPLED = !process.env['SOAK']
const SAMPLE: ReadonlySet<string> = new Set(['ModifyDBInstance', 'ListRegions', 'LookupEvents'])
const isAsked = ([action]: Asked): boolean => !SAMPLED || SAMPLE.has(action)

/** What is typed after `aws`, the answer's member that is looked into, and what must be in it. */
const READS: Readonly<Record<string, Command>> = {
  DescribeDBInstances: ['rds describe-db-instances', 'DBInstances', 'shop-production-2'],
  DescribeDBClusters: ['rds describe-db-clusters', 'DBClusters', 'bookings-production'],
  DescribeDBClusterEndpoints: [
    'rds describe-db-cluster-endpoints --db-cluster-identifier shop-production',
    'DBClusterEndpoints',
    'shop-analytics',
  ],
  DescribeCertificates: ['rds describe-certificates', 'Certificates', 'rds-ca-ecc384-g1'],
  DescribeDBEngineVersions: [
    'rds describe-db-engine-versions --engine postgres --include-all',
    'DBEngineVersions',
    'SupportsCertificateRotationWithoutRestart',
  ],
  DescribePendingMaintenanceActions: [
    'rds describe-pending-maintenance-actions',
    'PendingMaintenanceActions',
    'certificate-rotation',
  ],
  DescribeEvents: [
    'rds describe-events --source-type db-instance --source-identifier orders-staging --duration 60',
    'Events',
    '',
  ],
  DescribeDBParameters: [
    'rds describe-db-parameters --db-parameter-group-name rehearsal-postgres16',
    'Parameters',
    'rds.force_ssl',
  ],
  DescribeDBClusterParameters: [
    'rds describe-db-cluster-parameters --db-cluster-parameter-group-name rehearsal-cluster-aurora-postgresql16',
    'Parameters',
    'rds.force_ssl',
  ],
  DescribeDBProxies: ['rds describe-db-proxies', 'DBProxies', 'shop-proxy'],
  DescribeDBProxyTargetGroups: [
    'rds describe-db-proxy-target-groups --db-proxy-name shop-proxy',
    'TargetGroups',
    'shop-proxy',
  ],
  DescribeDBProxyTargets: ['rds describe-db-proxy-targets --db-proxy-name wiki-proxy', 'Targets', 'wiki'],
  DescribeDBProxyEndpoints: ['rds describe-db-proxy-endpoints', 'DBProxyEndpoints', 'shop-proxy-reading'],
  DescribeGlobalClusters: ['rds describe-global-clusters', 'GlobalClusters', 'catalog'],
  DescribeBlueGreenDeployments: ['rds describe-blue-green-deployments', 'BlueGreenDeployments', 'wiki-green'],
  ListTagsForResource: [`rds list-tags-for-resource --resource-name ${ARN}:db:orders-staging`, 'TagList', 'staging'],
  GetCallerIdentity: ['sts get-caller-identity', 'Account', '000000000000'],
  AssumeRole: [
    'sts assume-role --role-arn arn:aws:iam::000000000001:role/reader --role-session-name night',
    'Credentials',
    'SessionToken',
  ],
  ListAccountAliases: ['iam list-account-aliases', 'AccountAliases', 'rehearsal'],
  ListRegions: ['account list-regions', 'Regions', 'ap-northeast-1'],
  LookupEvents: ['cloudtrail lookup-events', 'Events', 'ModifyDBInstance'],
}

/** In this order, before what reads them is asked. */
const CHANGES: Readonly<Record<string, Command>> = {
  ModifyDBInstance: [
    'rds modify-db-instance --db-instance-identifier orders-staging --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately',
    'DBInstance',
    'rds-ca-rsa2048-g1',
  ],
  ModifyDBCluster: [
    'rds modify-db-cluster --db-cluster-identifier bookings-staging --ca-certificate-identifier rds-ca-rsa2048-g1 --apply-immediately',
    'DBCluster',
    'bookings-staging',
  ],
  ModifyCertificates: [
    'rds modify-certificates --certificate-identifier rds-ca-rsa4096-g1',
    'Certificate',
    'rds-ca-rsa4096-g1',
  ],
  ApplyPendingMaintenanceAction: [
    `rds apply-pending-maintenance-action --resource-identifier ${ARN}:db:wiki --apply-action ca-certificate-rotation --opt-in-type next-maintenance`,
    'ResourcePendingMaintenanceActions',
    'next-maintenance',
  ],
  RebootDBInstance: [
    'rds reboot-db-instance --db-instance-identifier billing-staging',
    'DBInstance',
    'billing-staging',
  ],
  RebootDBCluster: [
    'rds reboot-db-cluster --db-cluster-identifier bookings-production',
    'DBCluster',
    'bookings-production',
  ],
  FailoverDBCluster: [
    'rds failover-db-cluster --db-cluster-identifier shop-production',
    'DBCluster',
    'shop-production',
  ],
}

describe.skipIf(!HAS_AWS_CLI)('the AWS CLI', () => {
  it('has a command here for every action that is simulated', () => {
    const simulated = Object.values(ACTIONS).flatMap((actions) => [...actions.keys()])
    expect([...Object.keys(READS), ...Object.keys(CHANGES)].sort()).toEqual(simulated.sort())
  })

  it(`reads ${SAMPLED ? 'an answer in each protocol' : 'every answer of every action'}`, async () => {
    // So fast that CloudTrail has the change by the time it is asked, so slow that what AWS offers is on offer still.
    const faults = ['ca-rotation-due:wiki', 'ca-rotation-due:orders-production']
    const { region } = await startRegion({ speed: 900, world: 'full', faults })
    const { endpoint } = region.info()
    const wrong: string[] = []
    const ask = async ([action, [command, member, holds]]: Asked): Promise<void> => {
      const { out, err } = await aws(endpoint, ...command.split(' '))
      // Not sent at all: a CLI older than the operation or its option (Debian 12's knows neither ListRegions nor a cluster's CA).
      if (err.trimStart().startsWith('usage: aws ')) return
      const answer = out === '' ? {} : (JSON.parse(out) as Record<string, unknown>)
      const found = JSON.stringify(answer[member])
      if (err !== '' || found === undefined || !found.includes(holds))
        wrong.push(`${action}: ${err.trim()} ${found ?? 'without ' + member}`.slice(0, 300))
    }
    for (const one of Object.entries(CHANGES).filter(isAsked)) await ask(one)
    const left = Object.entries(READS).filter(isAsked)
    await Promise.all(
      cpus().map(async () => {
        for (let one = left.shift(); one; one = left.shift()) await ask(one)
      }),
    )
    expect(wrong).toEqual([])
  }, 240_000)
})
