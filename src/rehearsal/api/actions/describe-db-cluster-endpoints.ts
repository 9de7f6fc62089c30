import type { ClusterState } from '../../state/cluster-state.ts'
import { arnOf } from '../../world.ts'
import { findCluster, type Action } from '../action.ts'
import { filtersOf, passes } from '../filters.ts'
import { page } from '../paging.ts'
import { XmlList, type Xml } from '../xml.ts'

/** DescribeDBClusterEndpoints, for Aurora clusters. Only custom endpoints have an identifier of their own. */
export const describeDbClusterEndpoints: Action = (call, sight) => {
  const filters = filtersOf(call, [
    'db-cluster-endpoint-custom-type',
    'db-cluster-endpoint-id',
    'db-cluster-endpoint-status',
    'db-cluster-endpoint-type',
  ])
  const { DBClusterIdentifier: cluster, DBClusterEndpointIdentifier: endpoint } = call.parameters
  const clusters = cluster === undefined ? sight.clusters : [findCluster(sight, cluster)]
  const found = clusters
    .filter(({ kind }) => kind === 'aurora')
    .flatMap((one) => endpointsOf(one))
    .filter(
      ({ id, type }) =>
        (endpoint === undefined || id === endpoint) &&
        passes(filters, {
          'db-cluster-endpoint-id': id === undefined ? [] : [id],
          'db-cluster-endpoint-type': [type],
          'db-cluster-endpoint-custom-type': type === 'CUSTOM' ? ['ANY'] : [],
          'db-cluster-endpoint-status': ['available'],
        }),
    )
  const { items, marker } = page(call, found, ({ hostName }) => hostName)
  return {
    result: {
      Marker: marker,
      DBClusterEndpoints: new XmlList(
        'DBClusterEndpointList',
        items.map((one) => one.record),
      ),
    },
  }
}

interface Listed {
  readonly id?: string
  readonly type: 'WRITER' | 'READER' | 'CUSTOM'
  readonly hostName: string
  readonly record: Record<string, Xml>
}

function endpointsOf(cluster: ClusterState): readonly Listed[] {
  const common = { DBClusterIdentifier: cluster.id, Status: 'available' }
  const own = (type: 'WRITER' | 'READER', hostName: string): Listed => ({
    type,
    hostName,
    record: { ...common, Endpoint: hostName, EndpointType: type },
  })
  return [
    own('WRITER', cluster.writer.hostName),
    ...(cluster.reader ? [own('READER', cluster.reader.hostName)] : []),
    ...cluster.custom.map(({ id, hostName, members }): Listed => ({
      id,
      type: 'CUSTOM',
      hostName,
      record: {
        ...common,
        DBClusterEndpointIdentifier: id,
        DBClusterEndpointResourceIdentifier: `cluster-endpoint-${id}`,
        Endpoint: hostName,
        EndpointType: 'CUSTOM',
        CustomEndpointType: 'ANY',
        StaticMembers: new XmlList('member', members),
        ExcludedMembers: new XmlList('member', []),
        DBClusterEndpointArn: arnOf('cluster-endpoint', cluster, id),
      },
    })),
  ]
}
