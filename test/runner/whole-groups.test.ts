/** A whole cluster, and a source with its replicas, under one confirmation: readers before the writer, one at a time, each once. */
import { describe, expect, it } from 'vitest'
import { changeDigest } from '../../src/rules/change.ts'
import { wholeName, type Confirmation } from '../../src/rules/confirmation.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { changeTogether, surveyTogether, type Surveyed } from '../../src/runner/together.ts'
import { violations } from '../support/fleet/held-true.ts'
import { seededFleet, type Fleet } from '../support/fleet/seeded-fleet.ts'
import { WHO } from '../support/scenario.ts'

const never = new AbortController().signal
const drawn = { billing: true, ledger: true, shop: true, elsewhere: false }
const NAMES = ['billing-production', 'billing-staging', 'ledger', 'ledger-r1', 'ledger-r2', 'orders-production']
const ALL = [...NAMES, 'orders-staging', 'shop-1', 'shop-2', 'shop-3']

async function opened(fleet: Fleet) {
  const session = await fleet.open()
  const desks = session.databases.map(({ desk }) => desk)
  return { session, desks, surveyed: await surveyTogether(desks, never) }
}
const namesOf = (desks: readonly Desk[]) => desks.map(({ about }) => about.name)
const confirmationOf = ({ clock }: Fleet, { requests }: Surveyed): Confirmation => ({
  typed: wholeName('all', requests.length),
  digests: requests.map(({ change }) => changeDigest(change)),
  at: clock.now(),
  by: WHO,
  of: { kind: 'wave', name: 'all' },
})
const sent = ({ own }: Fleet, like: string) =>
  own.requests.flatMap(({ name, took }) => (took && name.startsWith(like) ? [name] : []))

async function changed(
  fleet: Fleet,
  { session, desks, surveyed }: Awaited<ReturnType<typeof opened>>,
  atOnce: number,
  meanwhile: () => void = () => undefined,
) {
  const confirmation = confirmationOf(fleet, surveyed)
  return changeTogether(desks, {
    applier: session.applier,
    confirm: async () => confirmation,
    atOnce,
    halted: async () => {
      meanwhile()
      return false
    },
    signal: never,
  })
}

describe('whole groups under one confirmation', () => {
  it.each([1, 3, 10])('%i at a time: all are confirmed at once, and each is sent in its turn', async (atOnce) => {
    const fleet = seededFleet(1, { drawn })
    const start = await opened(fleet)
    expect(start.surveyed.unready).toEqual([])
    expect(namesOf(start.surveyed.requests.map(({ desk }) => desk)).sort()).toEqual(ALL)
    expect((await changed(fleet, start, atOnce)).kind).toBe('done')
    expect(sent(fleet, 'shop').at(-1)).toBe('shop-1')
    expect(sent(fleet, 'ledger').at(-1)).toBe('ledger')
    expect(fleet.own.requests).toHaveLength(ALL.length)
    expect(await violations(fleet)).toEqual([])
  })

  it('the writer’s request can be read and confirmed, and cannot be sent before its readers are done', async () => {
    const fleet = seededFleet(1, { drawn })
    const { session, desks, surveyed } = await opened(fleet)
    const writer = desks.find(({ about }) => about.name === 'shop-1')!
    expect(writer.assess().steps.get('modify')).toMatchObject({
      change: { api: 'ModifyDBInstance' },
      gate: { open: false },
    })
    const confirmation = confirmationOf(fleet, surveyed)
    expect(await session.applier.apply(writer, 'modify', async () => confirmation, never)).toMatchObject({
      kind: 'closed',
    })
    expect(fleet.own.requests).toEqual([])
  })

  it('a failover in the middle: the new writer is not sent before the old one', async () => {
    const fleet = seededFleet(1, { drawn })
    const start = await opened(fleet)
    let failedOver = false
    const failOver = (): void => {
      if (failedOver || sent(fleet, 'shop').length !== 1) return
      failedOver = true
      const cluster = fleet.own.clusters.get('shop')!
      const next = ['shop-3', 'shop-2'].find((name) => !sent(fleet, 'shop').includes(name))
      cluster.members = cluster.members.map((one) => ({ ...one, writer: one.id === next }))
    }
    expect((await changed(fleet, start, 1, failOver)).kind).toBe('done')
    expect(failedOver).toBe(true)
    expect(await violations(fleet)).toEqual([])
    expect(sent(fleet, 'shop')[1]).toBe('shop-1')
  })

  it('what something else keeps from its change is not ready, and is named', async () => {
    const fleet = seededFleet(1, { drawn })
    fleet.own.databases.get('shop-1')!.record.pendingOther = { AllocatedStorage: '200' }
    const { surveyed } = await opened(fleet)
    expect(namesOf(surveyed.unready.map(({ desk }) => desk))).toEqual(['shop-1'])
  })
})
