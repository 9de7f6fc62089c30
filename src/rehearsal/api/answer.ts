import { asJson } from './json.ts'
import { speaksJson, type Service } from './protocols.ts'
import type { WireError } from './wire-error.ts'
import { element, type Xml } from './xml.ts'

/** A finished answer. */
export interface Answer {
  readonly status: number
  readonly requestId: string
  readonly contentType: string
  readonly body: string
  /** By which the JSON protocols of a REST kind name an error. */
  readonly errorType?: string
}

const NAMESPACES: Readonly<Partial<Record<Service, string>>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
}

const XML = 'text/xml'
const JSON_TYPES: Readonly<Partial<Record<Service, string>>> = {
  account: 'application/json',
  cloudtrail: 'application/x-amz-json-1.1',
}

export function success(
  call: { readonly service: Service; readonly action: string },
  result: Readonly<Record<string, Xml>>,
  requestId: string,
): Answer {
  if (speaksJson(call.service))
    return { status: 200, requestId, contentType: JSON_TYPES[call.service] ?? '', body: JSON.stringify(asJson(result)) }
  const name = `${call.action}Response`
  const inner = element(`${call.action}Result`, result) + element('ResponseMetadata', { RequestId: requestId })
  const body = `<${name} xmlns="${NAMESPACES[call.service] ?? ''}">\n${inner}\n</${name}>\n`
  return { status: 200, requestId, contentType: XML, body }
}

/** `Type` is `Sender` for the caller's faults and `Receiver` for the service's. */
export function failure(error: WireError, requestId: string, service: Service = 'rds'): Answer {
  const { code, message, status } = error
  if (speaksJson(service)) {
    const body = JSON.stringify({ __type: code, message })
    return { status, requestId, contentType: JSON_TYPES[service] ?? '', body, errorType: code }
  }
  const inner =
    element('Error', { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message }) +
    element('RequestId', requestId)
  const body = `<ErrorResponse xmlns="${NAMESPACES[service] ?? ''}">\n${inner}\n</ErrorResponse>\n`
  return { status, requestId, contentType: XML, body }
}
