import { CannotAsk } from '../ports/control-plane.ts'
import { awsError, CREDENTIAL_ERRORS, isThrottling, type AwsError } from './aws-error.ts'
import type { Service } from './operations.ts'

/** Who asked, for what an operator is told. */
export interface Asker {
  readonly region: string
  readonly profile?: string
}

const DENIED = /^(AccessDenied|UnauthorizedOperation|NotAuthorized|AuthorizationError|OperationNotPermitted)/
const EXPIRED = /^(ExpiredToken|RequestExpired|TokenRefreshRequired)/
const UNKNOWN_KEYS =
  /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|AuthFailure|MissingAuthenticationToken)/
/** Whether AWS says by this code that the credentials themselves do not hold, or hold no more. */
export const areSpent = (code: string): boolean => EXPIRED.test(code) || UNKNOWN_KEYS.test(code)

const NETWORK = /^(E[A-Z]{3,}|TimeoutError|NetworkingError)/
const UNTRUSTED = /(CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|ERR_SSL)/

/**
 * An SDK error as {@link CannotAsk}. What is neither AWS's answer, nor the network's, nor about credentials is a bug, and comes back
 * as it is.
 * @param operation as AWS names it: `DescribeDBInstances`
 */
export function cannotAsk(error: unknown, service: Service, operation: string, asker: Asker): unknown {
  if (error instanceof CannotAsk) return error
  const failure = awsError(error)
  if (failure.answered && DENIED.test(failure.code)) {
    const permission = missingPermission(failure, `${service}:${operation}`)
    const message = `AWS does not permit ${permission} (${failure.message}). Nothing was changed. Ask whoever grants permissions in this account for ${permission}.`
    return new CannotAsk(failure.code, operation, message, { cause: error, permission })
  }
  const sentence = sentenceFor(error, failure, operation, asker)
  return sentence === undefined ? error : new CannotAsk(failure.code, operation, sentence, { cause: error })
}

/** AWS names the permission in its sentence; it can be another one than the operation's, `sts:AssumeRole` for example. */
const missingPermission = ({ message }: AwsError, fallback: string): string =>
  /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1] ?? fallback

function sentenceFor(
  error: unknown,
  failure: AwsError,
  operation: string,
  { region, profile }: Asker,
): string | undefined {
  const { code, message, answered, status } = failure
  const login = `aws sso login${profile === undefined ? '' : ` --profile ${profile}`}`
  const whose = profile === undefined ? 'the credentials in force' : `the credentials of profile ${profile}`
  if (error instanceof Error && CREDENTIAL_ERRORS.has(error.name)) {
    return `No AWS credentials could be had${profile === undefined ? '' : ` for profile ${profile}`}: ${message}. Nothing was asked. Log in (${login}), name a profile with --profile, or set access keys in the environment.`
  }
  if (answered) {
    if (EXPIRED.test(code))
      return `AWS says that ${whose} have expired (${code}). Nothing was changed. Log in again (${login}), and check this machine’s clock.`
    if (UNKNOWN_KEYS.test(code))
      return `AWS does not accept ${whose} (${code}: ${message}). Nothing was changed. Check the profile or the access keys, and this machine’s clock.`
    if (code === 'OptInRequired')
      return `The Region ${region} is not enabled in this account (${code}). Nothing was changed. Enable it, or name another Region.`
    if (isThrottling(failure))
      return `AWS asks for patience: ${operation} was throttled, more than once (${code}). Nothing was changed. Wait a minute and do it again.`
    return `AWS refused ${operation} in ${region}: ${code}: ${message}`
  }
  if (UNTRUSTED.test(code))
    return `The certificate of AWS’s endpoint could not be verified (${code}: ${message}). Nothing was asked. Something between here and AWS may open TLS; give its CA in NODE_EXTRA_CA_CERTS.`
  if (NETWORK.test(code))
    return `${operation} got no whole answer in ${region}: ${message} (${code}). Check the network, the Region’s name and the endpoint (AWS_ENDPOINT_URL), and try again.`
  if (status !== undefined)
    return `The answer to ${operation} was not AWS’s (HTTP ${status}: ${message}). A proxy or another server may have given it; check the endpoint and try again.`
  return undefined
}

/** An answer that AWS cannot have given: without the list that it always holds. A proxy’s log-in page reads like an empty one. */
export const notAnAnswer = (operation: string): CannotAsk =>
  new CannotAsk(
    'NotAnAnswer',
    operation,
    `The answer to ${operation} holds nothing of what AWS always answers. A proxy or another server may have given it; check the endpoint and try again.`,
  )
