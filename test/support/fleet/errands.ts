/** What is done for one database beside the waves: an outage, a leaf renewal, the way back; by the same operator, who does what is named. */
import { qualifiedName } from '../../../src/config/names.ts'
import { beginnings, beginSequence } from '../../../src/runner/begin.ts'
import type { Desk } from '../../../src/runner/desk.ts'
import { NEW_CA, OLD_CA } from '../scripted-region.ts'
import { Moot } from './ground.ts'
import { DeadEnd, finish, Operator, recover, ROUNDS } from './screen-operator.ts'
import type { Errand, Fleet } from './seeded-fleet.ts'

/** After the last fault of the first round has struck. */
const LATER = 2 * 60 * 60_000

/** What is done before the waves: an outage, renewals. */
export async function beforeTheWaves(fleet: Fleet): Promise<void> {
  for (const errand of fleet.errands.filter(({ sequence }) => sequence !== 'rollback')) await run(fleet, errand)
}

/** An outage and renewals, then the waves, then the way back; and, where something was restored meanwhile, the waves once more. */
export async function everything(fleet: Fleet, strikeAgain: () => void): Promise<void> {
  await beforeTheWaves(fleet)
  await finish(fleet)
  const back = fleet.errands.filter(({ sequence }) => sequence === 'rollback')
  if (back.length === 0) return
  await fleet.clock.sleep(LATER, new AbortController().signal)
  strikeAgain()
  for (const errand of back) await run(fleet, errand)
  await finish(fleet)
}

/** Declares the CA that a database is to have, as its owners do, under the name that it has now. Its name; undefined: it is not there. */
function declare(fleet: Fleet, id: string, target: string): string | undefined {
  for (const { world, databases } of fleet.accounts)
    for (const { record } of databases.values()) {
      if (record.resourceId !== id) continue
      const key = qualifiedName({ subject: { kind: 'database', world, region: 'eu-central-1', id }, name: record.id })
      const { config } = fleet
      fleet.config = { ...config, databases: { ...config.databases, [key]: { ...config.databases[key], target } } }
      return record.id
    }
  return undefined
}

/** What it leaves behind: a renewed or mended database is to get the new CA like all others; one that went back stays there. */
async function run(fleet: Fleet, { sequence, name }: Errand): Promise<void> {
  const record = fleet.own.databases.get(name)?.record
  if (!record) return
  const { resourceId: id, ca } = record
  const target = { outage: NEW_CA, 'leaf-renewal': ca, rollback: OLD_CA }[sequence]
  const isDone = await isCarriedOut(fleet, id, sequence, target)
  if (sequence !== 'rollback' || !isDone) declare(fleet, id, NEW_CA)
}

/** Resolves to whether it was done: false where it came to nothing by itself (deleted, restored, changed by somebody else). */
async function isCarriedOut(fleet: Fleet, id: string, sequence: Errand['sequence'], target: string): Promise<boolean> {
  let isMoot = false
  for (let starts = 0; starts < ROUNDS; starts += 1)
    try {
      if (declare(fleet, id, isMoot ? NEW_CA : target) === undefined) return false
      const session = await fleet.open()
      const found = session.databases.find(({ desk }) => desk.about.subject.id === id)
      if (!found) return false
      const { desk, record } = found
      if (isMoot) {
        await desk.begin('ca-change')
        return false
      }
      const operator = new Operator(fleet, session)
      if (isAt(desk, sequence) === 'ended') return true
      if (isAt(desk, sequence) === 'none') {
        const beginning = beginnings(desk, record?.ca).find(
          (one) => one.sequence === sequence && (one.target ?? target) === target,
        )
        if (!beginning) return false
        if (/finish it first|no answer yet/.test(beginning.off ?? '')) await operator.tend(desk, true)
        else if (beginning.off !== undefined) return false
        else await beginSequence(desk, beginning, 'screen')
      }
      await operator.tend(desk, true)
    } catch (error) {
      if (error instanceof Moot) isMoot = true
      else await recover(fleet, error)
    }
  throw new DeadEnd(`nothing comes of the ${sequence}`)
}

function isAt({ rotation }: Desk, sequence: Errand['sequence']): 'none' | 'under-way' | 'ended' {
  if (rotation?.sequence !== sequence || rotation.end?.how === 'abandoned') return 'none'
  return rotation.end ? 'ended' : 'under-way'
}
