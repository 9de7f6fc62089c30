/** What a probe prints, for tests of what is done with it: that the real ones print this is tested with the real ones. */
import { bundleDigestOf, digestOfLines } from '../../src/people/probe/probe.ts'
import { lineDigest } from '../../src/people/reply-line.ts'
import { regionsAsked, type ProbedHandshake, type Question } from '../../src/rules/asking.ts'

export interface ReplyWish {
  readonly application: string
  readonly ranAt: number
  /** SHA-1 of the roots in the store; all that are asked about, when absent. */
  readonly roots?: readonly string[]
  readonly handshakes?: readonly ProbedHandshake[]
  readonly host?: string
  readonly regions?: readonly string[]
  readonly bundle?: string
  readonly storeDigest?: string
  /** What is changed in the text after the probe made its digest. */
  readonly edit?: (text: string) => string
}

/** The line of a reply to a question. */
export function replyLine(question: Question, wish: ReplyWish): string {
  const held = question.roots.filter(({ sha1 }) => (wish.roots ?? question.roots.map((one) => one.sha1)).includes(sha1))
  const text = [
    `q=${question.question}`,
    `a=${encodeURIComponent(wish.application)}`,
    `t=${Math.floor(wish.ranAt / 1000)}`,
    `h=${wish.host ?? `${wish.application}-7f9`}`,
    'u=app',
    's=/etc/ssl/rds.pem',
    `c=${held.length}`,
    `r=${held.map(({ sha1 }) => sha1).join(',')}`,
    `d=${wish.storeDigest ?? digestOfLines(held.map(({ sha256 }) => sha256))}`,
    `b=${wish.bundle ?? bundleDigestOf(question)}`,
    `g=${(wish.regions ?? regionsAsked(question)).join(',')}`,
    ...(wish.handshakes ?? []).map(({ host, port, result, leaf = '' }) => `e=${host} ${port} ${result} ${leaf}`),
  ].join('\n')
  const sent = wish.edit?.(text) ?? text
  const body = Buffer.from(sent).toString('base64').replaceAll('=', '')
  return `rds-ca-reply.1.${body}.${lineDigest(text, question.nonce)}.end`
}
