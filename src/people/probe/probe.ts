import { createHash } from 'node:crypto'
import { regionsAsked, type AskedEndpoint, type Question } from '../../rules/asking.ts'
import { shellWord } from '../../rules/shell-word.ts'
import { NODE_PROBE } from './node.ts'
import { PYTHON_PROBE } from './python.ts'
import { SH_PROBE } from './sh.ts'

/** The languages that a probe is written in: what is most likely to be where an application lives. */
export const PROBE_KINDS = ['node', 'sh', 'python'] as const
export type ProbeKind = (typeof PROBE_KINDS)[number]

/** What each is called as a file, and what runs it. `.cjs`: the file may land in a folder whose modules are ES modules. */
export const PROBE_FILES: Readonly<Record<ProbeKind, { readonly ending: string; readonly runs: string }>> = {
  node: { ending: 'cjs', runs: 'node' },
  sh: { ending: 'sh', runs: 'sh' },
  python: { ending: 'py', runs: 'python3' },
}

/** What a probe is about, besides its question. */
export interface ProbeAbout {
  readonly application: string
  readonly question: Pick<Question, 'question' | 'nonce' | 'roots'>
  readonly endpoints: readonly AskedEndpoint[]
  /** Where the application's store is, where that is declared: the first that is there is taken. */
  readonly stores: readonly string[]
}

/** SHA-256 over digests, sorted, each in a line of its own: what a shell's `sort` and `openssl dgst` make of them. */
export const digestOfLines = (digests: readonly string[]): string =>
  createHash('sha256')
    .update(
      [...digests]
        .sort()
        .map((one) => `${one}\n`)
        .join(''),
    )
    .digest('hex')

/** Over the roots that a question asks about. */
export const bundleDigestOf = ({ roots }: Pick<Question, 'roots'>): string =>
  digestOfLines([...new Set(roots.map(({ sha256 }) => sha256))])

/** Escaped so that JSON is a literal of JavaScript and of Python. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

function shellFacts(facts: ReturnType<typeof factsOf>): string {
  const lines = (values: readonly string[]): string => shellWord(values.join('\n'))
  return [
    `question=${shellWord(facts.question)}`,
    `nonce=${shellWord(facts.nonce)}`,
    `application=${shellWord(facts.application)}`,
    `regions=${shellWord(facts.regions)}`,
    `bundle=${shellWord(facts.bundle)}`,
    `roots=${lines(facts.roots.map(([sha256, sha1]) => `${sha256} ${sha1}`))}`,
    `endpoints=${lines(facts.endpoints.map(([engine, host, port]) => `${engine} ${host} ${port}`))}`,
    `stores=${lines(facts.stores)}`,
  ].join('\n')
}

function factsOf({ application, question, endpoints, stores }: ProbeAbout) {
  const unique = new Map(question.roots.map(({ sha256, sha1 }) => [sha256, sha1]))
  return {
    question: question.question,
    nonce: question.nonce,
    application: encodeURIComponent(application),
    regions: regionsAsked({ roots: question.roots, endpoints: [] }).join(','),
    bundle: bundleDigestOf(question),
    roots: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)),
    endpoints: endpoints.map(({ engine, host, port }) => [engine, host, port] as const),
    stores,
  }
}

/**
 * One self-contained file to run where an application lives; it prints one line, and says in words what it saw beside it. It must not hold
 * the beginning of such a line: people answer above what they were sent.
 */
export function probeOf(kind: ProbeKind, about: ProbeAbout): string {
  const facts = factsOf(about)
  // A replacement given as a function is taken as it is: `$&` in a path means nothing.
  switch (kind) {
    case 'node':
      return NODE_PROBE.replace('{{FACTS}}', () => literal(facts))
    case 'python':
      return PYTHON_PROBE.replace('{{FACTS}}', () => literal(facts))
    case 'sh':
      return SH_PROBE.replace('{{FACTS}}', () => shellFacts(facts))
  }
}
