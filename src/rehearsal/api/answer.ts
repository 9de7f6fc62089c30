import type { Call } from './call.ts'
import type { WireError } from './wire-error.ts'
import { element, type Xml } from './xml.ts'

/** A finished answer of the Query protocol. */
export interface Answer {
  readonly status: number
  readonly requestId: string
  readonly body: string
}

const NAMESPACES: Readonly<Record<Call['service'], string>> = {
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
}

export function success(call: Call, result: Readonly<Record<string, Xml>>, requestId: string): Answer {
  const name = `${call.action}Response`
  const inner = element(`${call.action}Result`, result) + element('ResponseMetadata', { RequestId: requestId })
  return { status: 200, requestId, body: `<${name} xmlns="${NAMESPACES[call.service]}">\n${inner}\n</${name}>\n` }
}

/** `Type` is `Sender` for the caller's faults and `Receiver` for the service's. */
export function failure(error: WireError, requestId: string, service: Call['service'] = 'rds'): Answer {
  const inner =
    element('Error', {
      Type: error.status < 500 ? 'Sender' : 'Receiver',
      Code: error.code,
      Message: error.message,
    }) + element('RequestId', requestId)
  return {
    status: error.status,
    requestId,
    body: `<ErrorResponse xmlns="${NAMESPACES[service]}">\n${inner}\n</ErrorResponse>\n`,
  }
}
