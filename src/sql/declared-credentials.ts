import type { DeclaredLogIn, LogInSecrets } from '../ports/log-in.ts'
import { CannotLogIn, type Credentials, type CredentialSource } from '../ports/sql.ts'
import { environmentCredentials } from './environment-credentials.ts'
import { credentialsIn } from './secret-text.ts'

type Endpoint = Parameters<CredentialSource['find']>[0]

/** A database whose log-in is declared. */
export interface LogInOf {
  readonly name: string
  readonly logIn: DeclaredLogIn
  /** ARN of the instance's own master user secret, where RDS manages one. */
  readonly masterSecret?: string
  /** Whether the database takes IAM tokens. */
  readonly iamAuth: boolean
  readonly secrets: LogInSecrets
  /** What was typed for it; undefined where nothing was. */
  readonly typed?: string
}

const within = (database: string | undefined): { readonly database?: string } =>
  database === undefined ? {} : { database }

async function fromSecret(
  { name, masterSecret, secrets }: LogInOf,
  { secret, database }: Extract<DeclaredLogIn, { from: 'secret' }>,
): Promise<Credentials> {
  const id = secret ?? masterSecret
  if (id === undefined)
    throw new CannotLogIn(
      'NO_MASTER_SECRET',
      `RDS manages no master user secret for ${name}: its password is not in Secrets Manager. Name the secret as databases.${name}.login.secret, or take the log-in from elsewhere.`,
    )
  return credentialsIn(await secrets.secret(id), id, database)
}

/** The log-in that is declared for a database. Throws `CannotAsk`, or `CannotLogIn` with what to do. */
async function declared(of: LogInOf, endpoint: Endpoint): Promise<Credentials | undefined> {
  const { logIn } = of
  switch (logIn.from) {
    case 'environment':
      return environmentCredentials().find(endpoint)
    case 'service':
      return environmentCredentials({ environment: { ...process.env, PGSERVICE: logIn.service } }).find(endpoint)
    case 'iam': {
      const { user, database } = logIn
      if (!of.iamAuth)
        throw new CannotLogIn(
          'IAM_OFF',
          `IAM authentication is off for ${of.name}: it takes no tokens. Nothing was sent. Turn it on (aws rds modify-db-instance --enable-iam-database-authentication), or take the log-in from elsewhere.`,
        )
      const { host, port } = endpoint
      const password = await of.secrets.token({ host, port, user })
      return { user, password, ...within(database), token: true }
    }
    case 'secret':
      return fromSecret(of, logIn)
    case 'prompt':
      return of.typed === undefined ? undefined : { user: logIn.user, password: of.typed, ...within(logIn.database) }
    case 'nowhere':
      return undefined
  }
}

/**
 * Log-ins as they are declared: what is declared for a database is used, and nothing else. For other endpoints `otherwise` is asked.
 * @param logInOf finds the database that an endpoint belongs to, if its log-in is declared
 */
export const declaredCredentials = (
  logInOf: (endpoint: Endpoint) => LogInOf | undefined,
  otherwise: CredentialSource,
): CredentialSource => ({
  find: async (endpoint) => {
    const of = logInOf(endpoint)
    return of ? declared(of, endpoint) : otherwise.find(endpoint)
  },
})
