import type { Interface } from 'node:readline/promises'

const ENDS = new Set<unknown>(['ABORT_ERR', 'ERR_USE_AFTER_CLOSE'])

/**
 * The line that answers a question; undefined when nobody will type any more: Ctrl-D, a terminal that was closed, a pipe at its end.
 * Throws the signal's reason when aborted.
 */
export async function answerOn(lines: Interface, question: string, signal: AbortSignal): Promise<string | undefined> {
  // A question whose input ends is never settled by readline itself, unless Ctrl-D ends it.
  const over = new AbortController()
  const end = () => over.abort()
  lines.once('close', end)
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, over.signal]) })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Error && 'code' in error && ENDS.has(error.code)) return undefined
    throw error
  } finally {
    lines.off('close', end)
  }
}
