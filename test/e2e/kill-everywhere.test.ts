/**
 * kill -9 at every kind of point that a run has (`npm run soak -- kill`): one start for each, which goes on from what all those before it
 * left behind, until a rotation from its first moment to its last comes past no kind that nobody died at.
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { crashing, type Scope } from '../support/crash-point.ts'
import { start } from '../support/program.ts'
import { reporting } from '../support/reporting.ts'
import { seeded, SOAK_SEED } from '../support/seeded.ts'
import { Victim } from '../support/victim.ts'

/** Many more starts than there are kinds: a rotation that does not get on. */
const BOUND = 800

describe.skipIf(!process.env['SOAK'])('kill -9 everywhere (npm run soak)', { timeout: 0 }, () => {
  const victims: Victim[] = []
  const newVictim = (): Victim => {
    const victim = new Victim()
    victims.push(victim)
    return victim
  }
  afterAll(async () => {
    for (const { state } of victims) await state.remove()
  })
  const random = seeded(SOAK_SEED)

  /** Dies once at each kind of point that counts, `together` with the Region where that says so. */
  async function diesEverywhere(about: number, scope: Scope, together: () => boolean): Promise<void> {
    const victim = newVictim()
    const unseen = join(victim.state.path, 'died-at')
    const report = reporting('kill', about)
    let deaths = 0
    const dies = async (flags: readonly string[]): Promise<boolean> => {
      if (!(await victim.crash({ unseen, ...scope }, flags, true))) return false
      report((deaths += 1))
      expect(deaths, 'it gets on').toBeLessThan(BOUND)
      if (together()) await victim.endRegion('SIGKILL')
      return true
    }
    // A rehearsal does not start over while somebody else is joined.
    const startsOver = async (): Promise<boolean> => {
      await victim.endRegion('SIGTERM')
      return dies(['--reset'])
    }
    while (await startsOver()) while (await dies([]));
    await victim.isDone(await victim.finish())
    expect(deaths, 'kinds that it died at').toBeGreaterThanOrEqual(about * 0.9)
  }

  it('of the program, at times with the Region', () => diesEverywhere(160, {}, () => random.below(8) === 0))

  it('of both, around each change of a database', () => diesEverywhere(20, { only: 'changes' }, () => true))

  it('of the Region, at every kind of point of its set-up, its start and its end', async () => {
    const victim = newVictim()
    const { state } = victim
    const report = reporting('kill the Region', 120)
    // Its servers live outside of the state directory where an ordinary user could not enter that.
    const order = { unseen: join(state.path, 'died-at'), root: tmpdir(), only: 'files' } as const
    for (let starts = 1; ; starts += 1) {
      expect(starts, 'it gets on').toBeLessThan(BOUND)
      const serving = start(['rehearse', '--serve', '--json', ...state.flags], {
        ...crashing(state, order),
        stdin: 'open',
      })
      // Once it serves it is asked to end, and dies of that too.
      serving.saw('\n').then(
        () => serving.child.stdin?.end(),
        () => undefined,
      )
      const { code, stderr } = await serving.ended
      if (code === 0) break
      expect(code, stderr).toBe('SIGKILL')
      report(starts)
    }
    await victim.isDone(await victim.finish())
  })

  it.each(Array.from({ length: 4 }, () => 1 + random.below(4_000)))(
    'of the program at its point %i, once',
    async (nth) => {
      const victim = victims[0] ?? newVictim()
      await victim.crash({ nth }, ['--reset'])
      await victim.isDone(await victim.finish())
    },
  )
})
