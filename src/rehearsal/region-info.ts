import type { DatabaseState } from './state/database-state.ts'

/** One database of the Region, and how to log in to it. The passwords are the rehearsal's own throwaway ones. */
export interface RegionDatabase {
  readonly id: string
  /** Where they are not the home account and Region. */
  readonly account?: string
  readonly region?: string
  readonly engine: DatabaseState['engine']
  /** The endpoint's name, which its certificate names and which resolves nowhere. */
  readonly host: string
  /** Where it really listens. */
  readonly address: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** How to reach a living Region. Paths are absolute. */
export interface RegionInfo {
  /** For the AWS SDK and the AWS CLI: `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
  readonly region: string
  readonly accountId: string
  /** The global bundle, over HTTPS; `bundleCa` vouches for that server. */
  readonly bundleUrl: string
  readonly bundleCa: string
  /** The same bundle as a file. */
  readonly bundleFile: string
  readonly requestLog: string
  /** A rds-ca-runbook.config.yaml that declares all of it. */
  readonly config: string
  readonly checkProgram: string
  /** Whether the second pair runs a real MariaDB or MySQL, or a PostgreSQL stands in for one. */
  readonly mysql: 'real' | 'stand-in'
  readonly speed: number
  readonly faults: readonly string[]
  /** What an operator should know of how this rehearsal differs from the full one. */
  readonly notices: readonly string[]
  /** The process that serves it. */
  readonly pid: number
  readonly databases: readonly RegionDatabase[]
  /** What a world has that is more than two pairs in one place. */
  readonly world?: RegionWorld
}

/** The rest of a larger world. */
export interface RegionWorld {
  readonly name: string
  /** The Regions that have databases, each with its own bundle. */
  readonly regions: readonly { readonly region: string; readonly bundleUrl: string }[]
  readonly accounts: readonly {
    readonly id: string
    readonly alias: string
    readonly accessKey: string
    readonly partition: string
  }[]
  /** The clusters' endpoints: the name and port that the API gives, and where they are reached. */
  readonly endpoints: readonly {
    readonly cluster: string
    readonly host: string
    readonly port: number
    readonly address: string
  }[]
}

/** One line of JSON, for programs: `rehearse --serve --json`. */
export function infoAsJson(info: RegionInfo): string {
  const { endpoint, region, accountId, bundleUrl, bundleFile, requestLog, databases, ...more } = info
  return JSON.stringify({ endpoint, region, accountId, bundleUrl, bundleFile, requestLog, databases, ...more })
}

/** Sentences, for people: `rehearse --serve`. */
export function infoAsSentences(info: RegionInfo): string {
  const [first] = info.databases
  const { bundleFile } = info
  return [
    `A simulated ${info.region} is up: account ${info.accountId}, ${info.databases.length} databases, ${info.speed} times as fast as AWS.`,
    ...info.notices,
    ...(info.faults.length > 0 ? [`Switched on: ${info.faults.join(', ')}.`] : []),
    '',
    'Point the AWS CLI or an SDK at it (any access key will do):',
    `  export AWS_ENDPOINT_URL=${info.endpoint} AWS_REGION=${info.region} AWS_DEFAULT_REGION=${info.region} AWS_ACCESS_KEY_ID=rehearsal AWS_SECRET_ACCESS_KEY=rehearsal`,
    '  aws rds describe-db-instances',
    '',
    `The trust bundle: ${info.bundleUrl} (its server's CA: ${info.bundleCa}), and as a file: ${bundleFile}`,
    `The declarations:  ${info.config}`,
    `Every request:     ${info.requestLog}`,
    '',
    'The databases:',
    ...info.databases.map(
      ({ id, engine, host, address, port, user, password, database }) =>
        `  ${id} (${engine}): ${host} at ${address}:${port}, user ${user}, password ${password}, database ${database}`,
    ),
    ...(first
      ? [
          '',
          'For example:',
          `  PGPASSWORD=${first.password} psql "host=${first.host} hostaddr=${first.address} port=${first.port} user=${first.user} dbname=${first.database} sslmode=verify-full sslrootcert=${bundleFile}"`,
        ]
      : []),
  ].join('\n')
}
