import { isThrottled } from '../rules/change.ts'

/** What an error of the SDK, or of the network below it, says. */
export interface AwsError {
  /** As on the wire (`CertificateNotFound`), else Node's (`ECONNREFUSED`) or the error's name. */
  readonly code: string
  readonly message: string
  /** Whether AWS itself said it, in its own format. */
  readonly answered: boolean
  /** Absent when no answer came. */
  readonly status?: number
  readonly requestId?: string
  /** Whether it failed while a name was looked up or a connection made: no request left this machine. */
  readonly unsent: boolean
}

type Loose = Partial<
  Record<'name' | 'code' | 'Code' | '__type' | 'message' | 'syscall' | '$metadata' | '$response' | 'RequestId', unknown>
>

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The code of AWS's JSON protocols: in the body, or in a header; after a `#` or before a `:` where it has a namespace or a link. */
function jsonCode(type: unknown, response: unknown): string | undefined {
  const { headers }: { headers?: unknown } = Object(response)
  const { 'x-amzn-errortype': header }: { 'x-amzn-errortype'?: unknown } = Object(headers)
  return (text(type) ?? text(header))?.split('#').at(-1)?.split(':')[0]
}

/** The SDK names modelled errors by their shape (`CertificateNotFoundFault`) and keeps the code of the wire in `Code`; others have the code as their name. */
export function awsError(error: unknown): AwsError {
  const { name, code, Code, __type, message, syscall, $metadata, $response, RequestId }: Loose = Object(error)
  const { httpStatusCode, requestId }: { httpStatusCode?: unknown; requestId?: unknown } = Object($metadata)
  const id = text(requestId) ?? text(RequestId)
  const said = text(message) ?? ''
  const wire = text(Code) ?? jsonCode(__type, $response)
  return {
    code: wire ?? text(code) ?? text(name) ?? 'Error',
    // The SDK tells programmers where to look for more, in a second line.
    message: said.split('\n')[0] ?? said,
    answered: wire !== undefined,
    ...(typeof httpStatusCode === 'number' ? { status: httpStatusCode } : {}),
    ...(id === undefined ? {} : { requestId: id }),
    unsent:
      syscall === 'connect' ||
      syscall === 'getaddrinfo' ||
      said.includes('did not establish a connection') ||
      CREDENTIAL_ERRORS.has(text(name) ?? ''),
  }
}

/** Thrown while credentials are looked for, before there is a request. */
export const CREDENTIAL_ERRORS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ProviderError',
])

/** Whether AWS answered with this code, however it is spelt: with `Fault` or `Exception` at its end or without. */
export const isCode = (error: unknown, code: string): boolean => {
  const { answered, code: actual } = awsError(error)
  return answered && actual.replace(/(Fault|Exception)$/, '') === code.replace(/(Fault|Exception)$/, '')
}

/** AWS refused the request because there were too many, before it did anything with it. */
export const isThrottling = ({ answered, code }: AwsError): boolean => answered && isThrottled(code)
