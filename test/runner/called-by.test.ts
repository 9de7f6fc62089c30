/** Where two databases have one name, the name confirms neither. */
import { expect, test } from 'vitest'
import { advance } from '../../src/runner/advance.ts'
import { openDesk } from '../../src/runner/desk.ts'
import { testSession } from '../support/session.ts'

test('a change of one of two databases of a name is confirmed by account, Region and name alone', async () => {
  const { session, region } = await testSession({ databases: [['orders-staging', 'postgres']] })
  region.storeIsStale = false
  const [own] = session.databases
  const called = '123456789012/eu-central-1/orders-staging'
  const desk = await openDesk(own!.desk.deps, { ...own!.desk.about, called })
  const { signal } = new AbortController()
  const stop = await advance(desk, signal)
  expect(stop.kind).toBe('confirm')
  const typed = (name: string) => session.applier.apply(desk, 'modify', async () => name, signal)
  expect(await typed('orders-staging')).toMatchObject({ kind: 'declined', typed: 'orders-staging' })
  expect(region.sent).toEqual([])
  expect(await typed(called)).toMatchObject({ kind: 'answered' })
  expect(region.sent).toEqual(['orders-staging'])
})
