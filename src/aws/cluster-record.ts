import type { DBCluster } from '@aws-sdk/client-rds'
import type { ClusterMember, ClusterRecord } from '../ports/control-plane.ts'
import { notAnAnswer } from './cannot-ask.ts'
import { carried, pendingOther } from './carrier-record.ts'

/** One cluster of DescribeDBClusters. Throws CannotAsk when it lacks what every cluster has. */
export function clusterRecord(cluster: DBCluster): ClusterRecord {
  const { DBClusterIdentifier: id, DBClusterArn: arn, DbClusterResourceId: resourceId } = cluster
  if (!id || !arn || !resourceId) throw notAnAnswer('DescribeDBClusters')
  const { CertificateDetails: certificate, Endpoint: host, Port: port, DBClusterParameterGroup: group } = cluster
  const leafValidTill = certificate?.ValidTill?.getTime()
  const pendingCa = cluster.PendingModifiedValues?.CertificateDetails?.CAIdentifier
  const members = (cluster.DBClusterMembers ?? []).map(
    ({ DBInstanceIdentifier, IsClusterWriter, PromotionTier, DBClusterParameterGroupStatus }): ClusterMember => ({
      id: DBInstanceIdentifier ?? '',
      writer: IsClusterWriter ?? false,
      ...(PromotionTier !== undefined && { promotionTier: PromotionTier }),
      parameterGroupStatus: DBClusterParameterGroupStatus ?? '',
    }),
  )
  return {
    kind: 'cluster',
    id,
    arn,
    resourceId,
    engine: cluster.Engine ?? '',
    engineVersion: cluster.EngineVersion ?? '',
    engineMode: cluster.EngineMode ?? 'provisioned',
    status: cluster.Status ?? '',
    ca: certificate?.CAIdentifier ?? '',
    ...(leafValidTill !== undefined && { leafValidTill }),
    ...(pendingCa !== undefined && { pendingCa }),
    pendingOther: pendingOther(cluster.PendingModifiedValues ?? {}),
    ...(host !== undefined && port !== undefined && { endpoint: { host, port } }),
    ...(cluster.ReaderEndpoint !== undefined && { readerEndpoint: cluster.ReaderEndpoint }),
    customEndpoints: cluster.CustomEndpoints ?? [],
    members,
    replicas: cluster.ReadReplicaIdentifiers ?? [],
    ...(cluster.ReplicationSourceIdentifier && { replicationSource: cluster.ReplicationSourceIdentifier }),
    ...(cluster.DBClusterInstanceClass !== undefined && { instanceClass: cluster.DBClusterInstanceClass }),
    ...(cluster.GlobalClusterIdentifier && { globalClusterId: cluster.GlobalClusterIdentifier }),
    ...(group !== undefined && { clusterParameterGroup: group }),
    parameterGroups: group === undefined ? [] : [{ name: group, applyStatus: furthestBehind(members) }],
    ...carried(cluster),
  }
}

/** The status of the member whose parameters are furthest from what the group says. */
const furthestBehind = (members: readonly ClusterMember[]): string =>
  (members.find((one) => one.parameterGroupStatus !== 'in-sync') ?? members[0])?.parameterGroupStatus ?? ''
