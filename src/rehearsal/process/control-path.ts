import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod/mini'
import { bodyOf } from '../api/api-server.ts'
import type { ApplicationReport } from '../data-plane.ts'
import { RegionUnusable } from '../region-unusable.ts'
import type { RegionInfo } from '../region-info.ts'
import type { Clients } from './clients.ts'

/** Beside the AWS protocols, on the same port; guarded by a token in a file that its owner alone can read. */
export const CONTROL_PREFIX = '/.rehearsal/'

/** What a client that joins may set. */
export const joinWish = z.object({
  speed: z.exactOptional(z.number()),
  faults: z.exactOptional(z.readonly(z.array(z.string()))),
})
export type JoinWish = z.infer<typeof joinWish>

export interface Controlled {
  readonly token: string
  readonly clients: Clients
  /** Takes over what a client that joins asks for; resolves when clients of the databases meet it. Throws {@link RegionUnusable}. */
  adopt(wish: JoinWish): Promise<void>
  info(): RegionInfo
  reports(): readonly ApplicationReport[]
  /** False while the Region is going down. */
  isUp(): boolean
  end(): void
}

/** Answers one request of the control path. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  region: Controlled,
): Promise<void> {
  if (!knowsToken(request, region.token)) return sendJson(response, 403, { message: 'The token is missing or wrong.' })
  if (!region.isUp()) return sendJson(response, 503, { message: 'The Region is going down.' })
  switch (`${request.method} ${request.url?.slice(CONTROL_PREFIX.length)}`) {
    case 'POST join':
      return join(response, region, await bodyOf(request))
    case 'GET reports':
      return sendJson(response, 200, region.reports())
    case 'POST end':
      return end(response, region)
    default:
      return sendJson(response, 404, { message: 'There is no such thing.' })
  }
}

/** The answer stays open for as long as the client is joined. Its first line says how to reach the Region. */
async function join(response: ServerResponse, region: Controlled, body: string | undefined): Promise<void> {
  try {
    await region.adopt(joinWish.parse(JSON.parse(body ?? '')))
  } catch (error) {
    if (!(error instanceof RegionUnusable)) throw error
    return sendJson(response, 400, { code: error.code, message: error.message })
  }
  response.once('close', region.clients.join())
  response.writeHead(200, { 'content-type': 'application/jsonl' })
  response.write(`${JSON.stringify(region.info())}\n`)
}

function end(response: ServerResponse, region: Controlled): void {
  const others = region.clients.count
  if (others > 0) return sendJson(response, 409, { others })
  response.once('close', () => region.end())
  sendJson(response, 202, {})
}

function knowsToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify(value))
}
