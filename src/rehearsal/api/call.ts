import type { Instant } from '../../rules/words.ts'
import { accountOf } from '../world.ts'
import { invalidValue, missingParameter, WireError } from './wire-error.ts'

/** One request of the Query protocol, parsed: who asks what of which Region. */
export interface Call {
  readonly service: 'rds' | 'sts'
  readonly action: string
  /** Everything else of the form, by its wire name (`Filters.Filter.1.Name`). */
  readonly parameters: Readonly<Record<string, string>>
  readonly region: string
  readonly account: string
  readonly at: Instant
}

const VERSIONS: Readonly<Record<string, Call['service']>> = { '2014-10-31': 'rds', '2011-06-15': 'sts' }

/**
 * Parses a request. The Region is the one of the signature's credential scope
 * (`Credential=KEY/date/region/service/aws4_request`), the account the one of the access key. Signatures are not
 * verified: the rehearsal knows no secret keys. Throws {@link WireError}.
 */
export function parseCall(authorization: string | undefined, body: string, at: Instant): Call {
  const scope = /\bCredential=([^/,\s]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(authorization ?? '')
  if (!scope) throw new WireError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
  const [, accessKey = '', region = ''] = scope
  const { Action: action, Version: version, ...parameters } = Object.fromEntries(new URLSearchParams(body))
  if (!action) throw new WireError('MissingAction', 400, 'The request must contain the parameter Action.')
  const service = VERSIONS[version ?? '']
  if (!service) throw new WireError('NoSuchVersion', 400, `The requested version (${version ?? ''}) is not valid.`)
  return { service, action, parameters, region, account: accountOf(accessKey), at }
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
