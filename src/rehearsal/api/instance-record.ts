import { engineOf } from '../lifecycle/engine-versions.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { databaseArn, REGION } from '../world.ts'
import type { Sight } from './action.ts'
import { parameterGroupOf } from './parameter-groups.ts'
import { XmlList, type Xml } from './xml.ts'

/** A DBInstance as the API shows it. `CertificateDetails.ValidTill` is the leaf's end, as in AWS, not the CA's. */
export function instanceRecord(database: DatabaseState, sight: Sight): Record<string, Xml> {
  const { user, database: initial } = sight.logIn(database.id)
  return {
    DBInstanceIdentifier: database.id,
    DBInstanceClass: database.instanceClass,
    Engine: database.engine,
    DBInstanceStatus: database.status,
    MasterUsername: user,
    DBName: initial,
    Endpoint: { Address: database.hostName, Port: database.port, HostedZoneId: 'Z00000REHEARSAL' },
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
    AvailabilityZone: `${REGION}a`,
    PreferredMaintenanceWindow: database.maintenanceWindow,
    PendingModifiedValues: {
      DBInstanceClass: database.pending.instanceClass,
      BackupRetentionPeriod: database.pending.backupRetention,
      CACertificateIdentifier: database.pending.ca,
    },
    MultiAZ: false,
    EngineVersion: database.engineVersion,
    AutoMinorVersionUpgrade: false,
    ReadReplicaDBInstanceIdentifiers: new XmlList('ReadReplicaDBInstanceIdentifier', []),
    LicenseModel: database.engine === 'postgres' ? 'postgresql-license' : 'general-public-license',
    OptionGroupMemberships: new XmlList('OptionGroupMembership', [
      { OptionGroupName: `default:${engineOf(database).parameterFamily}`, Status: 'in-sync' },
    ]),
    PubliclyAccessible: false,
    StorageType: 'gp3',
    DbInstancePort: 0,
    StorageEncrypted: true,
    DbiResourceId: database.resourceId,
    CACertificateIdentifier: database.ca,
    DomainMemberships: new XmlList('DomainMembership', []),
    CopyTagsToSnapshot: true,
    MonitoringInterval: 0,
    DBInstanceArn: databaseArn(database.id),
    IAMDatabaseAuthenticationEnabled: false,
    PerformanceInsightsEnabled: false,
    DeletionProtection: false,
    AssociatedRoles: new XmlList('DBInstanceRole', []),
    TagList: tagList(database),
    CustomerOwnedIpEnabled: false,
    NetworkType: 'IPV4',
    ActivityStreamStatus: 'stopped',
    BackupTarget: 'region',
    CertificateDetails: { CAIdentifier: database.ca, ValidTill: new Date(database.leaf.till) },
    DedicatedLogVolume: false,
  }
}

export const tagList = (database: DatabaseState): XmlList =>
  new XmlList('Tag', [
    { Key: 'environment', Value: database.environment },
    { Key: 'rehearsal', Value: 'true' },
  ])
