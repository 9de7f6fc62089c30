import { findDatabase, type Action, type Sight } from '../action.ts'
import { filtersOf, passes } from '../filters.ts'
import { instanceRecord } from '../instance-record.ts'
import { page } from '../paging.ts'
import type { DatabaseState } from '../../state/database-state.ts'
import { clusterArn, databaseArn } from '../../world.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBInstances: also members of clusters, and the instances of DocumentDB and Neptune, as in AWS. */
export const describeDbInstances: Action = (call, sight) => {
  const filters = filtersOf(call, ['db-cluster-id', 'db-instance-id', 'dbi-resource-id', 'domain', 'engine'])
  const id = call.parameters['DBInstanceIdentifier']
  const asked = id === undefined ? sight.databases : [findDatabase(sight, id)]
  const found = asked.filter((database) =>
    passes(filters, {
      'db-cluster-id': clusterNames(database, sight),
      'db-instance-id': [database.id, databaseArn(database)],
      'dbi-resource-id': [database.resourceId],
      engine: [database.engine],
    }),
  )
  const { items, marker } = page(call, found, (database) => database.id)
  return {
    result: {
      Marker: marker,
      DBInstances: new XmlList(
        'DBInstance',
        items.map((database) => instanceRecord(database, sight)),
      ),
    },
  }
}

function clusterNames({ member }: DatabaseState, { clusters }: Sight): readonly string[] {
  const cluster = clusters.find(({ key }) => key === member?.cluster)
  return cluster ? [cluster.id, clusterArn(cluster)] : []
}
