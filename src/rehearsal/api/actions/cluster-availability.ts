import { agendaOfReboot } from '../../lifecycle/agenda.ts'
import { failedOver } from '../../lifecycle/failover.ts'
import { underWay } from '../../state/database-state.ts'
import { effectOn } from '../../state/effect.ts'
import { findCluster, membersOf, type Action, type Sight } from '../action.ts'
import { required, type Call } from '../call.ts'
import { clusterRecord } from '../cluster-record.ts'
import { instanceNotFound, invalidClusterState, invalidCombination } from '../wire-error.ts'
import { withChanged } from './modify-db-cluster.ts'

/** RebootDBCluster, for Multi-AZ DB clusters: every member restarts. */
export const rebootDbCluster: Action = (call, sight) => {
  const { cluster, members } = atRest(call, sight)
  if (cluster.kind !== 'multi-az') throw invalidCombination('This operation is valid for Multi-AZ DB clusters only.')
  const rebooting = members.map((member) => ({ ...member, agenda: agendaOfReboot(member, sight.pace) }))
  const after = { ...sight, databases: withChanged(sight.databases, rebooting) }
  return { result: { DBCluster: clusterRecord(cluster, after) }, effect: effectOn(...rebooting) }
}

/** FailoverDBCluster: another member, named or the one of the lowest tier, becomes the writer. Both restart. */
export const failoverDbCluster: Action = (call, sight) => {
  const { cluster, members } = atRest(call, sight)
  const wanted = call.parameters['TargetDBInstanceIdentifier']
  if (wanted !== undefined && !members.some(({ id }) => id === wanted)) throw instanceNotFound(wanted)
  const changed = failedOver(members, sight.pace, wanted)
  if (changed.length === 0) throw invalidClusterState(`DB cluster ${cluster.id} has no member to fail over to.`)
  const after = { ...sight, databases: withChanged(sight.databases, changed) }
  return { result: { DBCluster: clusterRecord(cluster, after) }, effect: effectOn(...changed) }
}

function atRest(call: Call, sight: Sight) {
  const cluster = findCluster(sight, required(call, 'DBClusterIdentifier'))
  const members = membersOf(sight.databases, cluster)
  if (members.length === 0 || members.some((member) => underWay(member)))
    throw invalidClusterState(`DB cluster ${cluster.id} is not in available state.`)
  return { cluster, members }
}
