import type { Journal, Progress } from '../ports/progress.ts'
import { presentQuestion, refusalOf, type Probed, type Question } from '../rules/asking.ts'
import type { Body } from '../rules/entries.ts'
import type { SubjectRecord } from '../rules/record.ts'
import type { Instant, Reason, Subject } from '../rules/words.ts'
import { bundleDigestOf, digestOfLines } from './probe/probe.ts'
import { mailText } from './mail-text.ts'
import { lineDigest, repliesIn, type FoundLine } from './reply-line.ts'

/** What became of one line. `application`: whose journal the question is in; absent where that cannot be known. */
export type Took =
  | { readonly kind: 'taken'; readonly application: Subject; readonly probed: Probed; readonly asked: Question }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly application?: Subject; readonly probed?: Probed }

type ApplicationJournal = Journal<Body, SubjectRecord>

export interface TakingOptions {
  readonly progress: Progress<Body, SubjectRecord>
  /** Where the text is from: a file's name, `stdin`, `pasted`. */
  readonly from: string
  now(): Instant
}

const refused = (code: string, args: Reason['args'] = {}): Took => ({ kind: 'refused', reason: { code, args } })

/** SHA-256 of what the reply says is in the store; undefined where it names what was not asked about. */
function storeDigestOf({ roots }: Probed, asked: Question): string {
  const known = new Map(asked.roots.map(({ sha1, sha256 }) => [sha1, sha256]))
  return digestOfLines(roots.map((sha1) => known.get(sha1) ?? `not asked about: ${sha1}`))
}

async function takeLine(
  found: Extract<FoundLine, { kind: 'line' }>,
  journals: readonly ApplicationJournal[],
  { from, now }: TakingOptions,
): Promise<Took> {
  const { probed, text, digest } = found
  const asking = (journal: ApplicationJournal) =>
    journal.state.questions.find(({ question }) => question === probed.question)
  const journal = journals.find((one) => asking(one) !== undefined)
  const asked = journal && asking(journal)
  const present = journal && presentQuestion(journal.state)
  if (!journal || !asked || !present) return { ...refused('unknown-question', { question: probed.question }), probed }
  const application = journal.subject
  if (digest !== lineDigest(text, asked.nonce)) return { ...refused('edited'), application, probed }
  const recomputed = { storeDigest: storeDigestOf(probed, asked), bundleDigest: bundleDigestOf(present) }
  const reason = refusalOf(probed, digest, application.id, journal.state, recomputed, now())
  if (reason) return { kind: 'refused', reason, application, probed }
  const { roots, regions, handshakes, ...rest } = probed
  await journal.append({
    kind: 'replied',
    line: digest,
    from,
    ...rest,
    roots: [...roots],
    regions: [...regions],
    handshakes: [...handshakes],
  })
  return { kind: 'taken', application, probed, asked }
}

/**
 * Takes in every reply that is found in a text: those that answer a question that stands are put on record in the application's own
 * journal, where they count from then on; the others are told why not, and change nothing. Throws ProgressUnusable.
 */
export async function takeReplies(text: string, options: TakingOptions): Promise<readonly Took[]> {
  const lines = repliesIn(mailText(text))
  if (lines.length === 0) return []
  const subjects = (await options.progress.subjects()).filter(({ kind }) => kind === 'application')
  const journals = await Promise.all(subjects.map((subject) => options.progress.open(subject)))
  const took: Took[] = []
  for (const line of lines) {
    switch (line.kind) {
      case 'line':
        took.push(await takeLine(line, journals, options))
        break
      case 'newer-format':
        took.push(refused('newer-format', { format: line.format }))
        break
      case 'cut-off':
      case 'damaged':
        took.push(refused(line.kind))
        break
    }
  }
  return took
}
