/** Facts that a look can do without: what AWS would not tell is kept by name, and closes what rests on it. */
import { CannotAsk } from '../src/ports/control-plane.ts'
import { z } from './shapes.ts'

/** A fact that could not be learnt: AWS's operation, and the permission that is missing, or AWS's code. */
export const untold = z.object({ operation: z.string(), why: z.string() })
export type Untold = z.infer<typeof untold>

/** Asks, and where AWS would not tell, puts that down in `untold` instead. Throws what is no answer of AWS's, and when aborted. */
export async function unlessUntold<T>(asked: Promise<T>, list: Untold[], signal: AbortSignal): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof CannotAsk)) throw error
    list.push({ operation: error.operation, why: error.permission ?? error.code })
    return undefined
  }
}
