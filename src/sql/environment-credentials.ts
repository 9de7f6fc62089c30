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
}

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
 * servers it is not used. A password file that others may read, or an option file that anybody may write, is not used, as by libpq and mysql; where no log-in is
 * found then, that is why: `CannotLogIn`, code `FILE_EXPOSED` or `FILE_UNREADABLE`.
 */
export function environmentCredentials({
  environment = process.env,
  home = homedir(),
}: EnvironmentCredentialsOptions = {}): CredentialSource {
  /** What a service says goes before the variables, as with libpq. */
  const service = async (name: string, passed: CannotLogIn[]): Promise<ReadonlyMap<string, string>> => {
    const files = [
      environment['PGSERVICEFILE'] ?? join(home, '.pg_service.conf'),
      ...(environment['PGSYSCONFDIR'] ? [join(environment['PGSYSCONFDIR'], 'pg_service.conf')] : []),
    ]
    for (const file of files) {
      const text = await readPrivate(file, 'write', passed)
      const found = text === undefined ? undefined : findService(text, name)
      if (found) return found
    }
    throw (
      passed[0] ??
      new CannotLogIn(
        'NO_SERVICE',
        `There is no service [${name}] in ${files.join(' or ')}. Correct PGSERVICE, PGSERVICEFILE or the configuration.`,
      )
    )
  }

  const forPostgres = async (endpoint: Endpoint, passed: CannotLogIn[]): Promise<Credentials | undefined> => {
    const { PGSERVICE: named } = environment
    const says: ReadonlyMap<string, string> = named ? await service(named, passed) : new Map()
    const user = says.get('user') ?? environment['PGUSER']
    const password = says.get('password') ?? environment['PGPASSWORD']
    const database = says.get('dbname') ?? environment['PGDATABASE']
    const host = says.get('host') ?? environment['PGHOST']
    const port = says.get('port') ?? environment['PGPORT']
    const passFile = says.get('passfile') ?? environment['PGPASSFILE']
    const mine = isFor(host, port, endpoint)
    if (mine && user && password !== undefined) return withDatabase(user, password, database)
    const path = passFile ?? join(home, '.pgpass')
    const text = await readPrivate(path, 'read', passed)
    return text === undefined
      ? undefined
      : findInPgpass(text, {
          host: endpoint.host,
          port: endpoint.port,
          ...(mine && user && { user }),
          ...(mine && database && { database }),
        })
  }

  const forMysql = async (endpoint: Endpoint, passed: CannotLogIn[]): Promise<Credentials | undefined> => {
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
    const options = await readOptionFiles(path, groups, (file) => readPrivate(file, 'write', passed))
    const [fileUser, filePassword] = [(mine && user) || options.get('user'), options.get('password')]
    if (!isFor(options.get('host'), options.get('port'), endpoint)) return undefined
    return fileUser && filePassword !== undefined
      ? withDatabase(fileUser, filePassword, options.get('database'))
      : undefined
  }

  return {
    async find(endpoint) {
      const passed: CannotLogIn[] = []
      const found = await (endpoint.engine === 'postgres' ? forPostgres : forMysql)(endpoint, passed)
      if (!found && passed[0]) throw passed[0]
      return found
    },
  }
}
