import { openLogInSecrets } from '../aws/open-log-in-secrets.ts'
import { declaredOf } from '../config/declared.ts'
import type { FleetListing } from '../fleet/list-fleet.ts'
import type { CredentialSource } from '../ports/sql.ts'
import { declaredCredentials } from '../sql/declared-credentials.ts'
import { awsFor } from './fleet-access.ts'
import type { SessionOptions } from './open-session.ts'

/** Log-ins as the configuration declares them, by the endpoints that AWS lists; for the rest, from where the session has them. */
export function declaredLogIns(
  { config, credentials, typed, endpoint, keys }: SessionOptions,
  { databases, names }: FleetListing,
): CredentialSource {
  return declaredCredentials(({ host, port }) => {
    const found = databases.find(
      ({ record }) => record.endpoint?.host.toLowerCase() === host.toLowerCase() && record.endpoint.port === port,
    )
    const called = found ? names.namesOf(found.about) : []
    const logIn = declaredOf(config, called)?.login
    if (!found || !logIn) return undefined
    const { about, record, at } = found
    const password = called.map((name) => typed?.logIns.get(name)).find((one) => one !== undefined)
    return {
      name: about.name,
      logIn,
      iamAuth: record.iamAuth,
      ...(record.masterUserSecret && { masterSecret: record.masterUserSecret.arn }),
      ...(password !== undefined && { typed: password }),
      secrets: openLogInSecrets({
        ...awsFor({ ...(endpoint && { endpoint }), ...(keys && { keys }) }, at.place, undefined),
        region: at.region,
      }),
    }
  }, credentials)
}
