import { CannotAsk } from '../ports/control-plane.ts'
import type { LogInSecrets } from '../ports/log-in.ts'
import { DEFAULT_TIMEOUTS, type AwsOptions } from './aws-options.ts'
import { cannotAsk } from './cannot-ask.ts'
import { credentialsFor } from './credentials.ts'
import { SILENT } from './silent.ts'

/** A Region is known here: log-ins are for databases that AWS has listed. */
export type LogInSecretsOptions = AwsOptions & { readonly region: string }

/**
 * IAM tokens and secrets with the credentials of one profile. A token is signed for the endpoint that it is asked for, whatever tunnel
 * leads there. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
 */
export function openLogInSecrets(options: LogInSecretsOptions): LogInSecrets {
  const { region, profile, endpoint, timeouts } = options
  const asker = { region, ...(profile !== undefined && { profile }) }
  const sdkAndCredentials = async () => {
    const sts = endpoint === undefined ? {} : { endpoint }
    return { sdk: await import('./log-in-sdk.ts'), credentials: await credentialsFor(options, region, sts) }
  }

  return {
    async token({ host, port, user }) {
      const { sdk, credentials } = await sdkAndCredentials()
      try {
        return await new sdk.Signer({ hostname: host, port, username: user, region, credentials }).getAuthToken()
      } catch (error) {
        throw cannotAsk(error, 'rds-db', 'connect', asker)
      }
    },

    async secret(id) {
      const { sdk, credentials } = await sdkAndCredentials()
      const { connect, request } = timeouts ?? DEFAULT_TIMEOUTS
      const client = new sdk.SecretsManagerClient({
        region,
        credentials,
        logger: SILENT,
        ...(endpoint !== undefined && { endpoint }),
        requestHandler: {
          connectionTimeout: connect,
          requestTimeout: request,
          socketTimeout: request,
          throwOnRequestTimeout: true,
        },
      })
      try {
        const { SecretString: text } = await client.send(new sdk.GetSecretValueCommand({ SecretId: id }))
        if (text !== undefined) return text
      } catch (error) {
        throw refusal(cannotAsk(answered(error), 'secretsmanager', 'GetSecretValue', asker), id)
      } finally {
        client.destroy()
      }
      throw new CannotAsk(
        'NoText',
        'GetSecretValue',
        `The secret ${id} holds bytes and no text. Name one that RDS or the console made for a database, as JSON with username and password.`,
      )
    },
  }
}

/** Secrets Manager speaks JSON, for which the SDK keeps the wire's code as the error's name alone. */
const answered = (error: unknown): unknown =>
  error instanceof Error && '$fault' in error && /(Exception|Failure|ServiceError)$/.test(error.name)
    ? Object.assign(error, { Code: error.name })
    : error

/** A secret under a key of its own needs that key too, and AWS says so in its sentence alone. */
function refusal(error: unknown, id: string): unknown {
  if (!(error instanceof CannotAsk)) return error
  const cause = { cause: error.cause }
  if (error.permission !== undefined && /KMS/.test(error.message))
    return new CannotAsk(
      error.code,
      error.operation,
      `AWS lets nobody decrypt ${id} with these credentials. Nothing was changed. Ask for kms:Decrypt on the key of this secret.`,
      { ...cause, permission: 'kms:Decrypt' },
    )
  if (error.code === 'ResourceNotFoundException')
    return new CannotAsk(
      error.code,
      error.operation,
      `There is no secret ${id} in this account and Region. Nothing was changed. Correct login.secret in the configuration, or leave it out for the instance’s own.`,
      cause,
    )
  return error
}
