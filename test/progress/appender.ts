/**
 * A process for tests: appends numbered words and says each once it has been told that it is saved, and what it was refused with.
 * `argv`: directory, name, how many, and how long a note to each (characters; 0 when absent).
 */
import { ProgressUnusable } from '../../src/ports/progress.ts'
import { openTally, orders } from './tally.ts'

const [directory = '', name = '', count = '0', note = '0'] = process.argv.slice(2)
const journal = await openTally(directory, { user: name, host: 'here' }).open(orders)
for (let n = 0; n < Number(count); n++) {
  try {
    await journal.append({ word: `${name}-${n}`, note: 'x'.repeat(Number(note)) })
    process.stdout.write(`${name}-${n}\n`)
  } catch (error) {
    if (!(error instanceof ProgressUnusable)) throw error
    process.stdout.write(`${error.code}\n`)
  }
}
