import type { DBInstance, PendingModifiedValues } from '@aws-sdk/client-rds'
import type { DatabaseRecord } from '../ports/control-plane.ts'
import { canonical } from '../rules/words.ts'
import { notAnAnswer } from './cannot-ask.ts'

/** One DB instance of DescribeDBInstances. Throws CannotAsk when it lacks what every instance has. */
export function databaseRecord(instance: DBInstance): DatabaseRecord {
  const { DBInstanceIdentifier: id, DBInstanceArn: arn, DbiResourceId: resourceId } = instance
  if (!id || !arn || !resourceId) throw notAnAnswer('DescribeDBInstances')
  const { Address: host, Port: port } = instance.Endpoint ?? {}
  const leafValidTill = instance.CertificateDetails?.ValidTill?.getTime()
  const pendingCa = instance.PendingModifiedValues?.CACertificateIdentifier
  const replicaSource = instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier
  return {
    id,
    arn,
    resourceId,
    engine: instance.Engine ?? '',
    engineVersion: instance.EngineVersion ?? '',
    instanceClass: instance.DBInstanceClass ?? '',
    status: instance.DBInstanceStatus ?? '',
    ca: instance.CACertificateIdentifier ?? instance.CertificateDetails?.CAIdentifier ?? '',
    ...(leafValidTill !== undefined && { leafValidTill }),
    ...(pendingCa !== undefined && { pendingCa }),
    pendingOther: pendingOther(instance.PendingModifiedValues ?? {}),
    ...(host !== undefined && port !== undefined && { endpoint: { host, port } }),
    ...(instance.DBClusterIdentifier !== undefined && { clusterId: instance.DBClusterIdentifier }),
    ...(replicaSource !== undefined && { replicaSource }),
    replicas: [
      ...(instance.ReadReplicaDBInstanceIdentifiers ?? []),
      ...(instance.ReadReplicaDBClusterIdentifiers ?? []),
    ],
    multiAz: instance.MultiAZ ?? false,
    ...(instance.PreferredMaintenanceWindow !== undefined && {
      maintenanceWindow: instance.PreferredMaintenanceWindow,
    }),
    ...(instance.PreferredBackupWindow !== undefined && { backupWindow: instance.PreferredBackupWindow }),
    parameterGroups: (instance.DBParameterGroups ?? []).map(({ DBParameterGroupName, ParameterApplyStatus }) => ({
      name: DBParameterGroupName ?? '',
      applyStatus: ParameterApplyStatus ?? '',
    })),
    tags: Object.fromEntries((instance.TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  }
}

/** Everything pending but the CA, by AWS's own names, each value as text. What is empty is not pending. */
function pendingOther(pending: PendingModifiedValues): Record<string, string> {
  const others: Record<string, string> = {}
  for (const [name, value] of Object.entries(pending)) {
    if (name === 'CACertificateIdentifier' || value === undefined || isEmpty(value)) continue
    // AWS masks it; should it ever not, it is not for screens and files.
    others[name] = name === 'MasterUserPassword' ? '(hidden)' : asText(value)
  }
  return others
}

type Pending = NonNullable<PendingModifiedValues[keyof PendingModifiedValues]>

const asText = (value: Pending): string => {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? canonical(value) : String(value)
}

/** AWS sends empty lists and structures for what does not change. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date) &&
  Object.values(value).every((member) => member === undefined || isEmpty(member))
