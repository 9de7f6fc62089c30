/** A process for tests: takes the lock, says so or who has it, and keeps it until it is ended. `argv`: directory, name. */
import { HeldByAnother } from '../../src/ports/progress.ts'
import { openTally, orders } from './tally.ts'

const [directory = '', name = ''] = process.argv.slice(2)
try {
  openTally(directory, { user: name, host: 'here' }).hold(orders, `a test by ${name}`)
  process.stdout.write('held\n')
  setInterval(() => {}, 60_000)
} catch (error) {
  if (!(error instanceof HeldByAnother)) throw error
  process.stdout.write(`refused ${error.holder?.user ?? 'nobody'}\n`)
}
