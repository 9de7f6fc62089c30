import type { Tally } from '../rules/tally.ts'
import type { Subject } from '../rules/words.ts'

/** Who was seen connected over time, where somebody has watched. */
export interface Sightings {
  /** What was watched of a database; undefined where nobody has. Throws ProgressUnusable for what cannot be read. */
  of(database: Subject): Promise<Tally | undefined>
}
