/** What declared waves hold against a plan, which is confirmed by a name of its own. */
import { expect, test } from 'vitest'
import { heldBackByWaves } from '../../../src/ui/waves/held-back.ts'
import { testSession } from '../../support/session.ts'

const canary = { name: 'canary', names: ['*-staging'], atOnce: 1, bake: 60_000 } as const
const WAVES = [canary, { name: 'main', environment: 'production', atOnce: 1, bake: 0 }] as const

test('a later wave waits until the ones before it are over and were watched, unless what is left of them goes with it', async () => {
  const { session, clock } = await testSession({ waves: WAVES })
  const desks = session.databases.map(({ desk }) => desk)
  const named = (...names: string[]) =>
    new Set(desks.filter(({ about }) => names.some((one) => about.name.endsWith(one))))
  const held = (...names: string[]) => heldBackByWaves(session, named(...names)).map(({ code }) => code)
  const end = async (how: 'done' | 'rolled-back') => {
    for (const desk of named('-staging')) {
      const rotation = await desk.begin(how === 'done' ? 'ca-change' : 'rollback')
      await desk.own.append({ kind: 'rotation-ended', rotation: rotation.id, how, kept: {} })
    }
  }
  expect(held('-production')).toEqual(['wave-before'])
  expect(held('-staging')).toEqual([])
  expect(held('-staging', '-production')).toEqual([])
  await end('done')
  expect(held('-production')).toEqual(['wave-baking'])
  clock.move(canary.bake)
  expect(held('-production')).toEqual([])
  await end('rolled-back')
  expect(held('-production')).toEqual(['wave-went-back'])
})
