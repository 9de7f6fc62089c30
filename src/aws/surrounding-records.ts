import type {
  BlueGreenDeployment,
  DBClusterEndpoint,
  DBProxyTarget,
  GlobalCluster,
  ResourcePendingMaintenanceActions,
} from '@aws-sdk/client-rds'
import type {
  BlueGreenRecord,
  CustomEndpointRecord,
  GlobalClusterRecord,
  MaintenanceRecord,
  ProxyTarget,
} from '../ports/control-plane.ts'

export const globalClusterRecord = (cluster: GlobalCluster): GlobalClusterRecord => ({
  id: cluster.GlobalClusterIdentifier ?? '',
  arn: cluster.GlobalClusterArn ?? '',
  engine: cluster.Engine ?? '',
  status: cluster.Status ?? '',
  members: (cluster.GlobalClusterMembers ?? []).map(({ DBClusterArn, IsWriter, Readers }) => ({
    clusterArn: DBClusterArn ?? '',
    writer: IsWriter ?? false,
    readers: Readers ?? [],
  })),
})

export const blueGreenRecord = (deployment: BlueGreenDeployment): BlueGreenRecord => ({
  id: deployment.BlueGreenDeploymentIdentifier ?? '',
  name: deployment.BlueGreenDeploymentName ?? '',
  source: deployment.Source ?? '',
  ...(deployment.Target && { target: deployment.Target }),
  status: deployment.Status ?? '',
  switchover: (deployment.SwitchoverDetails ?? []).map(({ SourceMember, TargetMember, Status }) => ({
    source: SourceMember ?? '',
    ...(TargetMember && { target: TargetMember }),
    status: Status ?? '',
  })),
})

/** Undefined for the cluster's own two endpoints, which the same call lists, and for one that has no address yet. */
export const customEndpointRecord = (endpoint: DBClusterEndpoint): CustomEndpointRecord | undefined =>
  endpoint.EndpointType === 'CUSTOM' && endpoint.Endpoint
    ? {
        id: endpoint.DBClusterEndpointIdentifier ?? '',
        clusterId: endpoint.DBClusterIdentifier ?? '',
        host: endpoint.Endpoint,
        type: endpoint.CustomEndpointType ?? '',
        status: endpoint.Status ?? '',
        staticMembers: endpoint.StaticMembers ?? [],
        excludedMembers: endpoint.ExcludedMembers ?? [],
      }
    : undefined

export const proxyTarget = (target: DBProxyTarget): ProxyTarget => ({
  kind: target.Type ?? '',
  id: target.RdsResourceId ?? '',
  ...(target.TrackedClusterId && { trackedClusterId: target.TrackedClusterId }),
  ...(target.Role !== undefined && { role: target.Role }),
})

/** What is pending for one resource. */
export const maintenanceRecords = (pending: ResourcePendingMaintenanceActions): MaintenanceRecord[] =>
  (pending.PendingMaintenanceActionDetails ?? []).map(
    ({ Action, Description, AutoAppliedAfterDate, CurrentApplyDate, ForcedApplyDate, OptInStatus }) => ({
      resource: pending.ResourceIdentifier ?? '',
      action: Action ?? '',
      ...(Description !== undefined && { description: Description }),
      ...(AutoAppliedAfterDate !== undefined && { autoAppliedAfter: AutoAppliedAfterDate.getTime() }),
      ...(CurrentApplyDate !== undefined && { currentApply: CurrentApplyDate.getTime() }),
      ...(ForcedApplyDate !== undefined && { forcedApply: ForcedApplyDate.getTime() }),
      ...(OptInStatus !== undefined && { optIn: OptInStatus }),
    }),
  )
