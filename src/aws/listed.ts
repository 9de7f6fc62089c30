import { notAnAnswer } from './cannot-ask.ts'
import type { ReadOperation } from './operations.ts'

/** AWS answers an empty list where there is nothing; no list at all is no answer of AWS's. */
export function listed<T>(list: T[] | undefined, operation: ReadOperation): T[] {
  if (list === undefined) throw notAnAnswer(operation)
  return list
}
