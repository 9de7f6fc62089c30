/** A whole cluster, and a source with its replicas, under one confirmation: readers before the writer, one at a time, each once. */
import { describe, expect, it } from 'vitest'
import { changeDigest } from '../../src/rules/change.ts'
import { wholeName, type Confirmation } from '../../src/rules/confirmation.ts'
import { planOf, plannedDatabase, readPlan, type Plan } from '../../src/rules/plan.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { confirmPlanned, differences, isPlanned, takeDecisions, type PlannedDesk } from '../../src/runner/planned.ts'
import { changeTogether, surveyTogether, type Surveyed } from '../../src/runner/together.ts'
import { standingWaves } from '../../src/ui/view/standing-waves.ts'
import { violations } from '../support/fleet/held-true.ts'
import { auroraClusterOf } from '../support/fleet/records.ts'
import { keyOf, OWN, seededFleet, type Fleet } from '../support/fleet/seeded-fleet.ts'
import { WHO } from '../support/scenario.ts'
import { NEW_CA } from '../support/scripted-region.ts'

const never = new AbortController().signal
const drawn = { billing: true, ledger: true, shop: true, elsewhere: false, cascade: true }
const NAMES = [
  'billing-production',
  'billing-staging',
  'ledger',
  'ledger-r1',
  'ledger-r2',
  'ledger-r2-r',
  'orders-production',
]
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
  it.each(process.env['SOAK'] ? [1, 2, 3, 4, 10] : [1, 10])(
    '%i at a time: all are confirmed at once, and each is sent in its turn',
    async (atOnce) => {
      const fleet = seededFleet(1, { drawn })
      const start = await opened(fleet)
      expect(start.surveyed.unready).toEqual([])
      expect(namesOf(start.surveyed.requests.map(({ desk }) => desk)).sort()).toEqual(ALL)
      expect((await changed(fleet, start, atOnce)).kind).toBe('done')
      expect(sent(fleet, 'shop').at(-1)).toBe('shop-1')
      expect(sent(fleet, 'ledger').at(-1)).toBe('ledger')
      expect(sent(fleet, 'ledger-r2')).toEqual(['ledger-r2-r', 'ledger-r2'])
      expect(fleet.own.requests).toHaveLength(ALL.length)
      expect(await violations(fleet)).toEqual([])
    },
  )

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

  it('a set without all of a cluster’s readers: its writer is not ready, and is named', async () => {
    const fleet = seededFleet(1, { drawn })
    const { desks } = await opened(fleet)
    const without = desks.filter(({ about }) => about.name !== 'shop-3')
    const { requests, unready } = await surveyTogether(without, never)
    expect(namesOf(unready.map(({ desk }) => desk))).toEqual(['shop-1'])
    expect(namesOf(requests.map(({ desk }) => desk))).not.toContain('shop-1')
  })

  it('two that wait for each other stop with what each waits for, and nothing is sent', async () => {
    const fleet = seededFleet(1, { drawn })
    const [production, staging] = [keyOf(fleet.own, 'orders-production'), keyOf(fleet.own, 'orders-staging')]
    const { databases } = fleet.config
    fleet.config = {
      ...fleet.config,
      databases: { ...databases, [staging]: { ...databases[staging], environment: 'production', twin: production } },
    }
    const start = await opened(fleet)
    const desks = start.desks.filter(({ about }) => about.name.startsWith('orders'))
    const surveyed = await surveyTogether(desks, never)
    expect(namesOf(surveyed.requests.map(({ desk }) => desk)).sort()).toEqual(['orders-production', 'orders-staging'])
    const came = await changed(fleet, { ...start, desks, surveyed }, 1)
    expect(came).toMatchObject({ kind: 'stopped', why: { kind: 'stop', stop: { kind: 'closed' } } })
    expect(fleet.own.requests).toEqual([])
  })

  it('what something else keeps from its change is not ready, and is named', async () => {
    const fleet = seededFleet(1, { drawn })
    fleet.own.databases.get('shop-1')!.record.pendingOther = { AllocatedStorage: '200' }
    const { surveyed } = await opened(fleet)
    expect(namesOf(surveyed.unready.map(({ desk }) => desk))).toEqual(['shop-1'])
  })
})

async function approved(fleet: Fleet, { surveyed }: Awaited<ReturnType<typeof opened>>): Promise<Plan> {
  const databases = surveyed.requests.map(({ desk, step, change }) =>
    plannedDatabase(desk.about, desk.assess(), step, change),
  )
  const at = fleet.clock.now()
  const draft = { name: 'all', at, by: WHO, approver: 'Tanaka', databases }
  const read = readPlan(JSON.parse(JSON.stringify(planOf(draft, wholeName('all', databases.length), at))))
  if (read.kind !== 'plan') throw new Error(read.why.code)
  return read.plan
}

