/** One database assessed, and 10,000, against reading its evidence as JSON once: what any program must do that shows it. */
import { runbook } from '../steps/index.ts'
import { assess } from '../src/rules/assess.ts'
import { NOW, readyToModify } from '../test/support/scenario.ts'
import { ms, ratio, timed } from './measure.ts'

const known = readyToModify().known()
const saved = JSON.stringify([
  known.record,
  known.bundle.record,
  [...known.applications.values()].map(({ record }) => record),
  known.twin?.record,
])
const ours = timed(() => assess(runbook, known, NOW), 500)
const parse = timed(() => JSON.parse(saved) as unknown, 500)
console.log('Assessing one database with all of its proofs and its twin:')
console.log(`  assess: ${ms(ours)}; JSON.parse of the same records: ${ms(parse)}; ratio ${ratio(ours, parse)}`)
console.log(`  10,000 databases: ${(ours.median * 10_000).toFixed(0)} ms`)
