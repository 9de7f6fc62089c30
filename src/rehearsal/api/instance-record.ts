import { engineOf } from '../lifecycle/engine-versions.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { arnOf, databaseArn, partitionOf } from '../world.ts'
import type { Sight } from './action.ts'
import { parameterGroupOf } from './parameter-groups.ts'
import { XmlList, type Xml } from './xml.ts'

/** A DBInstance as the API shows it. `CertificateDetails.ValidTill` is the leaf's end, as in AWS, not the CA's. */
export function instanceRecord(database: DatabaseState, sight: Sight): Record<string, Xml> {
  const { user, database: initial } = sight.logIn(database.key)
  return {
    DBInstanceIdentifier: database.id,
    DBInstanceClass: database.instanceClass,
    Engine: database.engine,
    DBInstanceStatus: database.status,
    MasterUsername: user,
    DBName: initial,
    // AWS names no endpoint until a new instance has one.
    Endpoint:
      database.status === 'creating'
        ? undefined
        : { Address: database.hostName, Port: database.port, HostedZoneId: 'Z00000REHEARSAL' },
    AllocatedStorage: 20,
    InstanceCreateTime: new Date(database.createdAt),
    PreferredBackupWindow: database.backupWindow,
    BackupRetentionPeriod: database.backupRetention,
    DBSecurityGroups: new XmlList('DBSecurityGroup', []),
    VpcSecurityGroups: new XmlList('VpcSecurityGroupMembership', [
      { VpcSecurityGroupId: 'sg-0rehearsal', Status: 'active' },
    ]),
    DBParameterGroups: new XmlList('DBParameterGroup', [
      {
        DBParameterGroupName: parameterGroupOf(database),
        ParameterApplyStatus: database.parametersWait ? 'pending-reboot' : 'in-sync',
      },
    ]),
    AvailabilityZone: `${database.region}a`,
    PreferredMaintenanceWindow: database.maintenanceWindow,
    PendingModifiedValues: {
      DBInstanceClass: database.pending.instanceClass,
      BackupRetentionPeriod: database.pending.backupRetention,
      EngineVersion: database.pending.engineVersion,
      CACertificateIdentifier: database.pending.ca,
    },
    MultiAZ: database.multiAz ?? false,
    EngineVersion: database.engineVersion,
    AutoMinorVersionUpgrade: false,
    ...replication(database, sight),
    LicenseModel: licenseOf(database),
    OptionGroupMemberships: new XmlList('OptionGroupMembership', [
      { OptionGroupName: `default:${engineOf(database).parameterFamily}`, Status: 'in-sync' },
    ]),
    PubliclyAccessible: false,
    StorageType: database.engine.startsWith('aurora') ? 'aurora' : 'gp3',
    DbInstancePort: 0,
    ...membership(database, sight),
    StorageEncrypted: true,
    DbiResourceId: database.resourceId,
    CACertificateIdentifier: database.custom ? undefined : database.ca,
    DomainMemberships: new XmlList('DomainMembership', []),
    CopyTagsToSnapshot: true,
    MonitoringInterval: 0,
    DBInstanceArn: databaseArn(database),
    IAMDatabaseAuthenticationEnabled: database.iamAuth ?? false,
    PerformanceInsightsEnabled: false,
    DeletionProtection: false,
    AssociatedRoles: new XmlList('DBInstanceRole', []),
    TagList: tagList(database),
    AutomationMode: database.custom ? 'full' : undefined,
    CustomerOwnedIpEnabled: false,
    NetworkType: 'IPV4',
    ActivityStreamStatus: 'stopped',
    BackupTarget: 'region',
    AutomaticRestartTime: database.startsAgain === undefined ? undefined : new Date(database.startsAgain),
    CertificateDetails: database.custom
      ? undefined
      : { CAIdentifier: database.ca, ValidTill: new Date(database.leaf.till) },
    MasterUserSecret: database.managedSecret ? masterSecret(database) : undefined,
    DedicatedLogVolume: false,
  }
}

/** What a database replicates, how that fares, and what replicates it. Another Region's are named by ARN, as in AWS. */
function replication(database: DatabaseState, { world }: Sight): Record<string, Xml> {
  const named = (other: DatabaseState): string => (other.region === database.region ? other.id : databaseArn(other))
  const source = world.databases.find(({ key }) => key === database.replicaOf)
  const replicas = world.databases.filter(({ replicaOf }) => replicaOf === database.key).map((one) => named(one))
  return {
    ReadReplicaSourceDBInstanceIdentifier: source && named(source),
    ReadReplicaDBInstanceIdentifiers: new XmlList('ReadReplicaDBInstanceIdentifier', replicas),
    StatusInfos:
      database.replication &&
      new XmlList('DBInstanceStatusInfo', [
        {
          StatusType: 'read replication',
          Normal: database.replication === 'replicating',
          Status: database.replication,
        },
      ]),
  }
}

function membership({ member }: DatabaseState, { world }: Sight): Record<string, Xml> {
  const cluster = world.clusters.find(({ key }) => key === member?.cluster)
  if (!cluster) return {}
  return { DBClusterIdentifier: cluster.id, PromotionTier: member?.tier }
}

const LICENSES: Readonly<Partial<Record<DatabaseState['engine'], string>>> = {
  postgres: 'postgresql-license',
  'aurora-postgresql': 'postgresql-license',
  'sqlserver-se': 'license-included',
  'oracle-se2': 'license-included',
  'custom-oracle-ee': 'bring-your-own-license',
  'db2-se': 'bring-your-own-license',
}
const licenseOf = ({ engine }: DatabaseState): string => LICENSES[engine] ?? 'general-public-license'

type Secretive = Pick<DatabaseState, 'account' | 'region' | 'key' | 'resourceId'>

/** Like RDS's own names: the resource id is part of it. */
export const masterSecret = ({ account, region, resourceId }: Secretive): Record<string, Xml> => ({
  SecretArn: `arn:${partitionOf(region)}:secretsmanager:${region}:${account}:secret:rds!${resourceId.toLowerCase()}-Abc123`,
  SecretStatus: 'active',
  KmsKeyId: arnOf('db', { account, region }, 'alias/aws/secretsmanager').replace(':rds:', ':kms:').replace(':db:', ':'),
})

export const tagList = ({ environment, tags }: Pick<DatabaseState, 'environment' | 'tags'>): XmlList =>
  new XmlList(
    'Tag',
    Object.entries({ environment, rehearsal: 'true', ...tags }).map(([Key, Value]) => ({ Key, Value })),
  )
