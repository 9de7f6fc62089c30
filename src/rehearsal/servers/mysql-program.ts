import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

import { run } from './command.ts'
import type { ServerHome } from './server-home.ts'

/** A MariaDB or MySQL server's own programs, runnable by the servers' account. */
export interface MysqlProgram {
  readonly kind: 'mariadb' | 'mysql'
  readonly server: string
  /** Makes a data directory. MySQL's server does that itself. */
  readonly installer?: string
  /** For example `MariaDB 10.11.18`. */
  readonly runs: string
  readonly version: string
}

export type MysqlSearch =
  | { readonly found: true; readonly program: MysqlProgram }
  /** Each place that was looked at, or what is wrong with the server that was found there. */
  | { readonly found: false; readonly looked: readonly string[] }

const SERVERS = ['mariadbd', 'mysqld']
const INSTALLERS = ['mariadb-install-db', 'mysql_install_db']

/** Where distributions, Homebrew and vendors put database servers, which often are not on the PATH of an ordinary user. */
const PLACES = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/opt/homebrew/opt/mysql/bin',
  '/usr/local/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/opt/mysql/bin',
  '/usr/local/mysql/bin',
]

/** The directories to look in, and no others, written as in PATH. Empty: as if this machine had no such server. */
const ONLY_PLACES = 'RDS_CA_RUNBOOK_MYSQL_PLACES'

export function mysqlPlaces(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const listed = (text: string): string[] => text.split(delimiter).filter((place) => place !== '')
  const only = environment[ONLY_PLACES]
  return only === undefined ? [...new Set([...listed(environment['PATH'] ?? ''), ...PLACES])] : listed(only)
}

/** Looks for a MariaDB, else a MySQL server. Never throws: not to find one is an answer. */
export async function findMysql(home: ServerHome, places: readonly string[] = mysqlPlaces()): Promise<MysqlSearch> {
  const looked: string[] = []
  for (const name of SERVERS) {
    for (const place of places) {
      const server = join(place, name)
      if (!(await isExecutable(server))) continue
      const program = await tryServer(server, home, places)
      if (typeof program !== 'string') return { found: true, program }
      looked.push(program)
    }
  }
  return { found: false, looked: [...looked, ...places] }
}

/** The program, or why this one will not do. */
async function tryServer(server: string, home: ServerHome, places: readonly string[]): Promise<MysqlProgram | string> {
  try {
    const said = await run(server, ['--no-defaults', '--version'], { account: home.account })
    const version = /\d+\.\d+\.\d+/.exec(said)?.[0]
    if (!version) return `${server} (it calls itself ${said.trim()})`
    if (!said.includes('MariaDB')) return { kind: 'mysql', server, runs: `MySQL ${version}`, version }
    const installer = await findInstaller(server, places)
    if (!installer) return `${server} (without mariadb-install-db, which makes its data directory)`
    return { kind: 'mariadb', server, installer, runs: `MariaDB ${version}`, version }
  } catch (error) {
    return `${server} (${error instanceof Error ? error.message : String(error)})`
  }
}

/** Beside the server, where links lead to as well as where they stand, then anywhere. */
async function findInstaller(server: string, places: readonly string[]): Promise<string | undefined> {
  const homes = [dirname(server), dirname(await realpath(server))]
  const near = homes.flatMap((home) => [home, join(home, '..', 'bin'), join(home, '..', 'scripts')])
  for (const place of [...near, ...places]) {
    for (const name of INSTALLERS) {
      if (await isExecutable(join(place, name))) return join(place, name)
    }
  }
  return undefined
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
