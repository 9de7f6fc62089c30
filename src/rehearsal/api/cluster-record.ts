import type { ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { clusterArn } from '../world.ts'
import { membersOf, type Sight } from './action.ts'
import { tagList } from './instance-record.ts'
import { clusterParameterGroupOf } from './parameter-groups.ts'
import { XmlList, type Xml } from './xml.ts'

/**
 * A DBCluster as the API shows it. Its status and certificate are read off its members. Only a Multi-AZ DB cluster has a
 * certificate of its own; it is `CertificateDetails`, for a DBCluster has no `CACertificateIdentifier`.
 */
export function clusterRecord(cluster: ClusterState, sight: Sight): Record<string, Xml> {
  const members = membersOf(sight.databases, cluster)
  const writer = members.find(({ member }) => member?.writer) ?? members[0]
  const isServerless = cluster.kind === 'serverless-v1'
  return {
    AllocatedStorage: cluster.kind === 'multi-az' ? 100 : 1,
    AvailabilityZones: new XmlList(
      'AvailabilityZone',
      ['a', 'b', 'c'].map((zone) => `${cluster.region}${zone}`),
    ),
    BackupRetentionPeriod: writer?.backupRetention ?? 7,
    DatabaseName: writer && sight.logIn(writer.key).database,
    DBClusterIdentifier: cluster.id,
    DBClusterParameterGroup: clusterParameterGroupOf(cluster),
    DBSubnetGroup: 'rehearsal',
    Status: statusOf(members),
    Endpoint: cluster.writer.hostName,
    ReaderEndpoint: cluster.reader?.hostName,
    CustomEndpoints: new XmlList(
      'member',
      cluster.custom.map(({ hostName }) => hostName),
    ),
    MultiAZ: members.length > 1,
    Engine: cluster.engine,
    EngineVersion: cluster.engineVersion,
    Port: cluster.writer.route,
    MasterUsername: writer ? sight.logIn(writer.key).user : 'runbook',
    PreferredBackupWindow: cluster.backupWindow,
    PreferredMaintenanceWindow: (cluster.kind === 'multi-az' && writer?.maintenanceWindow) || cluster.maintenanceWindow,
    ReplicationSourceIdentifier: cluster.replicates,
    ReadReplicaIdentifiers: new XmlList(
      'ReadReplicaIdentifier',
      sight.world.clusters.filter(({ replicates }) => replicates === clusterArn(cluster)).map((one) => clusterArn(one)),
    ),
    DBClusterMembers: new XmlList(
      'DBClusterMember',
      members.map((member) => memberRecord(member, cluster)),
    ),
    VpcSecurityGroups: new XmlList('VpcSecurityGroupMembership', [
      { VpcSecurityGroupId: 'sg-0rehearsal', Status: 'active' },
    ]),
    HostedZoneId: 'Z00000REHEARSAL',
    StorageEncrypted: true,
    DbClusterResourceId: cluster.resourceId,
    DBClusterArn: clusterArn(cluster),
    AssociatedRoles: new XmlList('DBClusterRole', []),
    IAMDatabaseAuthenticationEnabled: false,
    ClusterCreateTime: new Date(cluster.createdAt),
    Capacity: isServerless ? 2 : undefined,
    PendingModifiedValues:
      cluster.kind === 'multi-az' && writer?.pending.ca
        ? { CertificateDetails: { CAIdentifier: writer.pending.ca } }
        : undefined,
    EngineMode: isServerless ? 'serverless' : 'provisioned',
    DBClusterInstanceClass: cluster.instanceClass,
    DeletionProtection: false,
    HttpEndpointEnabled: isServerless,
    ActivityStreamStatus: 'stopped',
    CopyTagsToSnapshot: true,
    CrossAccountClone: false,
    DomainMemberships: new XmlList('DomainMembership', []),
    TagList: tagList(cluster),
    GlobalClusterIdentifier: cluster.globalCluster,
    AutoMinorVersionUpgrade: false,
    NetworkType: 'IPV4',
    ServerlessV2ScalingConfiguration: cluster.serverlessV2 && {
      MinCapacity: cluster.serverlessV2.least,
      MaxCapacity: cluster.serverlessV2.most,
    },
    CertificateDetails: cluster.kind === 'multi-az' && writer ? certificateOf(writer) : undefined,
  }
}

const certificateOf = ({ ca, leaf }: DatabaseState): Record<string, Xml> => ({
  CAIdentifier: ca,
  ValidTill: new Date(leaf.till),
})

/** AWS shows a cluster as available while single members of an Aurora cluster are being modified; here the first that is busy decides. */
const statusOf = (members: readonly DatabaseState[]): string =>
  members.find(({ status }) => status !== 'available')?.status ?? 'available'

const memberRecord = ({ id, member }: DatabaseState, cluster: ClusterState): Record<string, Xml> => ({
  DBInstanceIdentifier: id,
  IsClusterWriter: member?.writer,
  DBClusterParameterGroupStatus: cluster.parametersWait ? 'pending-reboot' : 'in-sync',
  PromotionTier: member?.tier,
})
