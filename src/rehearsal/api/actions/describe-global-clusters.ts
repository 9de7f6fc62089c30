import { partitionOf } from '../../world.ts'
import type { Action } from '../action.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { WireError } from '../wire-error.ts'
import { XmlList } from '../xml.ts'

/** DescribeGlobalClusters: the account's, those of which a cluster is in this Region, with their members everywhere. */
export const describeGlobalClusters: Action = (call, { place, world }) => {
  const filters = filtersOf(call, ['db-cluster-id'])
  const id = call.parameters['GlobalClusterIdentifier']
  const own = world.surroundings.globalClusters.filter(
    ({ account, members }) =>
      account === place.account && members.some(({ arn }) => arn.split(':')[3] === place.region),
  )
  const found = own.filter(
    (one) =>
      (id === undefined || one.id === id) && passes(filters, { 'db-cluster-id': one.members.map(({ arn }) => arn) }),
  )
  if (id !== undefined && found.length === 0)
    throw new WireError('GlobalClusterNotFoundFault', 404, `Global cluster ${id} not found.`)
  const { items, marker } = page(call, found, (one) => one.id)
  return {
    result: {
      Marker: marker,
      GlobalClusters: new XmlList(
        'GlobalClusterMember',
        items.map((one) => ({
          GlobalClusterIdentifier: one.id,
          GlobalClusterResourceId: one.resourceId,
          GlobalClusterArn: `arn:${partitionOf(place.region)}:rds::${one.account}:global-cluster:${one.id}`,
          Status: 'available',
          Engine: one.engine,
          EngineVersion: one.engineVersion,
          StorageEncrypted: true,
          DeletionProtection: false,
          GlobalClusterMembers: new XmlList(
            'GlobalClusterMember',
            one.members.map(({ arn, writer, readers }) => ({
              DBClusterArn: arn,
              Readers: new XmlList('member', readers),
              IsWriter: writer,
            })),
          ),
        })),
      ),
    },
  }
}
