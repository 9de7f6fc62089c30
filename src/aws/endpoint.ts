import { CannotAsk } from '../ports/control-plane.ts'
import type { AwsOptions } from './aws-options.ts'

/** Where a request would go, and where it would go if nobody had said otherwise. */
interface Target {
  readonly actual: string
  readonly usual: string
}

/**
 * The custom endpoint that environment and shared AWS files put in force (`AWS_ENDPOINT_URL_RDS`, `AWS_ENDPOINT_URL`, `endpoint_url`
 * …), as the SDK itself resolves it; undefined where AWS's own endpoints are asked, FIPS and dual-stack ones too. A custom endpoint is
 * a world of its own. When only STS has one, it is that one: what account we are in is then not AWS's word.
 *
 * Throws CannotAsk (`NoEndpoint`) for what is no URL. The SDK (3.1169) takes `endpoint_url` from the profile that `AWS_PROFILE` names, not from one named in the program.
 */
export async function endpointInForce({ endpoint }: Pick<AwsOptions, 'endpoint'> = {}): Promise<string | undefined> {
  if (endpoint !== undefined) {
    if (!URL.canParse(endpoint)) throw noEndpoint(`${endpoint} is not a URL`)
    return trimmed(endpoint)
  }
  let targets: readonly Target[]
  try {
    targets = [await rdsTarget(), await stsTarget()]
  } catch (error) {
    throw noEndpoint(error instanceof Error ? error.message : String(error))
  }
  return targets.find(({ actual, usual }) => actual !== usual)?.actual
}

const noEndpoint = (why: string): CannotAsk =>
  new CannotAsk(
    'NoEndpoint',
    'endpoint',
    `The endpoint for AWS cannot be used: ${why}. Nothing was asked. Correct it (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_RDS, AWS_ENDPOINT_URL_STS, or endpoint_url in the AWS configuration), or remove it to speak with AWS itself.`,
  )

/** Any will do: a custom endpoint does not depend on it. And nothing is ever signed or sent with these keys. */
const UNSENT = { region: 'us-east-1', credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' } }

async function rdsTarget(): Promise<Target> {
  const { DescribeCertificatesCommand, RDSClient } = await import('./sdk.ts')
  const client = new RDSClient(UNSENT)
  const command = new DescribeCertificatesCommand({})
  const seen: Seen = {}
  command.middlewareStack.add(() => (args) => stopBefore(args.request, seen), STOP)
  await client.send(command)
  const usual = client.config.endpointProvider({
    Region: UNSENT.region,
    UseFIPS: await client.config.useFipsEndpoint(),
    UseDualStack: await client.config.useDualstackEndpoint(),
  })
  client.destroy()
  return { actual: seen.url ?? '', usual: trimmed(usual.url.href) }
}

async function stsTarget(): Promise<Target> {
  const { GetCallerIdentityCommand, STSClient } = await import('./sdk.ts')
  const client = new STSClient(UNSENT)
  const command = new GetCallerIdentityCommand({})
  const seen: Seen = {}
  command.middlewareStack.add(() => (args) => stopBefore(args.request, seen), STOP)
  await client.send(command)
  const usual = client.config.endpointProvider({
    Region: UNSENT.region,
    UseFIPS: await client.config.useFipsEndpoint(),
    UseDualStack: await client.config.useDualstackEndpoint(),
    UseGlobalEndpoint: false,
  })
  client.destroy()
  return { actual: seen.url ?? '', usual: trimmed(usual.url.href) }
}

interface Seen {
  url?: string
}

/** After the request has been addressed, before it is signed. */
const STOP = { step: 'build', priority: 'high', name: 'stopBeforeSending' } as const

/** Takes down where the request is addressed to, and answers in the place of the network, which is never reached. */
async function stopBefore(request: unknown, seen: Seen) {
  const { protocol, hostname, port, path } = request as {
    protocol: string
    hostname: string
    port?: number
    path: string
  }
  seen.url = trimmed(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
  return { response: undefined, output: { $metadata: {} } }
}

const trimmed = (url: string): string => url.replace(/\/+$/, '')
