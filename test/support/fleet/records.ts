/** The records that AWS would give of a simulated account's databases. */
import type { ClusterRecord, DatabaseRecord } from '../../../src/ports/control-plane.ts'
import { OLD_CA, REGION } from '../scripted-region.ts'
import { DAY, NOW } from '../scenario.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const arnOf = (account: string, kind: 'db' | 'cluster', name: string): string =>
  `arn:aws:rds:${REGION}:${account}:${kind}:${name}`

/** An old version, whose engine must restart for another certificate. */
export const RESTARTING = '13.12'

/** What AWS calls what carries a CA: the ARN of a Multi-AZ DB cluster is a cluster's. */
export const carrierArn = (record: Pick<DatabaseRecord, 'arn'>, members: readonly string[] | undefined): string =>
  members ? record.arn.replace(':db:', ':cluster:') : record.arn

const portOf = (engine: string): number => (/mysql|maria/.test(engine) ? 3306 : 5432)
export const hostOf = (account: string, name: string): string => `${name}.c${account}.${REGION}.rds.example`

export const recordOf = (
  account: string,
  name: string,
  engine: string,
  resourceId: string,
): Mutable<DatabaseRecord> => ({
  kind: 'database',
  id: name,
  arn: arnOf(account, 'db', name),
  resourceId,
  engine,
  engineVersion: '16.4',
  instanceClass: 'db.m7g.large',
  status: 'available',
  ca: OLD_CA,
  leafValidTill: NOW + 200 * DAY,
  pendingOther: {},
  endpoint: { host: hostOf(account, name), port: portOf(engine) },
  replicas: [],
  multiAz: true,
  maintenanceWindow: 'sun:03:00-sun:04:00',
  backupWindow: '01:00-02:00',
  parameterGroups: [],
  statusInfos: [],
  tags: {},
  iamAuth: false,
})

/** An Aurora cluster, whose first member writes. */
export const auroraClusterOf = (account: string, name: string, members: readonly string[]): Mutable<ClusterRecord> => ({
  kind: 'cluster',
  id: name,
  arn: arnOf(account, 'cluster', name),
  resourceId: `cluster-${name.toUpperCase()}`,
  engine: 'aurora-postgresql',
  engineVersion: '16.4',
  engineMode: 'provisioned',
  status: 'available',
  ca: '',
  pendingOther: {},
  endpoint: { host: hostOf(account, `${name}.cluster`).replace('.cluster.c', '.cluster-c'), port: 5432 },
  customEndpoints: [],
  members: members.map((id, index) => ({ id, writer: index === 0, parameterGroupStatus: 'in-sync' })),
  replicas: [],
  parameterGroups: [],
  tags: {},
  iamAuth: false,
})

/** A Multi-AZ DB cluster carries its CA itself: what its state is kept as, and what AWS says of it. */
export function multiAzClusterOf(record: DatabaseRecord, members: readonly string[]): ClusterRecord {
  const { kind: _kind, replicaSource: _source, multiAz: _multiAz, statusInfos: _infos, ...carrier } = record
  const { host = '' } = record.endpoint ?? {}
  return {
    ...carrier,
    kind: 'cluster',
    arn: carrierArn(record, members),
    engineMode: 'provisioned',
    readerEndpoint: host.replace('.', '.cluster-ro-'),
    customEndpoints: [],
    members: members.map((id, index) => ({ id, writer: index === 0, parameterGroupStatus: 'in-sync' })),
  }
}

/** One of its instances, which carry no CA of their own. */
export const multiAzMemberOf = (account: string, cluster: DatabaseRecord, name: string): DatabaseRecord => ({
  ...recordOf(account, name, cluster.engine, `${cluster.resourceId}-${name}`),
  status: cluster.status,
  clusterId: cluster.id,
  ca: '',
})
