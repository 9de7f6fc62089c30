import { setTimeout as sleep } from 'node:timers/promises'
import { HeldByAnother, type Holder } from '../ports/progress.ts'
import { readHolder, said, writeHolder } from './holder-record.ts'
import type { Layout } from './layout.ts'
import { SqliteLock } from './sqlite-lock.ts'

/** An append takes a millisecond: who has not finished after this long has been stopped, or its disk hangs. */
const PATIENCE = 10_000

/**
 * Takes the lock under which a journal is written. The subject's directory must exist.
 * @param patience milliseconds; throws {@link HeldByAnother} when it is still held then
 */
export async function takeAppendLock(layout: Layout, me: Holder, patience = PATIENCE): Promise<SqliteLock> {
  const deadline = performance.now() + patience
  for (;;) {
    const lock = SqliteLock.take(layout.appendLock)
    if (lock) {
      writeHolder(layout.appender, me)
      return lock
    }
    if (performance.now() > deadline) {
      const other = readHolder(layout.appender)
      throw new HeldByAnother(
        `The journal of ${layout.subject.kind} ${layout.subject.id} has been locked for ${patience / 1000} s by ${said(other)}. ` +
          'Nothing was saved. Let that process go on, or end it: its lock goes with it. Then do it again.',
        other,
      )
    }
    // Not in step with the others that wait.
    await sleep(1 + Math.random() * 10)
  }
}
