/** What is not known without a call, and the steps that rest on it. By operation. */
const NEEDED_FOR: Readonly<Record<string, string>> = {
  AssumeRole: 'nothing of that account can be read',
  GetCallerIdentity: 'nothing of that account can be read',
  ListRegions: 'its enabled Regions are not known: name them with --regions',
  DescribeDBInstances: 'no database of that Region is listed; steps 01, 06 and 08 rest on it',
  DescribeDBClusters: 'clusters are not listed: Multi-AZ DB clusters are missing, and 01 and 06 of members rest on it',
  DescribeCertificates: 'when roots expire is not known, and 01 cannot tell which CAs there are',
  DescribeDBEngineVersions: 'whether a rotation restarts is not known, and 01 cannot tell which CAs are supported',
  DescribePendingMaintenanceActions: 'what AWS does by itself, and when, is not known; 06 rests on it',
  DescribeDBProxies: 'proxies are not listed; 02 cannot tell their connections from others',
  DescribeDBProxyEndpoints: 'the names of proxies are not known',
  DescribeDBProxyTargets: 'what stands behind a proxy is not known',
}

/** What follows from not being able to call an operation, in half a sentence; undefined for one that discovery does not make. */
export const neededFor = (operation: string): string | undefined => NEEDED_FOR[operation]
