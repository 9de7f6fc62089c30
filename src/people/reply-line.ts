/**
 * The line that a probe prints, and how it is found again in what people send: quoted in a mail, wrapped, with other line ends, marked
 * up by a chat. Between its markers it has letters, digits, `+` and `/` alone, so that whatever else has come in there can be left out.
 */
import { createHash } from 'node:crypto'
import { PROBE_RESULTS, type Probed, type ProbedHandshake, type ProbeResult } from '../rules/asking.ts'

const REPLY_FORMAT = 1
const MARKER = 'rds-ca-reply.'

/** What was found in a text, in order. */
export type FoundLine =
  /** `text`: what the probe said, as it was sent; `digest`: the line's own, which fits it where nothing was altered. */
  | { readonly kind: 'line'; readonly text: string; readonly digest: string; readonly probed: Probed }
  /** It begins, and what should follow does not. */
  | { readonly kind: 'cut-off' }
  /** It is whole, and no probe of this format says such a thing. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'newer-format'; readonly format: number }

/** The text without what mail and chat put into it. */
const bare = (text: string): string =>
  text
    // Quoted-printable: an encoded dot, and a soft line end. HTML: a break within a word.
    .replace(/=2E/gi, '.')
    .replace(/=\r?\n/g, '')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/[^A-Za-z0-9+/.-]/g, '')

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const isResult = (text: string | undefined): text is ProbeResult => PROBE_RESULTS.some((one) => one === text)

function handshakeOf(value: string): ProbedHandshake | undefined {
  const [host, portText, result, leaf] = value.split(' ')
  const port = number(portText)
  if (!host || port === undefined || !isResult(result)) return undefined
  return { host, port, result, ...(leaf && { leaf }) }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const listOf = (text: string | undefined): readonly string[] => (text ? text.split(',') : [])

/** Reads what a probe said; undefined when it is not that. */
function probedOf(text: string): Probed | undefined {
  const members = new Map<string, string>()
  const handshakes: ProbedHandshake[] = []
  for (const line of text.split('\n')) {
    const [, key, value] = /^([a-z])=(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined) return undefined
    if (key !== 'e') members.set(key, value)
    else {
      const handshake = handshakeOf(value)
      if (!handshake) return undefined
      handshakes.push(handshake)
    }
  }
  const of = (key: string): string => members.get(key) ?? ''
  const application = decoded(of('a'))
  const ranAt = number(members.get('t'))
  const certificates = number(members.get('c'))
  if (application === undefined || ranAt === undefined || certificates === undefined) return undefined
  return {
    question: of('q'),
    application,
    ranAt: ranAt * 1000,
    host: of('h'),
    user: of('u'),
    store: of('s'),
    certificates,
    roots: listOf(of('r')),
    storeDigest: of('d'),
    bundleDigest: of('b'),
    regions: listOf(of('g')),
    handshakes,
  }
}

/** The digest that a line must have: only who has the question's nonce can make one. */
export const lineDigest = (text: string, nonce: string): string =>
  createHash('sha256').update(`${nonce}\n${text}\n${nonce}`).digest('hex').slice(0, 32)

function readOne(segment: string): FoundLine {
  const [, version] = /^(\d{1,6})\./.exec(segment) ?? []
  if (version !== undefined && Number(version) > REPLY_FORMAT) return { kind: 'newer-format', format: Number(version) }
  const [, body, digest] = /^1\.([A-Za-z0-9+/]+)\.([0-9a-f]{32})\.end/.exec(segment) ?? []
  if (body === undefined || digest === undefined) return { kind: 'cut-off' }
  const text = Buffer.from(body, 'base64').toString('utf8')
  const probed = probedOf(text)
  return probed ? { kind: 'line', text, digest, probed } : { kind: 'damaged' }
}

/**
 * Every reply in a text, each once: who answers above the message that they answer to sends it twice. What does not begin as a line of
 * a probe is not looked at.
 */
export function repliesIn(text: string): readonly FoundLine[] {
  const [, ...segments] = bare(text).split(MARKER)
  const begun = segments.filter((segment) => /^\d/.test(segment))
  const unique = new Map(begun.map((segment) => [/^[^]*?\.end/.exec(segment)?.[0] ?? segment, segment]))
  return [...unique.values()].map((segment) => readOne(segment))
}
