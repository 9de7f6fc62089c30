import type { Action } from '../action.ts'
import type { Call } from '../call.ts'
import { WireError } from '../wire-error.ts'
import { describeBlueGreenDeployments, describeDbClusters, modifyDbCluster } from './clusters.ts'
import { describeCertificates } from './describe-certificates.ts'
import { describeDbEngineVersions } from './describe-db-engine-versions.ts'
import { describeDbInstances } from './describe-db-instances.ts'
import { describeDbParameters } from './describe-db-parameters.ts'
import { describeEvents } from './describe-events.ts'
import { getCallerIdentity } from './get-caller-identity.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { applyPendingMaintenanceAction, describePendingMaintenanceActions } from './maintenance-actions.ts'
import { modifyDbInstance } from './modify-db-instance.ts'
import { rebootDbInstance } from './reboot-db-instance.ts'

const ACTIONS: Readonly<Record<Call['service'], ReadonlyMap<string, Action>>> = {
  rds: new Map([
    ['DescribeDBInstances', describeDbInstances],
    ['DescribeDBClusters', describeDbClusters],
    ['DescribeCertificates', describeCertificates],
    ['DescribeDBEngineVersions', describeDbEngineVersions],
    ['DescribePendingMaintenanceActions', describePendingMaintenanceActions],
    ['ApplyPendingMaintenanceAction', applyPendingMaintenanceAction],
    ['DescribeEvents', describeEvents],
    ['DescribeDBParameters', describeDbParameters],
    ['ListTagsForResource', listTagsForResource],
    ['ModifyDBInstance', modifyDbInstance],
    ['ModifyDBCluster', modifyDbCluster],
    ['RebootDBInstance', rebootDbInstance],
    ['DescribeBlueGreenDeployments', describeBlueGreenDeployments],
  ]),
  sts: new Map([['GetCallerIdentity', getCallerIdentity]]),
}

/** The action that a call names. Throws `InvalidAction`, as AWS does, for one that the rehearsal does not simulate. */
export function actionOf(call: Call): Action {
  const action = ACTIONS[call.service].get(call.action)
  if (!action)
    throw new WireError('InvalidAction', 400, `The rehearsal does not simulate the operation ${call.action}.`)
  return action
}
