import type { Action } from '../action.ts'
import type { Call } from '../call.ts'
import type { Service } from '../protocols.ts'
import { WireError } from '../wire-error.ts'
import { listAccountAliases, listRegions } from './account.ts'
import { failoverDbCluster, rebootDbCluster } from './cluster-availability.ts'
import { describeBlueGreenDeployments } from './describe-blue-green-deployments.ts'
import { describeCertificates, modifyCertificates } from './describe-certificates.ts'
import { describeDbClusterEndpoints } from './describe-db-cluster-endpoints.ts'
import { describeDbClusters } from './describe-db-clusters.ts'
import { describeDbEngineVersions } from './describe-db-engine-versions.ts'
import { describeDbInstances } from './describe-db-instances.ts'
import { describeDbClusterParameters, describeDbParameters } from './describe-db-parameters.ts'
import { describeEvents } from './describe-events.ts'
import { describeGlobalClusters } from './describe-global-clusters.ts'
import { assumeRole, getCallerIdentity } from './get-caller-identity.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { lookupEvents } from './lookup-events.ts'
import { applyPendingMaintenanceAction, describePendingMaintenanceActions } from './maintenance-actions.ts'
import { modifyDbCluster } from './modify-db-cluster.ts'
import { modifyDbInstance } from './modify-db-instance.ts'
import {
  describeDbProxies,
  describeDbProxyEndpoints,
  describeDbProxyTargetGroups,
  describeDbProxyTargets,
} from './proxies.ts'
import { rebootDbInstance } from './reboot-db-instance.ts'

/** Every action that is simulated. */
export const ACTIONS: Readonly<Record<Service, ReadonlyMap<string, Action>>> = {
  rds: new Map([
    ['DescribeDBInstances', describeDbInstances],
    ['DescribeDBClusters', describeDbClusters],
    ['DescribeDBClusterEndpoints', describeDbClusterEndpoints],
    ['DescribeCertificates', describeCertificates],
    ['DescribeDBEngineVersions', describeDbEngineVersions],
    ['DescribePendingMaintenanceActions', describePendingMaintenanceActions],
    ['DescribeEvents', describeEvents],
    ['DescribeDBParameters', describeDbParameters],
    ['DescribeDBClusterParameters', describeDbClusterParameters],
    ['DescribeDBProxies', describeDbProxies],
    ['DescribeDBProxyTargetGroups', describeDbProxyTargetGroups],
    ['DescribeDBProxyTargets', describeDbProxyTargets],
    ['DescribeDBProxyEndpoints', describeDbProxyEndpoints],
    ['DescribeGlobalClusters', describeGlobalClusters],
    ['DescribeBlueGreenDeployments', describeBlueGreenDeployments],
    ['ListTagsForResource', listTagsForResource],
    ['ModifyDBInstance', modifyDbInstance],
    ['ModifyDBCluster', modifyDbCluster],
    ['ModifyCertificates', modifyCertificates],
    ['ApplyPendingMaintenanceAction', applyPendingMaintenanceAction],
    ['RebootDBInstance', rebootDbInstance],
    ['RebootDBCluster', rebootDbCluster],
    ['FailoverDBCluster', failoverDbCluster],
  ]),
  sts: new Map([
    ['GetCallerIdentity', getCallerIdentity],
    ['AssumeRole', assumeRole],
  ]),
  iam: new Map([['ListAccountAliases', listAccountAliases]]),
  account: new Map([['ListRegions', listRegions]]),
  cloudtrail: new Map([['LookupEvents', lookupEvents]]),
}

/** The actions that change something. */
export const MUTATING: ReadonlySet<string> = new Set([
  'ModifyDBInstance',
  'ModifyDBCluster',
  'ModifyCertificates',
  'ApplyPendingMaintenanceAction',
  'RebootDBInstance',
  'RebootDBCluster',
  'FailoverDBCluster',
])

/** The action that a call names. Throws `InvalidAction`, as AWS does, for one that the rehearsal does not simulate. */
export function actionOf(call: Call): Action {
  const action = ACTIONS[call.service].get(call.action)
  if (!action)
    throw new WireError('InvalidAction', 400, `The rehearsal does not simulate the operation ${call.action}.`)
  return action
}
