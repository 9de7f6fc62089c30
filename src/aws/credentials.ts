import type { AwsOptions } from './aws-options.ts'
import { SILENT } from './silent.ts'

/**
 * The credentials to sign with: the keys that are given, else what the SDK's own chain finds for the profile; and the role's that is taken
 * on with those, where one is. Nothing is asked yet.
 * @param endpoint where STS is asked for the role, when not where the SDK asks it
 */
export async function credentialsFor(
  { profile, keys, role }: AwsOptions,
  region: string,
  endpoint: { readonly endpoint?: string } = {},
) {
  // Where the keys are given there is nothing to look for, and nothing to load.
  if (keys && role === undefined) return keys
  const sdk = await import('./credential-sdk.ts')
  const named = profile === undefined ? {} : { profile }
  const own =
    keys ??
    sdk.fromNodeProviderChain({
      ...named,
      clientConfig: { region },
      logger: SILENT,
      // The shared files change while a session lasts: somebody logs in again.
      ignoreCache: true,
    })
  if (role === undefined) return own
  return sdk.fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: role, RoleSessionName: 'rds-ca-runbook' },
    clientConfig: { region, ...endpoint },
    logger: SILENT,
  })
}
