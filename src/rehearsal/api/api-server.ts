import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { scaled } from '../lifecycle/delays.ts'
import { carryOut, type Backend } from './carry-out.ts'
import { failure, type Answer } from './answer.ts'
import { WireError } from './wire-error.ts'

/** Bytes. The largest request that any client of the rehearsal has reason to send is far smaller. */
const LARGEST_REQUEST = 65_536

/** Answers one HTTP request of the AWS protocols. */
export async function answerAws(request: IncomingMessage, response: ServerResponse, backend: Backend): Promise<void> {
  const body = await bodyOf(request)
  if (body === undefined) {
    send(response, failure(new WireError('RequestEntityTooLarge', 413, 'The request is too large.'), 'none'))
    return
  }
  await delay(scaled(backend.faults.delay, backend.speed()))
  const { answer, cut } = carryOut(
    {
      path: (request.url ?? '').split('?')[0] ?? '',
      body,
      authorization: request.headers.authorization,
      target: request.headers['x-amz-target']?.toString(),
    },
    backend,
    Date.now(),
  )
  if (cut) response.destroy()
  else send(response, answer)
}

function send(response: ServerResponse, { status, requestId, contentType, body, errorType }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  })
  response.end(body)
}

/** The whole body; undefined when it is too large. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LARGEST_REQUEST) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString()
}
