import type { RDSClient, RDSClientConfig } from '@aws-sdk/client-rds'
import type { STSClient } from '@aws-sdk/client-sts'
import { CannotAsk } from '../ports/control-plane.ts'
import { DEFAULT_TIMEOUTS, type AwsOptions } from './aws-options.ts'
import { credentialsFor } from './credentials.ts'
import { endpointInForce } from './endpoint.ts'
import { SILENT } from './silent.ts'

export interface Clients {
  readonly region: string
  readonly rds: RDSClient
  readonly sts: STSClient
  /** What clients of other services are made with, to speak as the same caller. */
  readonly options: Pick<
    RDSClientConfig,
    'profile' | 'region' | 'endpoint' | 'credentials' | 'logger' | 'requestHandler'
  >
}

/**
 * Clients for RDS and STS with the same credentials, found by the SDK's own chain. Nothing is asked yet.
 * @param rdsAttempts 1 for changes: the SDK's own three send a change again whose answer was lost. For reads the SDK's default.
 * Throws {@link CannotAsk}: `NoRegion` where no Region is named, `BadRegion` for what can be none.
 */
export async function makeClients(options: AwsOptions, rdsAttempts?: number): Promise<Clients> {
  const sdk = await import('./sdk.ts')
  const { profile } = options
  const named = profile === undefined ? {} : { profile }
  const region = options.region ?? (await regionInForce(profile))
  assertRegion(region)
  const { connect, request } = options.timeouts ?? DEFAULT_TIMEOUTS
  const endpoint = await endpointOption(options.endpoint)
  const config = {
    ...named,
    region,
    ...endpoint,
    credentials: await credentialsFor(options, region, endpoint),
    logger: SILENT,
    // Without `throwOnRequestTimeout` the SDK only warns, and waits on.
    requestHandler: {
      connectionTimeout: connect,
      requestTimeout: request,
      socketTimeout: request,
      throwOnRequestTimeout: true,
    },
  }
  const attempts = rdsAttempts === undefined ? {} : { maxAttempts: rdsAttempts }
  return { region, rds: new sdk.RDSClient({ ...config, ...attempts }), sts: new sdk.STSClient(config), options: config }
}

/** A Region becomes part of a host's name. The SDK would throw an error without a name or code at the first request. */
function assertRegion(region: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(region)) return
  throw new CannotAsk(
    'BadRegion',
    'region',
    `"${region}" is no name of an AWS Region. Nothing was asked. Correct --region, AWS_REGION or the profile that is used, for example to eu-central-1.`,
  )
}

/** An endpoint that the environment gives is left to the SDK, which knows that RDS and STS may have one each. */
async function endpointOption(endpoint: string | undefined): Promise<{ endpoint?: string }> {
  if (endpoint === undefined) return {}
  const given = await endpointInForce({ endpoint })
  return given === undefined || given === (await endpointInForce()) ? {} : { endpoint: given }
}

/** The SDK itself does not look at `AWS_DEFAULT_REGION`, as the AWS CLI does. */
async function regionInForce(profile: string | undefined): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  const given = AWS_REGION || AWS_DEFAULT_REGION
  if (given) return given
  const { RDSClient } = await import('./sdk.ts')
  const client = new RDSClient(profile === undefined ? {} : { profile })
  try {
    return await client.config.region()
  } catch (error) {
    throw new CannotAsk(
      'NoRegion',
      'region',
      'No AWS Region is named. Nothing was asked. Name one with --region or AWS_REGION, or in the profile that is used.',
      { cause: error },
    )
  } finally {
    client.destroy()
  }
}
