import type { Instant } from '../../rules/words.ts'
import { accountOf, partitionOf, partitionOfAccount } from '../world.ts'
import { protocolOf, type Service } from './protocols.ts'
import { invalidValue, missingParameter, WireError } from './wire-error.ts'

/** One HTTP request, as far as the AWS protocols need it. */
export interface AwsRequest {
  /** The path, without a query. */
  readonly path: string
  readonly body: string
  readonly authorization?: string | undefined
  /** `X-Amz-Target`, by which the JSON protocols name the operation. */
  readonly target?: string | undefined
}

/** One request, parsed: who asks what of which Region. */
export interface Call {
  readonly service: Service
  readonly action: string
  /** Everything else of the form, by its wire name (`Filters.Filter.1.Name`); of a JSON body each member, as text. */
  readonly parameters: Readonly<Record<string, string>>
  readonly region: string
  readonly account: string
  readonly accessKey: string
  readonly at: Instant
}

/**
 * Parses a request. The Region is the one of the signature's credential scope
 * (`Credential=KEY/date/region/service/aws4_request`), the account the one of the access key. Signatures are not
 * verified: the rehearsal knows no secret keys. Keys of one partition are unknown in the others. Throws {@link WireError}.
 */
export function parseCall(request: AwsRequest, at: Instant): Call {
  const scope = /\bCredential=([^/,\s]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(request.authorization ?? '')
  if (!scope) throw new WireError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
  const [, accessKey = '', region = '', scoped = ''] = scope
  const { service, action, parameters } = protocolOf(scoped)(request)
  const account = accountOf(accessKey)
  if (partitionOf(region) !== partitionOfAccount(account))
    throw new WireError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.')
  return { service, action, parameters, region, account, accessKey, at }
}

/** A parameter that the action cannot do without. */
export function required(call: Call, name: string): string {
  const value = call.parameters[name]
  if (!value) throw missingParameter(name)
  return value
}

/** A boolean parameter; undefined when it was not sent. */
export function flag(call: Call, name: string): boolean | undefined {
  const value = call.parameters[name]
  if (value === undefined) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw invalidValue(`Invalid boolean value for ${name}: ${value}`)
}

/** An integer parameter within bounds; undefined when it was not sent. */
export function integer(call: Call, name: string, least: number, most: number): number | undefined {
  const value = call.parameters[name]
  if (value === undefined) return undefined
  const number = Number(value)
  if (!Number.isInteger(number) || number < least || number > most)
    throw invalidValue(`Invalid value ${value} for ${name}. Must be between ${least} and ${most}`)
  return number
}

/** A timestamp parameter, ISO 8601; undefined when it was not sent. */
export function timestamp(call: Call, name: string): Instant | undefined {
  const value = call.parameters[name]
  if (value === undefined) return undefined
  const at = Date.parse(value)
  if (Number.isNaN(at)) throw invalidValue(`Invalid timestamp for ${name}: ${value}`)
  return at
}

/** The members of a list parameter: `EventCategories.EventCategory.1`, `.2` … (or `.member.1`). */
export const listed = (call: Call, prefix: string): readonly string[] =>
  Object.entries(call.parameters)
    .filter(([name]) => name.startsWith(`${prefix}.`))
    .map(([, value]) => value)
