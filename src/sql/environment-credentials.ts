import { homedir } from 'node:os'
import { join } from 'node:path'
import { CannotLogIn, type Credentials, type CredentialSource } from '../ports/sql.ts'
import { readOptionFiles } from './option-files.ts'
import { findService } from './pg-service.ts'
import { readPrivate } from './private-file.ts'
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

/** The groups that every client reads. */
const GROUPS = ['client', 'client-server', 'client-mariadb']

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
 * Log-ins from where the clients' own tools look: the service that PGSERVICE names, over PGUSER, PGPASSWORD and PGDATABASE, then
 * `~/.pgpass` (PGPASSFILE);
 * MYSQL_USER, MYSQL_PWD and MYSQL_DATABASE, then the `[client]` groups of `~/.my.cnf` and of what it includes. PGHOST, PGPORT, MYSQL_HOST and
 * MYSQL_TCP_PORT, where they are set, and `host` and `port` in the file, say which server the log-in is for: for other
 * servers it is not used. A password file that others may read, or an option file that anybody may write, is not used, as by libpq and mysql.
 */
export function environmentCredentials({
  environment = process.env,
  home = homedir(),
  warn = () => undefined,
}: EnvironmentCredentialsOptions = {}): CredentialSource {
  /** What a service says goes before the variables, as with libpq. */
  const service = async (name: string): Promise<ReadonlyMap<string, string>> => {
    const files = [
      environment['PGSERVICEFILE'] ?? join(home, '.pg_service.conf'),
      ...(environment['PGSYSCONFDIR'] ? [join(environment['PGSYSCONFDIR'], 'pg_service.conf')] : []),
    ]
    for (const file of files) {
      const text = await readPrivate(file, OTHERS_MAY_WRITE, (mode) =>
        warn(`${file} is not used: anybody may write it (${mode}). chmod 0600 it.`),
      )
      const found = text === undefined ? undefined : findService(text, name)
      if (found) return found
    }
    throw new CannotLogIn(
      'NO_SERVICE',
      `There is no service [${name}] in ${files.join(' or ')}, or it cannot be read. Correct PGSERVICE, PGSERVICEFILE or the configuration.`,
    )
  }

  const forPostgres = async (endpoint: Endpoint): Promise<Credentials | undefined> => {
    const { PGSERVICE: named } = environment
    const says: ReadonlyMap<string, string> = named ? await service(named) : new Map()
    const user = says.get('user') ?? environment['PGUSER']
    const password = says.get('password') ?? environment['PGPASSWORD']
    const database = says.get('dbname') ?? environment['PGDATABASE']
    const host = says.get('host') ?? environment['PGHOST']
    const port = says.get('port') ?? environment['PGPORT']
    const passFile = says.get('passfile') ?? environment['PGPASSFILE']
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
    const suffix = environment['MYSQL_GROUP_SUFFIX']
    const groups = new Set(suffix ? GROUPS.flatMap((group) => [group, group + suffix]) : GROUPS)
    const options = await readOptionFiles(path, groups, (file) =>
      readPrivate(file, OTHERS_MAY_WRITE, (mode) =>
        warn(`${file} is not used: anybody may write it (${mode}). chmod 0600 it.`),
      ),
    )
    const [fileUser, filePassword] = [(mine && user) || options.get('user'), options.get('password')]
    if (!isFor(options.get('host'), options.get('port'), endpoint)) return undefined
    return fileUser && filePassword !== undefined
      ? withDatabase(fileUser, filePassword, options.get('database'))
      : undefined
  }

  return { find: (endpoint) => (endpoint.engine === 'postgres' ? forPostgres(endpoint) : forMysql(endpoint)) }
}
