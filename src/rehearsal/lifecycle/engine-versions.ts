import type { CaId } from '../data-plane.ts'
import type { DatabaseState } from '../state/database-state.ts'

/** One engine version as DescribeDBEngineVersions lists it. */
export interface EngineVersion {
  readonly engine: DatabaseState['engine']
  readonly version: string
  readonly parameterFamily: string
  /** Deprecated versions are listed only when `IncludeAll` is asked for, as in AWS. */
  readonly deprecated: boolean
  readonly rotatesWithoutRestart: boolean
  readonly cas: readonly CaId[]
}

const ALL_CAS: readonly CaId[] = ['rds-ca-2019', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1']
const WITHOUT_ECC: readonly CaId[] = ALL_CAS.filter((ca) => ca !== 'rds-ca-ecc384-g1')

const current = (engine: EngineVersion['engine'], version: string, parameterFamily: string): EngineVersion => ({
  engine,
  version,
  parameterFamily,
  deprecated: false,
  rotatesWithoutRestart: true,
  cas: ALL_CAS,
})

/** Before PostgreSQL 10, MariaDB 10.4 and MySQL 8.0.16 a server could not read a new certificate without a restart. */
const old = (engine: EngineVersion['engine'], version: string, parameterFamily: string): EngineVersion => ({
  engine,
  version,
  parameterFamily,
  deprecated: true,
  rotatesWithoutRestart: false,
  cas: WITHOUT_ECC,
})

export const ENGINE_VERSIONS: readonly EngineVersion[] = [
  old('mariadb', '10.3.39', 'mariadb10.3'),
  current('mariadb', '10.11.13', 'mariadb10.11'),
  current('mariadb', '11.4.7', 'mariadb11.4'),
  old('mysql', '5.7.44', 'mysql5.7'),
  current('mysql', '8.0.42', 'mysql8.0'),
  current('mysql', '8.4.5', 'mysql8.4'),
  old('postgres', '9.6.24', 'postgres9.6'),
  current('postgres', '16.9', 'postgres16'),
  current('postgres', '17.5', 'postgres17'),
]

/** The versions of the rehearsal's databases: one that rotates without a restart, and those that must restart. */
export const NO_RESTART_VERSION = '16.9'
export const RESTART_VERSIONS: Readonly<Record<DatabaseState['engine'], string>> = {
  mariadb: '10.3.39',
  mysql: '5.7.44',
  postgres: '9.6.24',
}

/** The version that a database runs. */
export function engineOf(database: Pick<DatabaseState, 'engine' | 'engineVersion'>): EngineVersion {
  const { engine, engineVersion } = database
  const found = ENGINE_VERSIONS.find((listed) => listed.engine === engine && listed.version === engineVersion)
  if (!found) throw new Error(`Bug: the rehearsal does not list ${engine} ${engineVersion}`)
  return found
}
