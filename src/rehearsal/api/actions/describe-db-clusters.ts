import { clusterArn } from '../../world.ts'
import { findCluster, type Action } from '../action.ts'
import { clusterRecord } from '../cluster-record.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBClusters: Aurora, Multi-AZ DB clusters, and those of DocumentDB and Neptune, as in AWS. */
export const describeDbClusters: Action = (call, sight) => {
  const filters = filtersOf(call, ['clone-group-id', 'db-cluster-id', 'db-cluster-resource-id', 'domain', 'engine'])
  const id = call.parameters['DBClusterIdentifier']
  const asked = id === undefined ? sight.clusters : [findCluster(sight, id)]
  const found = asked.filter((cluster) =>
    passes(filters, {
      'db-cluster-id': [cluster.id, clusterArn(cluster)],
      'db-cluster-resource-id': [cluster.resourceId],
      engine: [cluster.engine],
    }),
  )
  const { items, marker } = page(call, found, (cluster) => cluster.id)
  return {
    result: {
      Marker: marker,
      DBClusters: new XmlList(
        'DBCluster',
        items.map((cluster) => clusterRecord(cluster, sight)),
      ),
    },
  }
}
