import { caNow } from '../../rules/ca-now.ts'
import type { SubjectRecord } from '../../rules/record.ts'
import type { SessionDatabase } from '../session.ts'

type Listed = Pick<SessionDatabase, 'record' | 'rotates' | 'listedAt'>

/**
 * What comes next to its certificates by the list of databases, unless that is over: its CA was seen to be another one since, or a
 * request of ours was answered since.
 */
export function rotatesNow(seen: SubjectRecord, { record, rotates, listedAt }: Listed = {}): string | undefined {
  const answered = seen.rotations.at(-1)?.sendings.at(-1)?.answer?.at
  const isOver = answered !== undefined && listedAt !== undefined && answered > listedAt
  return !isOver && caNow(seen, record?.ca) === record?.ca ? rotates : undefined
}
