/** One database assessed, and 10,000, against reading its evidence as JSON once: what any program must do that shows it. */
import { runbook } from '../steps/index.ts'
import { assess } from '../src/rules/assess.ts'
import { NOW, readyToModify } from '../test/support/scenario.ts'
import { openDesk } from '../src/runner/desk.ts'
import { REGION } from '../test/support/scripted-region.ts'
import { testSession, WORLD } from '../test/support/session.ts'
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

/** 10,000 databases on record, assessed again after one change. */
const { session } = await testSession({ databases: [['orders-staging', 'postgres']] })
const { deps } = session.databases[0]!.desk
const desks = await Promise.all(
  Array.from({ length: 10_000 }, async (_, index) => {
    const name = `orders-${index}-staging`
    const desk = await openDesk(deps, {
      name,
      subject: { kind: 'database', world: WORLD, region: REGION, id: `db-${index}` },
    })
    await desk.rotate()
    return desk
  }),
)
const all = (): number => {
  const begun = performance.now()
  for (const desk of desks) desk.assess()
  return performance.now() - begun
}
const cold = all()
const again: number[] = []
for (const desk of desks.slice(0, 51)) {
  await desk.decide('timing', 'window', 'bench')
  again.push(all())
}
again.sort((a, b) => a - b)
console.log(
  `10,000 databases on record: ${cold.toFixed(0)} ms at first; again after one change: ${again[25]?.toFixed(2)} ms (${again[0]?.toFixed(2)} to ${again.at(-1)?.toFixed(2)})`,
)
