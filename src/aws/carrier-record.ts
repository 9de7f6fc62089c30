import type { ClusterPendingModifiedValues, DBCluster, DBInstance, PendingModifiedValues } from '@aws-sdk/client-rds'
import type { CarrierRecord } from '../ports/control-plane.ts'
import { canonical } from '../rules/words.ts'

/** What instances and clusters say in the same words. */
type Common = Pick<
  CarrierRecord,
  'maintenanceWindow' | 'backupWindow' | 'tags' | 'masterUserSecret' | 'iamAuth' | 'automaticRestart'
>

/** The members of a record that DescribeDBInstances and DescribeDBClusters give under the same names. */
export function carried(one: DBInstance | DBCluster): Common {
  const { PreferredMaintenanceWindow, PreferredBackupWindow, AutomaticRestartTime, MasterUserSecret } = one
  const { SecretArn: secret, SecretStatus = '' } = MasterUserSecret ?? {}
  return {
    ...(PreferredMaintenanceWindow !== undefined && { maintenanceWindow: PreferredMaintenanceWindow }),
    ...(PreferredBackupWindow !== undefined && { backupWindow: PreferredBackupWindow }),
    tags: Object.fromEntries((one.TagList ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    ...(secret !== undefined && { masterUserSecret: { arn: secret, status: SecretStatus } }),
    iamAuth: one.IAMDatabaseAuthenticationEnabled ?? false,
    ...(AutomaticRestartTime && { automaticRestart: AutomaticRestartTime.getTime() }),
  }
}

type AnyPending = PendingModifiedValues | ClusterPendingModifiedValues

/** What names the CA itself, in an instance's pending values and in a cluster's. */
const CA_MEMBERS = new Set(['CACertificateIdentifier', 'CertificateDetails'])

/** Everything pending but the CA, by AWS's own names, each value as text. What is empty is not pending. */
export function pendingOther(pending: AnyPending): Record<string, string> {
  const others: Record<string, string> = {}
  for (const [name, value] of Object.entries(pending)) {
    if (CA_MEMBERS.has(name) || value === undefined || isEmpty(value)) continue
    // AWS masks it; should it ever not, it is not for screens and files.
    others[name] = name === 'MasterUserPassword' ? '(hidden)' : asText(value)
  }
  return others
}

const asText = (value: unknown): string => {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : canonical(value)
}

/** AWS sends empty lists and structures for what does not change. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date) &&
  Object.values(value).every((member) => member === undefined || isEmpty(member))
