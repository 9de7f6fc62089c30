/**
 * What we use of the AWS SDK. A module of its own, imported on first use: it takes 140 ms to load, and a command that only reads
 * saved progress needs none of it.
 */
export {
  ApplyPendingMaintenanceActionCommand,
  DescribeCertificatesCommand,
  ModifyCertificatesCommand,
  ModifyDBClusterCommand,
  ModifyDBInstanceCommand,
  RDSClient,
  paginateDescribeBlueGreenDeployments,
  paginateDescribeCertificates,
  paginateDescribeDBClusterEndpoints,
  paginateDescribeDBClusterParameters,
  paginateDescribeDBClusters,
  paginateDescribeDBEngineVersions,
  paginateDescribeDBInstances,
  paginateDescribeDBParameters,
  paginateDescribeDBProxies,
  paginateDescribeDBProxyEndpoints,
  paginateDescribeDBProxyTargets,
  paginateDescribeEvents,
  paginateDescribeGlobalClusters,
  paginateDescribePendingMaintenanceActions,
} from '@aws-sdk/client-rds'
export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
