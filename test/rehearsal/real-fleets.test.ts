/**
 * Fleets on real servers, drawn from a seed: three waves, eight faults, and an operator who does only what the screen names. No database
 * is changed twice, none out of order, none without its proofs, and each run comes to its end.
 */
import { describe, it } from 'vitest'

describe.skipIf(!process.env['SOAK'])('fleets on real servers (npm run soak)', () => {
  it.each([1, 2, 3, 4, 5])('seed %i', { timeout: 900_000 }, async (seed) => {
    const { realRun } = await import('../support/fleet/real-run.ts')
    await realRun(seed)
  })
})
