import type { Line, Progress } from '../ports/progress.ts'
import type { Subject } from '../rules/words.ts'
import { checkJournal } from './check.ts'
import { exportText, type ExportedJournal } from './exported.ts'
import { currentHolder, takeHold } from './hold.ts'
import { importJournals } from './import.ts'
import { layoutOf, type Layout } from './layout.ts'
import { listSubjects } from './listing.ts'
import { readWhole } from './load.ts'
import { meFor, type ProgressOptions } from './options.ts'
import { SubjectJournal } from './subject-journal.ts'

/**
 * Saved progress below a directory: one hash-chained journal a subject, which is the truth, and one snapshot of it. Nothing is read
 * or written before it is asked for.
 */
export function openProgress<Body, State>(options: ProgressOptions<Body, State>): Progress<Body, State> {
  const { directory } = options
  const at = (subject: Subject) => layoutOf(directory, subject)
  return {
    directory,
    open: async (subject) => new SubjectJournal(at(subject), options),
    subjects: async (world) => {
      const all = listSubjects(directory)
      return world === undefined ? all : all.filter((subject) => subject.world === world)
    },
    hold: (subject, purpose) => takeHold(at(subject), meFor(options, purpose)),
    holder: (subject) => currentHolder(at(subject)),
    check: async (subject) => checkJournal(at(subject), options),
    export: async (subjects) =>
      exportText(
        subjects.map((subject) => exportedOf(at(subject))),
        options.now(),
        options.who,
      ),
    import: (text) => importJournals(text, options),
  }
}

/** The lines as they were written: what `parse` makes of a body has another hash. */
function exportedOf(layout: Layout): ExportedJournal {
  const lines: Line<unknown>[] = []
  readWhole(layout, (line) => lines.push(line))
  return { subject: layout.subject, lines }
}
