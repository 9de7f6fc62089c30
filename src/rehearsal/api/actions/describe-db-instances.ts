import { findDatabase, type Action } from '../action.ts'
import { filtersOf, passes } from '../filters.ts'
import { instanceRecord } from '../instance-record.ts'
import { page } from '../paging.ts'
import { databaseArn } from '../../world.ts'
import { XmlList } from '../xml.ts'

/** DescribeDBInstances. `db-cluster-id` is known and matches nothing: the rehearsal has no clusters. */
export const describeDbInstances: Action = (call, sight) => {
  const filters = filtersOf(call, ['db-cluster-id', 'db-instance-id', 'dbi-resource-id', 'domain', 'engine'])
  const id = call.parameters['DBInstanceIdentifier']
  const asked = id === undefined ? sight.databases : [findDatabase(sight, id)]
  const found = asked.filter((database) =>
    passes(filters, {
      'db-instance-id': [database.id, databaseArn(database.id)],
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
