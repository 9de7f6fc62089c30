import { caNow } from '../../rules/ca-now.ts'
import type { SubjectRecord } from '../../rules/record.ts'
import type { SessionDatabase } from '../session.ts'

/** What comes next to its certificates by the list of databases, unless its CA was seen to be another one since that was read. */
export function rotatesNow(
  seen: SubjectRecord,
  listed: Pick<SessionDatabase, 'record' | 'rotates'> = {},
): string | undefined {
  const { record, rotates } = listed
  return caNow(seen, record?.ca) === record?.ca ? rotates : undefined
}
