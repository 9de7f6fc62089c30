import type { Message, Part } from './message.ts'
import { partsOf, subjectOf } from './parts.ts'

/** Slack's limits: blocks in a message, characters of a text, and of a header. https://docs.slack.dev/reference/block-kit/blocks */
export const SLACK_LIMITS = { blocks: 50, text: 3000, header: 150 } as const

interface Block {
  readonly type: 'header' | 'section'
  readonly text: { readonly type: 'plain_text' | 'mrkdwn'; readonly text: string }
}

/** `payload` for chat.postMessage. `channel` only where the owner's is declared. */
export interface SlackMessage {
  readonly channel?: string
  readonly text: string
  readonly blocks: readonly Block[]
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const lengthOf = (text: string): number => text.length

/** As much of the beginning of a text as fits, never half of a character or of an escaped one. */
function head(text: string, room: number): string {
  const cut = text.slice(0, room)
  return cut.length === text.length ? cut : cut.replace(/(?:&[a-z]{0,3}|[\ud800-\udbff])$/, '')
}

/** A line in pieces that fit. */
function broken(line: string, room: number): string[] {
  const all: string[] = []
  for (let rest = line; rest !== '' || all.length === 0; rest = rest.slice(all.at(-1)?.length))
    all.push(head(rest, room))
  return all
}

/** A text in pieces that fit, broken between its lines; one line that is too long by itself is broken within. */
function pieces(lines: readonly string[], room: number): string[][] {
  const all: string[][] = [[]]
  let used = 0
  for (const line of lines.flatMap((one) => broken(one, room))) {
    if (used > 0 && used + lengthOf(line) + 1 > room) {
      all.push([])
      used = 0
    }
    all.at(-1)?.push(line)
    used += lengthOf(line) + 1
  }
  return all.filter((one) => one.length > 0)
}

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } })
const FENCE = '```'

/** What a part is as mrkdwn, in texts that fit one by one. */
function textsOf(part: Part): string[] {
  const room = SLACK_LIMITS.text
  switch (part.kind) {
    case 'heading':
      return [`*${head(escaped(part.text), room - 2)}*`]
    case 'text':
      return pieces([escaped(part.text)], room).map((one) => one.join('\n'))
    case 'list':
      return pieces(
        part.items.map((item) => `• ${escaped(item)}`),
        room,
      ).map((one) => one.join('\n'))
    case 'code': {
      const lines = part.lines.map((line) => escaped(line))
      return pieces(lines, room - 2 * FENCE.length - 2).map((one) => [FENCE, ...one, FENCE].join('\n'))
    }
  }
}

/** Neighbours are put together while they fit: fifty blocks are soon used up. */
function joined(texts: readonly string[]): string[] {
  const all: string[] = []
  for (const text of texts) {
    const last = all.at(-1)
    if (last !== undefined && lengthOf(last) + lengthOf(text) + 1 <= SLACK_LIMITS.text)
      all.splice(-1, 1, `${last}\n${text}`)
    else all.push(text)
  }
  return all
}

/** A message as Slack takes it; more than one where it does not fit into one, each valid by itself. */
export function slackOf(message: Message): readonly SlackMessage[] {
  const title = head(subjectOf(message), SLACK_LIMITS.header)
  const header: Block = { type: 'header', text: { type: 'plain_text', text: title } }
  const sections = joined(partsOf(message).flatMap((part) => textsOf(part))).map((text) => section(text))
  const blocks = [header, ...sections]
  const channel = message.owner.slack === undefined ? {} : { channel: message.owner.slack }
  const all: SlackMessage[] = []
  for (let at = 0; at < blocks.length; at += SLACK_LIMITS.blocks)
    all.push({ ...channel, text: title, blocks: blocks.slice(at, at + SLACK_LIMITS.blocks) })
  return all
}
