import { randomBytes } from 'node:crypto'
import type { Journal } from '../../ports/progress.ts'
import { presentQuestion, stillAsks, type AskedAbout, type Question } from '../../rules/asking.ts'
import type { Body } from '../../rules/entries.ts'
import type { SubjectRecord } from '../../rules/record.ts'
import type { Instant } from '../../rules/words.ts'

/**
 * The question that stands, where it asks just this and is young; else a new one, put on record before anybody is asked. `anew`: a new one
 * in any case, so that what was answered before is answered again.
 */
export async function putQuestion(
  journal: Journal<Body, SubjectRecord>,
  { endpoints, roots }: AskedAbout,
  { now, anew }: { readonly now: Instant; readonly anew: boolean },
): Promise<Question> {
  const present = presentQuestion(journal.state)
  if (present && !anew && stillAsks(present, { endpoints, roots }, now)) return present
  await journal.append({
    kind: 'question',
    question: randomBytes(6).toString('hex'),
    nonce: randomBytes(16).toString('hex'),
    endpoints: [...endpoints],
    roots: [...roots],
  })
  const put = presentQuestion(journal.state)
  if (!put) throw new Error('Bug: a question that was put is not on record')
  return put
}
