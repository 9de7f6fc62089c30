/**
 * Fleets drawn from a seed, in three waves, with eight faults each, and an operator who does only what the screen names. What is to hold:
 * no database is changed twice, none out of order, none without its proofs, and every run comes to its end.
 *
 * The whole of it does not hold yet: 485 of the seeds 1 to 500 do, and `npm run soak` stops at the first that does not.
 * - 226, 272, 288, 293, 437: a dead end at 10. A database renamed after its change was sent is still looked for at its old endpoint.
 * - 220, 367, 389, 491, 494: sent while another member was being changed from outside, of which AWS's API showed nothing at that moment.
 * - 222, 243, 275, 353, 461: the twin was restored under its name after 05 had been proven on the old one; the check goes by name.
 */
import { describe, expect, it } from 'vitest'
import { strike } from '../support/fleet/faults.ts'
import { violations } from '../support/fleet/held-true.ts'
import { finish } from '../support/fleet/screen-operator.ts'
import { seededFleet } from '../support/fleet/seeded-fleet.ts'
import { seeds } from '../support/seeded.ts'

/** Runs in which something was found: a clock set back, a change from outside after a refusal of ours. */
const FOUND = [2, 70]

async function run(seed: number): Promise<void> {
  const fleet = seededFleet(seed)
  const faults = strike(fleet, 8)
  const told = `seed ${seed}: ${faults.join('; ')}`
  await finish(fleet).catch((error: unknown) => {
    throw new Error(told, { cause: error })
  })
  expect(await violations(fleet), told).toEqual([])
}

describe('a fleet', () => {
  it('without a fault, each database once', async () => {
    const drawn = { billing: false, ledger: false, shop: true, elsewhere: true }
    const fleet = seededFleet(1, { drawn })
    await finish(fleet)
    expect(await violations(fleet)).toEqual([])
    const databases = fleet.accounts.flatMap(({ databases: all }) => [...all.keys()])
    expect(fleet.accounts.flatMap(({ requests }) => requests)).toHaveLength(databases.length)
  })

  it.each(FOUND)('seed %i', run)

  it('many seeds', { timeout: seeds(60_000, 3_600_000) }, async () => {
    for (let seed = 1; seed <= seeds(1, 500); seed += 1) await run(seed)
  })
})
