import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { ApplicationReport } from '../data-plane.ts'
import type { RegionInfo } from '../region-info.ts'
import { REGION_UNUSABLE_CODES, RegionUnusable } from '../region-unusable.ts'
import { readControlFile, type ControlFile } from './control-file.ts'
import { CONTROL_PREFIX, type JoinWish } from './control-path.ts'

/** A Region that this process is joined to: it stays up at least until {@link leave}. */
export interface JoinedRegion {
  readonly info: RegionInfo
  /** What its applications have lived through. Throws when the Region has gone. */
  reports(): Promise<readonly ApplicationReport[]>
  /** Lets go of it; a Region that nobody is joined to ends by itself. Idempotent. */
  leave(): void
  /** Resolves when the Region has gone or was left. */
  readonly ended: Promise<void>
}

/**
 * Joins the Region that lives in a folder; undefined when none answers there, be it that none lives, that it is going
 * down, or that something else has its port. Throws {@link RegionUnusable} when it refuses the wish.
 */
export async function joinLiving(controlFile: string, wish: JoinWish): Promise<JoinedRegion | undefined> {
  const control = readControlFile(controlFile)
  if (!control) return undefined
  const asked = ask(control, 'POST', 'join', wish)
  const response = await answerTo(asked)
  if (response?.statusCode === 400) throw refusal(await jsonOf(response))
  if (response?.statusCode !== 200) {
    asked.destroy()
    return undefined
  }
  const info = await firstLine(response)
  if (info === undefined) return undefined
  const ended = new Promise<void>((resolve) => response.once('close', resolve))
  // The connection is what the Region counts; it is no reason for this program to stay.
  asked.socket?.unref()
  return {
    info,
    reports: () => reportsOf(control),
    leave: () => void asked.destroy(),
    ended,
  }
}

/** Ends the Region that lives in a folder, if one does. Resolves to how many other programs are joined, which keep it. */
export async function endLiving(controlFile: string): Promise<number> {
  const control = readControlFile(controlFile)
  const response = control && (await answerTo(ask(control, 'POST', 'end')))
  if (response?.statusCode !== 409) {
    response?.resume()
    return 0
  }
  const { others } = (await jsonOf(response)) as { others: number }
  return others
}

async function reportsOf(control: ControlFile): Promise<readonly ApplicationReport[]> {
  const response = await answerTo(ask(control, 'GET', 'reports'))
  if (response?.statusCode !== 200) throw new RegionUnusable('DID_NOT_START', 'The simulated Region has gone.')
  return (await jsonOf(response)) as readonly ApplicationReport[]
}

function ask({ endpoint, token }: ControlFile, method: string, what: string, body?: object): ClientRequest {
  const asked = request(`${endpoint}${CONTROL_PREFIX}${what}`, {
    method,
    // A connection of its own: the one that is held open must be no other's.
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  })
  asked.end(body && JSON.stringify(body))
  return asked
}

/** Undefined when there was no answer. */
const answerTo = (asked: ClientRequest): Promise<IncomingMessage | undefined> =>
  new Promise((resolve) => {
    asked.once('response', (response) => {
      // A connection that breaks later closes the answer: that is all there is to know.
      response.on('error', () => undefined)
      resolve(response)
    })
    asked.on('error', () => resolve(undefined))
  })

async function jsonOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** The Region's description; undefined when the answer ended before it. */
async function firstLine(response: IncomingMessage): Promise<RegionInfo | undefined> {
  const lines = createInterface({ input: response })
  try {
    const line = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(undefined))
    })
    return line === undefined ? undefined : (JSON.parse(line) as RegionInfo)
  } finally {
    lines.close()
    // Closing the reader pauses the answer, and a paused answer does not notice its end.
    response.resume()
  }
}

function refusal(answer: unknown): RegionUnusable {
  const { code, message } = answer as { code?: string; message?: string }
  const known = REGION_UNUSABLE_CODES.find((candidate) => candidate === code) ?? 'BAD_OPTION'
  return new RegionUnusable(known, message ?? 'The Region refused to be joined.')
}
