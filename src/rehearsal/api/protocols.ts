import type { AwsRequest } from './call.ts'
import { WireError } from './wire-error.ts'

/** The services that are simulated, all on one endpoint. */
export type Service = 'rds' | 'sts' | 'iam' | 'account' | 'cloudtrail'

/** What a request asks, whatever its protocol. */
export interface Asked {
  readonly service: Service
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The Query protocol's versions: a form with `Action` and `Version`, answered in XML. */
const VERSIONS: Readonly<Record<string, Service>> = {
  '2014-10-31': 'rds',
  '2011-06-15': 'sts',
  '2010-05-08': 'iam',
}

/** How CloudTrail's operations are named in `X-Amz-Target` (JSON 1.1): botocore writes the long form, SDKs the short one. */
const CLOUDTRAIL = /^(?:com\.amazonaws\.cloudtrail\.v20131101\.)?CloudTrail_20131101\.(\w+)$/
/** The paths of Account Management (REST and JSON). */
const ACCOUNT_PATHS: Readonly<Record<string, string>> = { '/listRegions': 'ListRegions' }

/** How a request of a service, as the signature's scope names it, is read. */
export const protocolOf = (scoped: string): ((request: AwsRequest) => Asked) =>
  scoped === 'account' ? readRest : scoped === 'cloudtrail' ? readTarget : readForm

/** Whether a service answers in JSON. */
export const speaksJson = (service: Service): boolean => service === 'account' || service === 'cloudtrail'

function readForm({ body }: AwsRequest): Asked {
  const { Action: action, Version: version, ...parameters } = Object.fromEntries(new URLSearchParams(body))
  if (!action) throw new WireError('MissingAction', 400, 'The request must contain the parameter Action.')
  const service = VERSIONS[version ?? '']
  if (!service) throw new WireError('NoSuchVersion', 400, `The requested version (${version ?? ''}) is not valid.`)
  return { service, action, parameters }
}

function readTarget({ body, target }: AwsRequest): Asked {
  const action = CLOUDTRAIL.exec(target ?? '')?.[1]
  if (!action) throw new WireError('UnknownOperationException', 400, `There is no operation ${target ?? ''}.`)
  return { service: 'cloudtrail', action, parameters: readJson(body) }
}

function readRest({ body, path }: AwsRequest): Asked {
  const action = ACCOUNT_PATHS[path]
  if (!action) throw new WireError('UnknownOperationException', 404, `There is no operation at ${path}.`)
  return { service: 'account', action, parameters: readJson(body) }
}

function readJson(body: string): Record<string, string> {
  let value: unknown
  try {
    value = JSON.parse(body || '{}')
  } catch {
    throw new WireError('SerializationException', 400, 'The body is not JSON.')
  }
  return Object.fromEntries(
    Object.entries(Object(value) as Record<string, unknown>).map(([name, member]) => [
      name,
      typeof member === 'string' ? member : JSON.stringify(member),
    ]),
  )
}
