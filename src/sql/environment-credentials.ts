import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Credentials, CredentialSource } from '../ports/sql.ts'
import { readOptions } from './option-file.ts'
import { findInPgpass } from './pgpass.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Endpoint = Parameters<CredentialSource['find']>[0]

export interface EnvironmentCredentialsOptions {
  /** In place of `process.env`. */
  readonly environment?: Environment
  /** In place of the user's home directory. */
  readonly home?: string
  /** Hears of files that are there and are not used, in one sentence. */
  readonly warn?: (sentence: string) => void
}

const EVERYBODY_ELSE = 0o077
const OTHERS_MAY_WRITE = 0o002

/** Files have no such permission bits on Windows; libpq does not look there either. */
const CHECKS_MODE = process.platform !== 'win32'

/** The text of a file that nobody else may read (or write); undefined when there is none. */
async function readPrivate(
  path: string,
  forbidden: number,
  complain: (mode: string) => void,
): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if (CHECKS_MODE && (mode & forbidden) !== 0) {
      complain((mode & 0o777).toString(8).padStart(4, '0'))
      return undefined
    }
    return await readFile(path, 'utf8')
  } catch {
    // Not there, or not ours to read: then there are no credentials in it for us.
    return undefined
  }
}

/** Settings that name a server are for that one: its password must not go to another, however well that one is verified. */
const isFor = (host: string | undefined, port: string | undefined, endpoint: Endpoint): boolean =>
  (host === undefined || host === '' || host.toLowerCase() === endpoint.host.toLowerCase()) &&
  (port === undefined || port === '' || Number(port) === endpoint.port)

const withDatabase = (user: string, password: string, database: string | undefined): Credentials => ({
  user,
  password,
  ...(database !== undefined && database !== '' && { database }),
})

/**
 * Log-ins from where the clients' own tools look: PGUSER, PGPASSWORD and PGDATABASE, then `~/.pgpass` (PGPASSFILE);
 * MYSQL_USER, MYSQL_PWD and MYSQL_DATABASE, then the `[client]` group of `~/.my.cnf`. PGHOST, PGPORT, MYSQL_HOST and
 * MYSQL_TCP_PORT, where they are set, and `host` and `port` in the file, say which server the log-in is for: for other
 * servers it is not used. A password file that others may read, or an option file that anybody may write, is not used, as by libpq and mysql.
 */
export function environmentCredentials({
  environment = process.env,
  home = homedir(),
  warn = () => undefined,
}: EnvironmentCredentialsOptions = {}): CredentialSource {
  const forPostgres = async (endpoint: Endpoint): Promise<Credentials | undefined> => {
    const {
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
      PGHOST: host,
      PGPORT: port,
      PGPASSFILE: passFile,
    } = environment
    const mine = isFor(host, port, endpoint)
    if (mine && user && password !== undefined) return withDatabase(user, password, database)
    const path = passFile ?? join(home, '.pgpass')
    const text = await readPrivate(path, EVERYBODY_ELSE, (mode) =>
      warn(`${path} is not used: others may read it (${mode}). chmod 0600 it.`),
    )
    return text === undefined
      ? undefined
      : findInPgpass(text, {
          host: endpoint.host,
          port: endpoint.port,
          ...(mine && user && { user }),
          ...(mine && database && { database }),
        })
  }

  const forMysql = async (endpoint: Endpoint): Promise<Credentials | undefined> => {
    const {
      MYSQL_USER: user,
      MYSQL_PWD: password,
      MYSQL_DATABASE: database,
      MYSQL_HOST: host,
      MYSQL_TCP_PORT: port,
    } = environment
    const mine = isFor(host, port, endpoint)
    if (mine && user && password !== undefined) return withDatabase(user, password, database)
    const path = join(home, '.my.cnf')
    const text = await readPrivate(path, OTHERS_MAY_WRITE, (mode) =>
      warn(`${path} is not used: anybody may write it (${mode}). chmod 0600 it.`),
    )
    if (text === undefined) return undefined
    const options = readOptions(text, new Set(['client', 'client-server', 'client-mariadb']))
    const [fileUser, filePassword] = [(mine && user) || options.get('user'), options.get('password')]
    if (!isFor(options.get('host'), options.get('port'), endpoint)) return undefined
    return fileUser && filePassword !== undefined
      ? withDatabase(fileUser, filePassword, options.get('database'))
      : undefined
  }

  return { find: (endpoint) => (endpoint.engine === 'postgres' ? forPostgres(endpoint) : forMysql(endpoint)) }
}
