import type { DBInstance, Endpoint } from '@aws-sdk/client-rds'
import type { DatabaseRecord } from '../ports/control-plane.ts'
import { notAnAnswer } from './cannot-ask.ts'
import { carried, pendingOther } from './carrier-record.ts'

/** One DB instance of DescribeDBInstances. Throws CannotAsk when it lacks what every instance has. */
export function databaseRecord(instance: DBInstance): DatabaseRecord {
  const { DBInstanceIdentifier: id, DBInstanceArn: arn, DbiResourceId: resourceId } = instance
  if (!id || !arn || !resourceId) throw notAnAnswer('DescribeDBInstances')
  const endpoint = addressOf(instance.Endpoint)
  const listenerEndpoint = addressOf(instance.ListenerEndpoint)
  const leafValidTill = instance.CertificateDetails?.ValidTill?.getTime()
  const pendingCa = instance.PendingModifiedValues?.CACertificateIdentifier
  const fromInstance = instance.ReadReplicaSourceDBInstanceIdentifier
  const replicaSource = fromInstance ?? instance.ReadReplicaSourceDBClusterIdentifier
  const replicaClusters = instance.ReadReplicaDBClusterIdentifiers ?? []
  return {
    kind: 'database',
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
    ...(endpoint && { endpoint }),
    ...(listenerEndpoint && { listenerEndpoint }),
    ...(instance.DBClusterIdentifier !== undefined && { clusterId: instance.DBClusterIdentifier }),
    ...(replicaSource !== undefined && { replicaSource }),
    ...(replicaSource !== undefined && fromInstance === undefined && { fromCluster: true }),
    replicas: instance.ReadReplicaDBInstanceIdentifiers ?? [],
    ...(replicaClusters.length > 0 && { replicaClusters }),
    multiAz: instance.MultiAZ ?? false,
    ...(instance.AutomationMode !== undefined && { automationMode: instance.AutomationMode }),
    ...(instance.PromotionTier !== undefined && { promotionTier: instance.PromotionTier }),
    statusInfos: (instance.StatusInfos ?? []).map(({ StatusType, Status, Normal, Message }) => ({
      type: StatusType ?? '',
      status: Status ?? '',
      normal: Normal ?? true,
      ...(Message !== undefined && { message: Message }),
    })),
    parameterGroups: (instance.DBParameterGroups ?? []).map(({ DBParameterGroupName, ParameterApplyStatus }) => ({
      name: DBParameterGroupName ?? '',
      applyStatus: ParameterApplyStatus ?? '',
    })),
    ...carried(instance),
  }
}

/** Undefined while AWS has given none. */
const addressOf = ({ Address: host, Port: port }: Endpoint = {}): DatabaseRecord['endpoint'] =>
  host !== undefined && port !== undefined ? { host, port } : undefined
