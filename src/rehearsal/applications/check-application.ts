import type { ApplicationConfiguration, ConfiguredDatabase } from './application-file.ts'
import { readApplicationFile } from './application-file.ts'
import type { Connect } from './session.ts'
import { tlsUseOf } from './trust-store.ts'

/** The endpoint to check, as the runbook tells every check. */
export interface CheckEnvironment {
  readonly RDS_CA_HOST?: string | undefined
  readonly RDS_CA_PORT?: string | undefined
}

const USAGE = 'usage: RDS_CA_HOST=NAME RDS_CA_PORT=PORT check APPLICATION.json'

/**
 * An application's own check: connects once, exactly as that application does, to the endpoint that the environment names, and says in one
 * line what came of it. Resolves to the exit code: 0 connected, 1 not, 2 when it was not asked properly. Never throws.
 */
export async function checkApplication(
  argv: readonly string[],
  environment: CheckEnvironment,
  say: (line: string) => void,
): Promise<number> {
  const [file] = argv
  const { RDS_CA_HOST: host, RDS_CA_PORT: port } = environment
  if (file === undefined || argv.length !== 1 || !host || !port) {
    say(USAGE)
    return 2
  }
  let application: ApplicationConfiguration
  try {
    application = await readApplicationFile(file)
  } catch (error) {
    say(reasonOf(error))
    return 2
  }
  const database = application.databases.find((known) => known.host === host && String(known.port) === port)
  if (!database) {
    say(`${application.name}: ${host}:${port} is no database of this rehearsal`)
    return 2
  }
  const endpoint = `${host}:${port} as ${application.user}`
  try {
    await connectOnce(application, database)
    say(`${application.name}: connected to ${endpoint} ${HOW[application.temper]}`)
    return 0
  } catch (error) {
    say(`${application.name}: cannot connect to ${endpoint}: ${reasonOf(error)}`)
    return 1
  }
}

const HOW = {
  verifies: 'with TLS, certificate and host name verified',
  'stale-store': 'with TLS, certificate and host name verified',
  'does-not-verify': 'with TLS, nothing verified',
  plain: 'without TLS',
} as const

async function connectOnce(application: ApplicationConfiguration, database: ConfiguredDatabase): Promise<void> {
  const connect = await driverOf(database)
  const tls = await tlsUseOf(application.temper, application.trustStore)
  const session = await connect({ ...database, ...credentialsOf(application) }, tls)
  await session.end()
}

const credentialsOf = ({ user, password, name }: ApplicationConfiguration) => ({ user, password, application: name })

/** One driver is loaded, not both: a check is started anew each time, and ought to answer soon. */
const driverOf = async ({ family }: ConfiguredDatabase): Promise<Connect> =>
  family === 'postgres'
    ? (await import('./connect-postgres.ts')).connectPostgres
    : (await import('./connect-mysql.ts')).connectMysql

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const line = message.replaceAll(/\s+/g, ' ').trim()
  return code && !line.includes(code) ? `${line} (${code})` : line
}
