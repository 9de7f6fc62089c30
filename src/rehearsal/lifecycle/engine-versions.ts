import type { CaId } from '../data-plane.ts'
import type { EngineName } from '../state/database-state.ts'

/** One engine version as DescribeDBEngineVersions lists it. */
export interface EngineVersion {
  readonly engine: EngineName
  readonly version: string
  readonly parameterFamily: string
  /** Deprecated versions are listed only when `IncludeAll` is asked for, as in AWS. */
  readonly deprecated: boolean
  /** Undefined where AWS does not say. */
  readonly rotatesWithoutRestart: boolean | undefined
  /** AWS says that it must restart, and restarts its listener alone: sessions live on. */
  readonly listenerAlone?: true
  readonly cas: readonly CaId[]
}

const ALL_CAS: readonly CaId[] = ['rds-ca-2019', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1']
const WITHOUT_ECC: readonly CaId[] = ALL_CAS.filter((ca) => ca !== 'rds-ca-ecc384-g1')

const current = (engine: EngineName, version: string, parameterFamily: string): EngineVersion => ({
  engine,
  version,
  parameterFamily,
  deprecated: false,
  rotatesWithoutRestart: true,
  cas: ALL_CAS,
})

/** Before PostgreSQL 10, MariaDB 10.4 and MySQL 8.0.16 a server could not read a new certificate without a restart. */
const old = (engine: EngineName, version: string, parameterFamily: string): EngineVersion => ({
  ...restarting(engine, version, parameterFamily),
  deprecated: true,
})

const restarting = (engine: EngineName, version: string, parameterFamily: string): EngineVersion => ({
  ...current(engine, version, parameterFamily),
  rotatesWithoutRestart: false,
  cas: WITHOUT_ECC,
})

const unsaid = (engine: EngineName, version: string, parameterFamily: string): EngineVersion => ({
  ...current(engine, version, parameterFamily),
  rotatesWithoutRestart: undefined,
})

export const ENGINE_VERSIONS: readonly EngineVersion[] = [
  current('aurora-mysql', '8.0.mysql_aurora.3.08.0', 'aurora-mysql8.0'),
  old('aurora-mysql', '5.7.mysql_aurora.2.11.6', 'aurora-mysql5.7'),
  current('aurora-postgresql', '16.6', 'aurora-postgresql16'),
  old('aurora-postgresql', '13.12', 'aurora-postgresql13'),
  unsaid('custom-oracle-ee', '19.cdb_cev1', 'custom-oracle-ee-19'),
  restarting('db2-se', '11.5.9.0.sb00052667.r1', 'db2-se-11.5'),
  unsaid('docdb', '5.0.0', 'docdb5.0'),
  old('mariadb', '10.3.39', 'mariadb10.3'),
  current('mariadb', '10.11.13', 'mariadb10.11'),
  current('mariadb', '11.4.7', 'mariadb11.4'),
  old('mysql', '5.7.44', 'mysql5.7'),
  current('mysql', '8.0.42', 'mysql8.0'),
  current('mysql', '8.4.5', 'mysql8.4'),
  unsaid('neptune', '1.3.2.1', 'neptune1.3'),
  { ...restarting('oracle-se2', '19.0.0.0.ru-2025-04.rur-2025-04.r1', 'oracle-se2-19'), listenerAlone: true },
  old('postgres', '9.6.24', 'postgres9.6'),
  current('postgres', '16.9', 'postgres16'),
  current('postgres', '17.5', 'postgres17'),
  restarting('sqlserver-se', '15.00.4430.1.v1', 'sqlserver-se-15.0'),
]

/** The versions of the rehearsal's databases: one that rotates without a restart, and those that must restart. */
export const NO_RESTART_VERSION = '16.9'
export const RESTART_VERSIONS = { mariadb: '10.3.39', mysql: '5.7.44', postgres: '9.6.24' } as const
/** The engines that can be the second pair's. */
export type SecondEngine = keyof typeof RESTART_VERSIONS

/** The version that a database or cluster runs. */
export function engineOf({
  engine,
  engineVersion,
}: {
  readonly engine: EngineName
  readonly engineVersion: string
}): EngineVersion {
  const found = ENGINE_VERSIONS.find((listed) => listed.engine === engine && listed.version === engineVersion)
  if (!found) throw new Error(`Bug: the rehearsal does not list ${engine} ${engineVersion}`)
  return found
}
