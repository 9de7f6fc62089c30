import { openLogInSecrets } from '../aws/open-log-in-secrets.ts'
import type { FleetListing } from '../fleet/list-fleet.ts'
import type { CredentialSource } from '../ports/sql.ts'
import { declaredCredentials } from '../sql/declared-credentials.ts'
import type { SessionOptions } from './open-session.ts'

/** Log-ins as the configuration declares them, by the endpoints that AWS lists; for the rest, from where the session has them. */
export function declaredLogIns(
  { config, credentials, typed, profile: ownProfile, endpoint, keys }: SessionOptions,
  { databases }: FleetListing,
): CredentialSource {
  return declaredCredentials(({ host, port }) => {
    const found = databases.find(
      ({ record }) => record.endpoint?.host.toLowerCase() === host.toLowerCase() && record.endpoint.port === port,
    )
    const logIn = found && config.databases[found.about.name]?.login
    if (!found || !logIn) return undefined
    const { about, record } = found
    const profile = found.profile ?? ownProfile
    const password = typed?.get(about.name)
    return {
      name: about.name,
      logIn,
      iamAuth: record.iamAuth,
      ...(record.masterUserSecret && { masterSecret: record.masterUserSecret.arn }),
      ...(password !== undefined && { typed: password }),
      secrets: openLogInSecrets({
        region: about.subject.region ?? '',
        ...(profile && { profile }),
        ...(endpoint && { endpoint }),
        ...(keys && { keys }),
      }),
    }
  }, credentials)
}