/** As `apply --execute` does, on a machine that has seen nothing else of it; the process dies after so many requests. */
async function carriedOut(fleet: Fleet, plan: Plan, diesAfter = Infinity) {
  const session = await fleet.open()
  const desks = plan.databases.map((planned): PlannedDesk => {
    const desk = session.databases.find((one) => one.desk.about.subject.id === planned.subject.id)!.desk
    return { desk, planned, resumes: isPlanned(desk, plan) }
  })
  const found = await differences(desks, never)
  if (found.length > 0) return found
  for (const one of desks) await takeDecisions(one, plan)
  const stop = new AbortController()
  return changeTogether(
    desks.map(({ desk }) => desk),
    {
      applier: session.applier,
      confirm: confirmPlanned(plan, desks),
      atOnce: 1,
      halted: async () => {
        if (fleet.own.requests.length >= diesAfter) stop.abort(new Error('killed'))
        return false
      },
      signal: stop.signal,
    },
  )
}

describe('a plan for whole groups', () => {
  it('is carried out in their order, each request once', async () => {
    const fleet = seededFleet(1, { drawn })
    const plan = await approved(fleet, await opened(fleet))
    expect(await carriedOut(fleet, plan)).toEqual({ kind: 'done' })
    expect(sent(fleet, 'shop').at(-1)).toBe('shop-1')
    expect(sent(fleet, 'ledger').at(-1)).toBe('ledger')
    expect(fleet.own.requests).toHaveLength(ALL.length)
    expect(await violations(fleet)).toEqual([])
  })

  it('is finished by carrying it out again, wherever it was killed', async () => {
    for (const after of process.env['SOAK'] ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [4]) {
      const fleet = seededFleet(1, { drawn })
      const plan = await approved(fleet, await opened(fleet))
      await expect(carriedOut(fleet, plan, after)).rejects.toThrow('killed')
      expect(fleet.own.requests, `killed after ${after}`).toHaveLength(after)
      expect(await carriedOut(fleet, plan)).toEqual({ kind: 'done' })
      expect(fleet.own.requests, `killed after ${after}`).toHaveLength(ALL.length)
      expect(await violations(fleet)).toEqual([])
    }
  })

  it('a reader that came since it was approved: nothing is sent, and what differs is said', async () => {
    const fleet = seededFleet(1, { drawn })
    const plan = await approved(fleet, await opened(fleet))
    fleet.own.create('shop-4', 'aurora-postgresql')
    const cluster = fleet.own.clusters.get('shop')!
    cluster.members = [...cluster.members, { ...cluster.members[1]!, id: 'shop-4' }]
    expect(JSON.stringify(await carriedOut(fleet, plan))).toContain('plan-proof-differs')
    expect(fleet.own.requests).toEqual([])
  })
})

it('a wave may name a cluster: its members are of it; a database of that name goes before it', async () => {
  const fleet = seededFleet(1, { drawn, waves: [{ name: 'shops', databases: ['shop'] }] })
  const opened = await fleet.open()
  const member = opened.databases.find(({ desk }) => desk.about.name === 'shop-1')
  const whole = member!.meantBy!.filter((name) => name.endsWith('/shop'))
  expect(whole).toEqual([expect.stringMatching(/^\d{12}\/[a-z0-9-]+\/shop$/)])
  const [alike] = standingWaves({ ...opened, waves: [{ name: 'shops', databases: whole, atOnce: 1, bake: 0 }] })
  expect(alike!.wave.members).toHaveLength(3)
  const [shops, rest] = standingWaves(opened)
  expect(namesOf(shops!.wave.members.map(({ desk }) => desk)).sort()).toEqual(['shop-1', 'shop-2', 'shop-3'])
  expect(rest!.wave.members).toHaveLength(ALL.length - 3)
  fleet.own.create('shop', 'postgres')
  expect(namesOf(standingWaves(await fleet.open())[0]!.wave.members.map(({ desk }) => desk))).toEqual(['shop'])
})

it('a cluster declared by name stands surety as a whole: all of it is on the target before the first that rests on it', async () => {
  const fleet = seededFleet(1, { drawn: { billing: false, ledger: false, shop: true, elsewhere: false } })
  const staging = ['shop-staging-1', 'shop-staging-2']
  for (const name of staging) fleet.own.create(name, 'aurora-postgresql', { clusterId: 'shop-staging' })
  fleet.own.clusters.set('shop-staging', auroraClusterOf(OWN, 'shop-staging', staging))
  const { databases, applications } = fleet.config
  const isOfShop = (key: string) => key.includes('/shop-')
  fleet.config = {
    ...fleet.config,
    databases: {
      ...Object.fromEntries(Object.entries(databases).filter(([key]) => !isOfShop(key))),
      shop: { twin: 'shop-staging', target: NEW_CA },
      'shop-staging': { environment: 'staging', target: NEW_CA },
    },
    applications: Object.fromEntries(
      Object.entries(applications).map(([name, one]) => [
        name,
        { ...one, databases: [...one.databases.filter((key) => !isOfShop(key)), 'shop', 'shop-staging'] },
      ]),
    ),
  }
  const start = await opened(fleet)
  expect(namesOf(start.surveyed.unready.map(({ desk }) => desk))).toEqual([])
  expect((await changed(fleet, start, 3)).kind).toBe('done')
  const order = sent(fleet, 'shop')
  expect(order.slice(0, 2)).toEqual(['shop-staging-2', 'shop-staging-1'])
  expect(order.at(-1)).toBe('shop-1')
  expect(order).toHaveLength(5)
  expect(await violations(fleet)).toEqual([])
})
