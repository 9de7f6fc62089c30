/**
 * Fleets drawn from a seed, in three waves, with eight faults each, and an operator who does only what the screen names; beside the waves
 * outages and leaf renewals before them, the way back after them, with four faults more. What is to hold: no database is changed twice,
 * none out of order, none without its proofs, and every run comes to its end.
 */
import { describe, expect, it } from 'vitest'
import { strike } from '../support/fleet/faults.ts'
import { ofRecords, violations } from '../support/fleet/held-true.ts'
import { beforeTheWaves, everything } from '../support/fleet/errands.ts'
import { RESTARTING } from '../support/fleet/records.ts'
import { OLD_CA } from '../support/scripted-region.ts'
import { finish } from '../support/fleet/screen-operator.ts'
import { seededFleet, type Wished } from '../support/fleet/seeded-fleet.ts'
import { reporting } from '../support/reporting.ts'
import { seeds } from '../support/seeded.ts'

/**
 * Runs in which something was found: a clock set back, a change from outside after a refusal of ours, a rename after a change was sent, a
 * rename while an answer is missing.
 */
const FOUND = [2, 70, 226, 629, 798]

async function run(seed: number, wished: Wished = {}): Promise<void> {
  const fleet = seededFleet(seed, wished)
  const faults = [...strike(fleet, 8)]
  const told = () => `seed ${seed}: ${faults.join('; ')}`
  await everything(fleet, () => faults.push(...strike(fleet, 4, 'after'))).catch((error: unknown) => {
    throw new Error(told(), { cause: error })
  })
  expect(await violations(fleet), told()).toEqual([])
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

  it('members of an Aurora cluster, the writer too, and a Multi-AZ DB cluster take up AWS’s renewal, each once', async () => {
    const names = ['shop-2', 'shop-1', 'bookings-production']
    const errands = names.map((name) => ({ sequence: 'leaf-renewal' as const, name }))
    const fleet = seededFleet(1, {
      drawn: { billing: false, ledger: false, shop: true, bookings: true, elsewhere: false, errands },
    })
    const databases = names.map((name) => fleet.own.databases.get(name)!)
    for (const { record } of databases.slice(0, 2)) record.engineVersion = RESTARTING
    const before = databases.map(({ leaf }) => leaf)
    await beforeTheWaves(fleet)
    const all = fleet.own.requests.map(({ api, name, took }) => ({ api, name, took }))
    expect(all).toEqual(names.map((name) => ({ api: 'ApplyPendingMaintenanceAction', name, took: true })))
    expect(databases.map(({ leaf, served }) => [leaf, served])).toEqual(before.map((leaf) => [leaf + 1, OLD_CA]))
    expect(await ofRecords(fleet)).toEqual([])
  })

  it.each(FOUND)('seed %i', (seed) => run(seed, { wavesAlone: true }))

  it('many seeds', { timeout: seeds(60_000, 3_600_000) }, async () => {
    // The sample has everything beside the waves too: a Multi-AZ DB cluster, an outage, a leaf renewal, the way back.
    const first = seeds(184, 1)
    const last = first + seeds(0, 499)
    const report = reporting('fleets', last)
    for (let seed = first; seed <= last; seed += 1) {
      await run(seed)
      report(seed)
    }
  })
})
