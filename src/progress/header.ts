import { ProgressUnusable } from '../ports/progress.ts'
import { canonical, SUBJECT_KINDS, type Subject } from '../rules/words.ts'
import { Damaged } from './unusable.ts'

/** The version of the journal's format that this program writes, and the newest that it reads. */
export const FORMAT_VERSION = 1
const FORMAT = 'rds-ca-runbook-journal'

/** A journal's first line: whose it is. It never changes, so a first append that a crash cut short is recognised by it. */
export const headerText = (subject: Subject): string =>
  `${canonical({ format: FORMAT, formatVersion: FORMAT_VERSION, subject: pick(subject) })}\n`

const pick = ({ kind, world, region, id }: Subject): Subject => ({
  kind,
  world,
  id,
  ...(region === undefined ? {} : { region }),
})

/** A subject as somebody wrote it down; undefined when it is none. */
export function parseSubject(value: unknown): Subject | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kind, world, region, id }: Partial<Record<keyof Subject, unknown>> = value
  const known = SUBJECT_KINDS.find((name) => name === kind)
  if (known === undefined || typeof world !== 'string' || typeof id !== 'string') return undefined
  if (region !== undefined && typeof region !== 'string') return undefined
  return pick({ kind: known, world, id, ...(region === undefined ? {} : { region }) })
}

export interface Header {
  readonly formatVersion: number
  readonly subject: Subject
}

/** Reads a journal's first line, of any version that still names its subject. Throws {@link ProgressUnusable}. */
export function readHeader(text: string, file: string): Header {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Damaged(file, 1, 'it is not the header of a journal')
  }
  const { format, formatVersion, subject }: { format?: unknown; formatVersion?: unknown; subject?: unknown } =
    typeof value === 'object' && value !== null ? value : {}
  if (format !== FORMAT || typeof formatVersion !== 'number' || !Number.isInteger(formatVersion) || formatVersion < 1) {
    throw new Damaged(file, 1, 'it is not the header of a journal')
  }
  const known = parseSubject(subject)
  if (known === undefined) {
    if (formatVersion > FORMAT_VERSION) throw newerFormat(file, formatVersion)
    throw new Damaged(file, 1, 'it names no subject')
  }
  return { formatVersion, subject: known }
}

export const newerFormat = (file: string, formatVersion: number): ProgressUnusable =>
  new ProgressUnusable(
    'NEWER_FORMAT',
    file,
    `${file} was written by a newer rds-ca-runbook (format ${formatVersion}; this one reads up to ${FORMAT_VERSION}). ` +
      'Nothing was changed. Use the newer version for it.',
  )
