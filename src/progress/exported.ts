import { ProgressUnusable, type Line } from '../ports/progress.ts'
import { subjectKey, type Instant, type Subject, type Who } from '../rules/words.ts'
import { FORMAT_VERSION, newerFormat, parseSubject } from './header.ts'
import { BrokenLine, NO_LINE_BEFORE, verifyLine } from './line.ts'

const FORMAT = 'rds-ca-runbook-export'
/** What messages call a text that came from nobody knows where. */
const EXPORT = 'the exported progress'

/** One journal of an export, its chain verified from the first line. */
export interface ExportedJournal {
  readonly subject: Subject
  readonly lines: readonly Line<unknown>[]
}

/** Journals as one JSON text. Who exported it and when is for people; the lines keep their own authors. */
export const exportText = (journals: readonly ExportedJournal[], exportedAt: Instant, exportedBy: Who): string =>
  `${JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, exportedAt, exportedBy, journals }, null, 1)}\n`

/** Reads an export and verifies every line of it. Throws {@link ProgressUnusable}: `FOREIGN` when it is none at all. */
export function readExport(text: string): readonly ExportedJournal[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw notTakenIn('CORRUPT', `it is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  const { format, formatVersion, journals }: { format?: unknown; formatVersion?: unknown; journals?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  if (format !== FORMAT) throw notTakenIn('FOREIGN', 'it was not exported by rds-ca-runbook')
  if (typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION) throw newerFormat(EXPORT, formatVersion)
  if (formatVersion !== FORMAT_VERSION || !Array.isArray(journals)) throw notTakenIn('CORRUPT', 'it holds no journals')
  const seen = new Set<string>()
  return journals.map((journal: unknown, index) => {
    const exported = readJournalOf(journal, index)
    const key = subjectKey(exported.subject)
    if (seen.has(key)) throw notTakenIn('CORRUPT', `it holds ${nameOf(exported.subject)} twice`)
    seen.add(key)
    return exported
  })
}

function readJournalOf(value: unknown, index: number): ExportedJournal {
  const { subject, lines }: { subject?: unknown; lines?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  const known = parseSubject(subject)
  if (known === undefined || !Array.isArray(lines))
    throw notTakenIn('CORRUPT', `journal ${index + 1} names no subject or has no lines`)
  let prev = NO_LINE_BEFORE
  const verified = lines.map((line: unknown, at) => {
    try {
      const next = verifyLine(line, { seq: at + 1, prev })
      prev = next.hash
      return next
    } catch (error) {
      if (!(error instanceof BrokenLine)) throw error
      throw notTakenIn('CORRUPT', `${nameOf(known)}, line ${at + 1}: ${error.message}`)
    }
  })
  return { subject: known, lines: verified }
}

export const nameOf = (subject: Subject): string => `${subject.kind} ${subject.id}`

export const notTakenIn = (code: string, why: string): ProgressUnusable =>
  new ProgressUnusable(code, EXPORT, `This is not taken in: ${why}. Nothing was changed. Ask for a new export.`)
