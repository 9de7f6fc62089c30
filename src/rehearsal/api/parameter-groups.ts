import { engineOf } from '../lifecycle/engine-versions.ts'
import type { ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'

/** One parameter as DescribeDBParameters lists it. Without a value the engine's default holds. */
export interface Parameter {
  readonly name: string
  readonly value?: string
  readonly source: 'user' | 'system' | 'engine-default'
  readonly applyType: 'static' | 'dynamic'
  readonly dataType: 'boolean' | 'string'
  readonly allowed: string
  readonly description: string
}

/** A group of the account's own, not AWS's default one: TLS is not enforced, so that plain clients can connect. */
export const parameterGroupOf = (database: DatabaseState): string =>
  `rehearsal-${engineOf(database).parameterFamily.replace('.', '-')}`

/** Likewise for clusters, whose groups hold what Aurora does not let its members decide. */
export const clusterParameterGroupOf = (cluster: ClusterState): string =>
  `rehearsal-cluster-${cluster.babelfish ? 'babelfish-' : ''}${engineOf(cluster).parameterFamily.replace('.', '-')}`

/** The parameters of a cluster's group. */
export function clusterParameters({ babelfish, engine }: ClusterState): readonly Parameter[] {
  const family = familyOf(engine)
  if (engine !== 'aurora-postgresql') return PARAMETERS[family]
  return [...PARAMETERS[family], { ...BABELFISH, value: babelfish ? 'on' : 'off' }]
}

/** The engines by whose parameters they are set up; the others have none that matter here. */
export function familyOf(engine: DatabaseState['engine']): DatabaseState['family'] {
  if (engine.endsWith('postgres') || engine.endsWith('postgresql')) return 'postgres'
  return ['mariadb', 'mysql', 'aurora-mysql'].includes(engine) ? 'mysql' : 'none'
}

const BABELFISH: Parameter = {
  name: 'rds.babelfish_status',
  source: 'user',
  applyType: 'static',
  dataType: 'string',
  allowed: 'on,off,datadriven',
  description: 'RDS Babelfish Status for aurora postgresql.',
}

export const PARAMETERS: Readonly<Record<DatabaseState['family'], readonly Parameter[]>> = {
  none: [],
  postgres: [
    {
      name: 'rds.force_ssl',
      value: '0',
      source: 'user',
      applyType: 'dynamic',
      dataType: 'boolean',
      allowed: '0,1',
      description: 'Force SSL connections.',
    },
    {
      name: 'ssl',
      value: '1',
      source: 'system',
      applyType: 'dynamic',
      dataType: 'boolean',
      allowed: '0,1',
      description: 'Enables SSL connections.',
    },
    {
      name: 'ssl_min_protocol_version',
      source: 'engine-default',
      applyType: 'dynamic',
      dataType: 'string',
      allowed: 'TLSv1.2,TLSv1.3',
      description: 'Sets the minimum SSL/TLS protocol version to use.',
    },
  ],
  mysql: [
    {
      name: 'require_secure_transport',
      value: '0',
      source: 'user',
      applyType: 'dynamic',
      dataType: 'boolean',
      allowed: '0,1',
      description: 'Whether client connections to the server are required to use some form of secure transport.',
    },
    {
      name: 'tls_version',
      source: 'engine-default',
      applyType: 'static',
      dataType: 'string',
      allowed: 'TLSv1.2,TLSv1.3',
      description: 'The protocols permitted by the server for encrypted connections.',
    },
    {
      name: 'performance_schema',
      value: '1',
      source: 'user',
      applyType: 'static',
      dataType: 'boolean',
      allowed: '0,1',
      description: 'Enables or disables the Performance Schema.',
    },
  ],
}
