import type { JournalCheck } from '../ports/progress.ts'
import type { Layout } from './layout.ts'
import { parsed, readWhole } from './load.ts'
import type { ProgressOptions } from './options.ts'
import { Damaged } from './unusable.ts'

/**
 * Reads and verifies a journal from its first line to its last, whatever its snapshot says. What is damaged is an answer, `broken`,
 * with the line of the file (the header is line 1); a newer format, another subject's journal and no access are thrown (ProgressUnusable).
 */
export function checkJournal<Body, State>(layout: Layout, options: ProgressOptions<Body, State>): JournalCheck {
  let lines = 0
  const report = { subject: layout.subject, file: layout.journal }
  try {
    readWhole(layout, (line) => {
      parsed(line, options)
      lines++
    })
    return { ...report, lines }
  } catch (error) {
    if (error instanceof Damaged) return { ...report, lines, broken: { line: error.line, why: error.why } }
    throw error
  }
}
