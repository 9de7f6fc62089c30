import { MYSQLCONNECTOR, NPGSQL } from './dotnet.ts'
import { GO_MYSQL, PGX } from './go.ts'
import type { Howto } from './howto.ts'
import { JDBC_MARIADB, JDBC_MYSQL, JDBC_POSTGRESQL } from './jdbc.ts'
import { PSQL, PSYCOPG } from './libpq.ts'
import { MARIADB, MYSQL } from './mysql-cli.ts'
import { MYSQL2, NODE_PG, PRISMA } from './node.ts'
import { PDO } from './php.ts'
import { DJANGO, PYMYSQL } from './python.ts'
import { PGBOUNCER, PROXYSQL } from './poolers.ts'
import { RAILS } from './rails.ts'
import { RDS_PROXY } from './rds-proxy.ts'

/** Every client that there is a page for, in the order in which they are listed. */
export const CLIENTS: readonly Howto[] = [
  PSQL,
  MYSQL,
  MARIADB,
  JDBC_POSTGRESQL,
  JDBC_MYSQL,
  JDBC_MARIADB,
  NODE_PG,
  MYSQL2,
  PRISMA,
  PSYCOPG,
  PYMYSQL,
  DJANGO,
  RAILS,
  PGX,
  GO_MYSQL,
  PDO,
  NPGSQL,
  MYSQLCONNECTOR,
  RDS_PROXY,
  PGBOUNCER,
  PROXYSQL,
]

/** Names that people type for what has another one here. */
const ALSO: Readonly<Record<string, string>> = {
  libpq: 'psql',
  pg: 'node-pg',
  'node-postgres': 'node-pg',
  pgjdbc: 'jdbc-postgresql',
  'jdbc-postgres': 'jdbc-postgresql',
  'connector-j': 'jdbc-mysql',
  sqlalchemy: 'pymysql',
  psycopg2: 'psycopg',
  psycopg3: 'psycopg',
  'go-mysql': 'go-sql-driver',
  php: 'pdo',
  laravel: 'pdo',
  proxy: 'rds-proxy',
}

/** The page of a client, by its id or another usual name; undefined when there is none. */
export function howtoFor(name: string): Howto | undefined {
  const asked = name.toLowerCase()
  const id = ALSO[asked] ?? asked
  return CLIENTS.find((client) => client.id === id)
}
