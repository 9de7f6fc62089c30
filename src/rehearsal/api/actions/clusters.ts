import { required } from '../call.ts'
import type { Action } from '../action.ts'
import { filtersOf } from '../filters.ts'
import { WireError } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

const clusterNotFound = (id: string): WireError =>
  new WireError('DBClusterNotFoundFault', 404, `DBCluster ${id} not found.`)

/** DescribeDBClusters: the rehearsal has none. */
export const describeDbClusters: Action = (call) => {
  filtersOf(call, ['clone-group-id', 'db-cluster-id', 'db-cluster-resource-id', 'domain', 'engine'])
  const id = call.parameters['DBClusterIdentifier']
  if (id !== undefined) throw clusterNotFound(id)
  return { result: { DBClusters: new XmlList('DBCluster', []) } }
}

/** ModifyDBCluster: there is none that it could name. */
export const modifyDbCluster: Action = (call) => {
  throw clusterNotFound(required(call, 'DBClusterIdentifier'))
}

/** DescribeBlueGreenDeployments: the rehearsal has none. */
export const describeBlueGreenDeployments: Action = () => ({
  result: { BlueGreenDeployments: new XmlList('member', []) },
})
