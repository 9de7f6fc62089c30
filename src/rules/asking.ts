/**
 * What is asked of the people who own an application, and what comes back: a question is the same for everybody who runs its probe,
 * and a reply answers exactly one question. Pure, as all rules: who sends messages and reads lines is elsewhere.
 */
import { digestOf, type Digest, type Instant, type Reason, type Who } from './words.ts'

export const PROBE_ENGINES = ['postgres', 'mysql'] as const
export type ProbeEngine = (typeof PROBE_ENGINES)[number]

/** Where a probe connects, once. */
export interface AskedEndpoint {
  readonly host: string
  readonly port: number
  readonly engine: ProbeEngine
}

/** A root that the probe looks for in the application's store. Digests are lower-case hex of the DER. */
export interface AskedRoot {
  readonly region: string
  readonly sha1: string
  readonly sha256: string
}

/** What a probe finds out: which of these roots the application trusts, and how a handshake with each endpoint ends. */
export interface AskedAbout {
  readonly endpoints: readonly AskedEndpoint[]
  readonly roots: readonly AskedRoot[]
}

export interface Question extends AskedAbout {
  readonly question: string
  /** In the probe and here, and in no reply: only who has the probe can make a line that fits. */
  readonly nonce: string
  readonly at: Instant
  readonly by: Who
}

/** Somebody was asked: the same question again is a reminder. */
export interface Asked {
  readonly question: string
  readonly to: string
  readonly due: Instant
  readonly at: Instant
  readonly by: Who
}

/**
 * How one handshake ended. `untrusted`: the chain ends at no root of the store. `dates`, `name`: that is what is wrong. `refused`: there
 * was TLS, and it failed otherwise. `unreachable`: there was no server to ask, so nothing is known.
 */
export const PROBE_RESULTS = ['ok', 'untrusted', 'dates', 'name', 'refused', 'no-tls', 'unreachable'] as const
export type ProbeResult = (typeof PROBE_RESULTS)[number]

export interface ProbedHandshake {
  readonly host: string
  readonly port: number
  readonly result: ProbeResult
  /** SHA-256 of the certificate that was served; only when it was accepted. */
  readonly leaf?: string | undefined
}

/** What one run of a probe saw, as its line says. */
export interface Probed {
  readonly question: string
  readonly application: string
  readonly ranAt: Instant
  /** The host and user that it ran as, and the file or folder that it took for the store. */
  readonly host: string
  readonly user: string
  readonly store: string
  /** How many certificates the store holds. */
  readonly certificates: number
  /** SHA-1 of the roots that were asked about and are in it, sorted. */
  readonly roots: readonly string[]
  /** Over the sorted SHA-256 of the same. */
  readonly storeDigest: string
  /** Over the sorted SHA-256 of the roots that were asked about. */
  readonly bundleDigest: string
  readonly regions: readonly string[]
  readonly handshakes: readonly ProbedHandshake[]
}

/** A reply on record. `line`: what the line's own digest was. */
export interface Reply extends Probed {
  readonly line: string
  /** Where it was taken from: a file's name, `stdin`, `pasted`. */
  readonly from: string
  readonly at: Instant
  readonly by: Who
}

/** What of a subject's record these rules need. */
export interface Correspondence {
  readonly questions: readonly Question[]
  readonly asked: readonly Asked[]
  readonly replies: readonly Reply[]
}

const DAY = 24 * 60 * 60_000

/** How long what others ran and sent back is taken for so. */
export const ANSWER_AGE = 14 * DAY

/** After this, the same thing is asked as a new question: what was answered to the old one is then answered anew. */
const QUESTION_AGE = 7 * DAY

/** Other people's clocks are not ours. */
const CLOCK_SKEW = 10 * 60_000

const endpointKey = ({ host, port }: { readonly host: string; readonly port: number }): string => `${host}:${port}`

/** The question that stands, where there is one: the last that was put. */
export const presentQuestion = ({ questions }: Correspondence): Question | undefined => questions.at(-1)

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort()

export const regionsAsked = ({ roots }: AskedAbout): readonly string[] => sorted(roots.map(({ region }) => region))

/** Whether a question that stands can be put again as a reminder, or another one is needed. */
export function stillAsks(question: Question, about: AskedAbout, now: Instant): boolean {
  const of = ({ endpoints, roots }: AskedAbout): Digest =>
    digestOf({
      endpoints: sorted(endpoints.map((one) => `${one.engine} ${endpointKey(one)}`)),
      roots: sorted(roots.map(({ region, sha256 }) => `${region} ${sha256}`)),
    })
  return now - question.at < QUESTION_AGE && of(question) === of(about)
}

/**
 * The replies that count: those to the last question that was answered, the last run of each place. One place that is wrong is not made
 * good by another that is right; a new question begins afresh.
 */
export function answersOf({ questions, replies }: Correspondence): readonly Reply[] {
  const answered = questions.findLast(({ question }) => replies.some((reply) => reply.question === question))
  const places = new Map<string, Reply>()
  for (const reply of replies) {
    if (reply.question !== answered?.question) continue
    const place = `${reply.user}@${reply.host} ${reply.store}`
    const before = places.get(place)
    if (!before || before.ranAt <= reply.ranAt) places.set(place, reply)
  }
  return [...places.values()]
}

/** What a look at an application rests on besides its declaration; undefined where nobody has answered. */
export function answersDigest(correspondence: Correspondence): Digest | undefined {
  const answers = answersOf(correspondence)
  return answers.length === 0 ? undefined : digestOf(sorted(answers.map(({ line }) => line)))
}

/** The digests that a probe says are recomputed by whoever takes its line in. */
export interface Recomputed {
  readonly storeDigest: string
  readonly bundleDigest: string
}

/** Why a reply is not taken in, by what it says; undefined when it is. */
export function refusalOf(
  probed: Probed,
  line: string,
  application: string,
  correspondence: Correspondence,
  recomputed: Recomputed,
  now: Instant,
): Reason | undefined {
  const no = (code: string, args: Reason['args'] = {}): Reason => ({ code, args })
  const asked = correspondence.questions.find(({ question }) => question === probed.question)
  const present = presentQuestion(correspondence)
  if (!asked || !present) return no('unknown-question', { question: probed.question })
  if (correspondence.replies.some((reply) => reply.line === line)) return no('duplicate')
  if (probed.application !== application) return no('other-application', { found: probed.application, application })
  // A question that was put again in other words: what changed between them is the reason.
  const elsewhere = probed.handshakes.find(
    (one) => !present.endpoints.some((at) => endpointKey(at) === endpointKey(one)),
  )
  if (elsewhere)
    return no('other-endpoint', { found: endpointKey(elsewhere), asked: sorted(present.endpoints.map(endpointKey)) })
  const regions = regionsAsked(present)
  if (digestOf(sorted(probed.regions)) !== digestOf(regions))
    return no('other-region', { found: sorted(probed.regions), asked: regions })
  if (probed.bundleDigest !== recomputed.bundleDigest) return no('other-bundle')
  if (asked !== present) return no('superseded')
  if (probed.storeDigest !== recomputed.storeDigest) return no('inconsistent')
  if (probed.ranAt > now + CLOCK_SKEW) return no('in-the-future')
  if (probed.ranAt < asked.at - CLOCK_SKEW) return no('before-asked')
  if (now > probed.ranAt + ANSWER_AGE) return no('too-old', { days: ANSWER_AGE / DAY })
  return undefined
}
