/** What AWS lists as pending, for whom, and when it does it by itself: on the simulated Region with a clock that is moved by hand. */
import { expect, it } from 'vitest'
import { agendaAtRest } from '../../src/rehearsal/lifecycle/agenda.ts'
import { HOME } from '../../src/rehearsal/world.ts'
import { simulatedControlPlane } from '../support/simulated-control-plane.ts'
import { simulatedWorld, type SimulatedWorld } from '../support/simulated-world.ts'

const DAY = 24 * 60 * 60_000
const TARGET = 'rds-ca-rsa2048-g1'
const databaseOf = ({ state }: SimulatedWorld, key: string) => state.databases.find((one) => one.key === key)!

it('a Multi-AZ DB cluster’s is listed and taken up under the cluster’s ARN, for all members; an Aurora member’s under its own', async () => {
  const world = await simulatedWorld({ faults: ['ca-rotation-due', 'system-update-due'] })
  const control = simulatedControlPlane(world, HOME)
  const pendingFor = async (arn: string) => (await control.maintenance(arn)).map(({ action }) => action)
  const bookings = (await control.cluster('bookings-production'))!
  const member = (await control.database('bookings-production-instance-1'))!
  expect(await pendingFor(bookings.arn)).toEqual(['ca-certificate-rotation', 'system-update'])
  expect(await pendingFor(member.arn)).toEqual([])
  const shop = (await control.cluster('shop-production'))!
  expect(await pendingFor(shop.arn)).toEqual(['system-update'])
  expect(await pendingFor((await control.database('shop-production-2'))!.arn)).toEqual(['ca-certificate-rotation'])
  expect(await pendingFor((await control.database('orders-production'))!.arn)).toEqual([
    'ca-certificate-rotation',
    'system-update',
  ])
  const filter = { 'Filters.Filter.1.Name': 'db-cluster-id', 'Filters.Filter.1.Values.Value.1': 'bookings-production' }
  const { PendingMaintenanceActions: listed } = world.ask(HOME, 'DescribePendingMaintenanceActions', filter)
  expect(listed).toMatchObject([{ ResourceIdentifier: bookings.arn }])

  world.ask(HOME, 'ApplyPendingMaintenanceAction', {
    ResourceIdentifier: bookings.arn,
    ApplyAction: 'ca-certificate-rotation',
    OptInType: 'immediate',
  })
  await world.move(60 * 60_000)
  expect((await control.cluster('bookings-production'))!.ca).toBe(TARGET)
  for (const n of [1, 2, 3]) expect(databaseOf(world, `bookings-production-instance-${n}`).ca).toBe(TARGET)
  expect(await pendingFor(bookings.arn)).toEqual(['system-update'])
})

it('what AWS has set a date for it does by itself, in the first window after it and not before; on the last date in any case', async () => {
  const world = await simulatedWorld({ faults: ['ca-rotation-due:orders-production'] })
  const [opening] = databaseOf(world, 'orders-production').agenda
  const { autoAppliedAfter } = databaseOf(world, 'orders-production').renewal!
  expect(opening!.at).toBeGreaterThanOrEqual(autoAppliedAfter!)
  // The window that opens before the date is not AWS's.
  await world.move(opening!.at - world.clock.now() - 1)
  expect(databaseOf(world, 'orders-production')).toMatchObject({ ca: 'rds-ca-2019', status: 'available' })
  await world.move(1)
  expect(databaseOf(world, 'orders-production').renewal).toMatchObject({ optIn: 'immediate' })
  await world.move(60 * 60_000)
  expect(databaseOf(world, 'orders-production')).toMatchObject({ ca: TARGET, status: 'available', agenda: [] })
  expect(world.requests.filter(({ effect }) => effect)).toEqual([])

  const late = await simulatedWorld({ faults: ['ca-rotation-due:orders-production'] })
  const database = databaseOf(late, 'orders-production')
  const { autoAppliedAfter: _never, ...forced } = database.renewal!
  expect(agendaAtRest({ ...database, renewal: forced }, late.clock.now())).toEqual([
    { act: 'open-window', at: database.createdAt + 30 * DAY },
  ])
})

it('the members of a Multi-AZ DB cluster go in one window, which is the cluster’s', async () => {
  const world = await simulatedWorld({ faults: ['ca-rotation-in-window'] })
  const members = () => [1, 2, 3].map((n) => databaseOf(world, `bookings-production-instance-${n}`))
  const [window, ...others] = new Set(members().map(({ maintenanceWindow }) => maintenanceWindow))
  expect(others).toEqual([])
  const cluster = (await simulatedControlPlane(world, HOME).cluster('bookings-production'))!
  expect(cluster.maintenanceWindow).toBe(window)
  await world.move(members()[0]!.agenda[0]!.at - world.clock.now())
  expect(members().map(({ renewal }) => renewal!.optIn)).toEqual(['immediate', 'immediate', 'immediate'])
})
