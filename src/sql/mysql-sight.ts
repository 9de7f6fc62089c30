import { CannotLogIn } from '../ports/sql.ts'
import type { MysqlServer } from './mysql-server.ts'
import type { Ask } from './mysql-census.ts'

/** What this account may see of other sessions, and with what statements it would see more. */
export interface Sight {
  readonly threads: boolean
  readonly status: boolean
  readonly names: boolean
  /** Everybody in information_schema.PROCESSLIST, and the statistics of users. */
  readonly process: boolean
  /** The accounts and whether they must use TLS. */
  readonly accounts: boolean
  /** MariaDB counts connections a user, with TLS and without. */
  readonly statistics: boolean
  readonly lacks: readonly string[]
}

const DENIED = new Set([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
])
export const isDenied = (error: unknown): boolean => error instanceof CannotLogIn && DENIED.has(error.code)

async function mayRead(ask: Ask, table: string): Promise<boolean> {
  try {
    await ask(`SELECT 1 FROM ${table} LIMIT 0`)
    return true
  } catch (error) {
    if (isDenied(error)) return false
    throw error
  }
}

const quoted = (part: string): string => `'${part.replaceAll("'", "''")}'`

/** `name@host` as CURRENT_USER() gives it, as a GRANT takes it. A host has no `@` in it; a name can. */
function accountOf(user: string): string {
  const at = user.lastIndexOf('@')
  return `${quoted(user.slice(0, at))}@${quoted(user.slice(at + 1))}`
}

const hasProcess = async (ask: Ask): Promise<boolean> => {
  const rows = await ask(
    `SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('PROCESS', 'SUPER') LIMIT 1`,
  )
  return rows.length > 0
}

const NOTHING: Omit<Sight, 'lacks'> = {
  threads: false,
  status: false,
  names: false,
  process: false,
  accounts: false,
  statistics: false,
}

const PROTECTED = { threads: 'threads', status: 'status_by_thread', names: 'session_connect_attrs' } as const

/** Finds out, by asking for nothing, what this account may read: a table that is refused must not read as one that is empty. */
export async function lookAround(ask: Ask, server: MysqlServer): Promise<Sight> {
  const account = accountOf(server.user)
  if (server.showsTransport && server.performanceSchema) {
    const read = { threads: false, status: false, names: false }
    for (const [name, table] of Object.entries(PROTECTED))
      read[name as keyof typeof PROTECTED] = await mayRead(ask, `performance_schema.${table}`)
    const lacks = Object.entries(PROTECTED)
      .filter(([name]) => !read[name as keyof typeof PROTECTED])
      .map(([, table]) => `GRANT SELECT ON performance_schema.${table} TO ${account}`)
    if (read.threads) return { ...NOTHING, ...read, lacks }
    return { ...(await withoutThreads(ask)), lacks }
  }
  const found = await withoutThreads(ask)
  const enable = server.performanceSchema ? [] : ['performance_schema = 1']
  return {
    ...found,
    lacks: [
      ...enable,
      ...(found.process ? [] : [`GRANT PROCESS ON *.* TO ${account}`]),
      ...(found.accounts ? [] : [`GRANT SELECT ON mysql.user TO ${account}`]),
      ...(server.flavour === 'mariadb' && !found.statistics && found.process ? ['userstat = 1'] : []),
    ],
  }
}

async function withoutThreads(ask: Ask): Promise<Omit<Sight, 'lacks'>> {
  const process = await hasProcess(ask)
  const userstat = await ask(`SHOW GLOBAL VARIABLES LIKE 'userstat'`)
  return {
    ...NOTHING,
    process,
    accounts: await mayRead(ask, 'mysql.user'),
    statistics: process && userstat[0]?.['Value'] === 'ON',
  }
}
