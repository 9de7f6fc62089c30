import { expect, test } from 'vitest'
import { advance } from '../../../../src/runner/advance.ts'
import { standingsOf } from '../../../../src/ui/tui/scene/standings.ts'
import { testSession } from '../../../support/session.ts'

/** How often a desk was asked, and what it would answer. */
async function counted() {
  const made = await testSession()
  const desk = made.session.databases[0]?.desk
  if (!desk) throw new Error('there is no database')
  let asked = 0
  const assess = desk.assess.bind(desk)
  desk.assess = () => {
    asked += 1
    return assess()
  }
  let revision = 0
  const standings = standingsOf(made.session, () => revision)
  return { ...made, desk, standings, asked: () => asked, happened: () => (revision += 1) }
}

test('how a database stands is derived once, until something happens', async () => {
  const { standings, asked, happened } = await counted()
  expect(standings.of(0)).toBe(standings.of(0))
  expect(asked()).toBe(1)
  happened()
  standings.of(0)
  expect(asked()).toBe(2)
})

test('time alone changes it: when a proof runs out, and when the clock is set back', async () => {
  const { standings, asked, clock, desk, region } = await counted()
  region.storeIsStale = false
  await advance(desk, new AbortController().signal)
  const before = asked()
  const { until } = standings.of(0)
  clock.move(until - clock.now())
  standings.of(0)
  expect(asked()).toBe(before + 1)
  clock.move(1)
  expect(standings.of(0).steps.get('preflight')?.standing).toBe('expired')
  clock.move(-10 * 60_000)
  standings.of(0)
  expect(asked()).toBe(before + 3)
})
