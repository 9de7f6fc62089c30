/** The service that each read asks. What is not here is never asked, and the policy that the program prints holds nothing else. */
export const READS = {
  GetCallerIdentity: 'sts',
  ListAccountAliases: 'iam',
  ListRegions: 'account',
  DescribeDBInstances: 'rds',
  DescribeDBClusters: 'rds',
  DescribeDBClusterEndpoints: 'rds',
  DescribeDBProxies: 'rds',
  DescribeDBProxyEndpoints: 'rds',
  DescribeDBProxyTargets: 'rds',
  DescribeGlobalClusters: 'rds',
  DescribeBlueGreenDeployments: 'rds',
  DescribeCertificates: 'rds',
  DescribeDBEngineVersions: 'rds',
  DescribePendingMaintenanceActions: 'rds',
  DescribeDBParameters: 'rds',
  DescribeDBClusterParameters: 'rds',
  DescribeEvents: 'rds',
  LookupEvents: 'cloudtrail',
} as const satisfies Readonly<Record<string, Service>>

/** IAM's prefix for a service. */
export type Service = 'rds' | 'sts' | 'cloudtrail' | 'iam' | 'account' | 'rds-db' | 'secretsmanager'

export type ReadOperation = keyof typeof READS
