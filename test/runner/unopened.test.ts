/** How databases stand of which nothing is on record: those that are alike share one assessment, and it is what each would have alone. */
import { expect, test } from 'vitest'
import { assess } from '../../src/rules/assess.ts'
import { deskOf } from '../../src/runner/desk.ts'
import { testSession } from '../support/session.ts'

const databases = [
  ['orders-staging', 'postgres'],
  ['billing-staging', 'mariadb'],
  ['orders-production', 'postgres'],
  ['billing-production', 'mariadb'],
] as const

async function unopened() {
  const { session } = await testSession({ databases })
  return session.databases.map(({ desk: { deps, about } }) => deskOf(deps, about))
}

test('each stands as it would alone', async () => {
  for (const desk of await unopened()) {
    const alone = assess(desk.deps.runbook, desk.known(), desk.deps.now())
    expect(desk.assess()).toStrictEqual(alone)
  }
})

test('those that are decided alike share it; those that lean on another twin do not', async () => {
  const [orders, billing, ordersProduction, billingProduction] = (await unopened()).map((desk) => desk.assess())
  expect(billing).toBe(orders)
  expect(ordersProduction).not.toBe(orders)
  expect(billingProduction).not.toBe(ordersProduction)
})

test('what is taken for decided at one, or put on record of it, is nothing of the other', async () => {
  const [orders, billing] = await unopened()
  orders!.assume({ timing: 'window' })
  expect(orders!.assess().decided.timing).toBe('window')
  expect(billing!.assess().decided.timing).toBe('now')
  await orders!.rotate()
  expect(orders!.isOpen).toBe(true)
  expect(orders!.assess().rotation).toBeDefined()
  expect(billing!.assess().rotation).toBeUndefined()
})
