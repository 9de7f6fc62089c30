/** Clocks that jump, credentials that expire, somebody else at work: nothing is lost, and nothing sent twice. */
import { describe, expect, it } from 'vitest'
import { exitOf } from '../../src/commands/drive/worst.ts'
import { advance } from '../../src/runner/advance.ts'
import { beginSequence } from '../../src/runner/begin.ts'
import { look } from '../../src/runner/look.ts'
import { abandonIntent } from '../../src/runner/observe.ts'
import { memoryProgress } from '../support/memory-progress.ts'
import { NEW_CA, OLD_CA } from '../support/scripted-region.ts'
import { keyOf, OWN, seededFleet, type Fleet } from '../support/fleet/seeded-fleet.ts'
import {
  apply,
  databaseOf,
  deskOf,
  fleetOf,
  HOUR,
  MINUTE,
  none,
  requestsOf,
  rotate,
  shown,
  signal,
  toTheEnd,
} from '../support/fleet/at-the-wizard.ts'

/** The owners' declarations follow a database that was renamed. */
function follow(fleet: Fleet, before: string, name: string): void {
  const text = JSON.stringify(fleet.config)
  const renamed = text.replaceAll(`"${keyOf(fleet.own, before)}"`, `"${keyOf(fleet.own, name)}"`)
  fleet.config = JSON.parse(renamed) as Fleet['config']
}

describe('a clock that jumps', () => {
  for (const [way, by] of [
    ['ahead', 30 * HOUR],
    ['back', -30 * HOUR],
  ] as const)
    it(`${way} between the proofs and the change: what it makes of them is looked at again, and the change is sent once`, async () => {
      const fleet = fleetOf()
      const session = await fleet.open()
      await toTheEnd(fleet, session, 'orders-staging')
      const desk = deskOf(session, 'orders-production')
      await advance(desk, signal)
      fleet.clock.skew += by
      expect(await apply(session, desk)).toMatchObject({ kind: 'closed' })
      expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
      expect(await toTheEnd(fleet, session, 'orders-production')).toBe('done')
      expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-production`])
    })

  it('ahead while an answer is missing: AWS is given its time all the same', async () => {
    const fleet = fleetOf()
    const session = await fleet.open()
    const desk = deskOf(session, 'orders-staging')
    await advance(desk, signal)
    fleet.trouble.onTheWay.set(desk.about.subject.id, 'lost-before')
    expect(await apply(session, desk)).toMatchObject({ kind: 'answered', outcome: { kind: 'unknown' } })
    const sentAt = fleet.clock.true
    fleet.own.in(MINUTE, () => (fleet.clock.skew += 5 * HOUR))
    expect((await advance(desk, signal)).kind).toBe('unanswered')
    expect(fleet.clock.true - sentAt).toBeGreaterThanOrEqual(10 * MINUTE)
  })

  it('back while an answer is missing: it is not waited for until the clock has caught up', async () => {
    const fleet = fleetOf()
    const session = await fleet.open()
    const desk = deskOf(session, 'orders-staging')
    await advance(desk, signal)
    fleet.trouble.onTheWay.set(desk.about.subject.id, 'lost-before')
    await apply(session, desk)
    const sentAt = fleet.clock.true
    fleet.clock.skew -= 30 * HOUR
    expect((await advance(desk, signal)).kind).toBe('unanswered')
    expect(fleet.clock.true - sentAt).toBeLessThan(HOUR)
    await abandonIntent(desk, 'nothing of it was to be seen')
    expect(await toTheEnd(fleet, session, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })
})

describe('credentials that expire', () => {
  it('while a change is waited for: the stop names it, and after a log-in it goes on to its end, sending nothing', async () => {
    const fleet = fleetOf()
    const session = await fleet.open()
    const desk = deskOf(session, 'orders-staging')
    fleet.own.mishaps.set(desk.about.subject.id, { hangs: 2 * HOUR })
    fleet.own.in(5 * MINUTE, () => (fleet.trouble.expired = true))
    const stop = await rotate(session, desk)
    expect(stop.kind).toBe('waiting')
    expect(shown(session, stop)).toMatchObject({ cure: 'Check credentials and network, then look again.' })
    expect(shown(session, stop).says).toContain('ExpiredToken')

    fleet.trouble.expired = false
    await fleet.clock.sleep(3 * HOUR, signal)
    expect(await toTheEnd(fleet, session, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })

  it('while an answer is missing: nothing is concluded from it, and after a log-in what was sent is found', async () => {
    const fleet = fleetOf()
    const session = await fleet.open()
    const desk = deskOf(session, 'orders-staging')
    await advance(desk, signal)
    fleet.trouble.onTheWay.set(desk.about.subject.id, 'lost')
    expect(await apply(session, desk)).toMatchObject({ kind: 'answered', outcome: { kind: 'unknown' } })
    fleet.trouble.expired = true
    const stop = await advance(desk, signal)
    expect(stop.kind).toBe('unobserved')
    expect(exitOf(stop)).toBe(5)
    expect(shown(session, stop).says).toContain('ExpiredToken')
    expect(shown(session, stop).cure).toContain('Check credentials and network')
    expect(desk.assess().steps.get('modify')?.standing).toBe('running')

    fleet.trouble.expired = false
    expect(await toTheEnd(fleet, session, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })

  it('while somebody types the name: nothing is sent, and no intent is left', async () => {
    const fleet = fleetOf()
    const session = await fleet.open()
    const desk = deskOf(session, 'orders-staging')
    await advance(desk, signal)
    const confirm = async () => {
      fleet.trouble.expired = true
      return 'orders-staging'
    }
    const applied = await session.applier.apply(desk, 'modify', confirm, signal)
    expect(applied).toMatchObject({ kind: 'stopped', reasons: [{ code: 'cannot-ask' }] })
    expect(desk.rotation?.sendings).toEqual([])
    fleet.trouble.expired = false
    expect(await toTheEnd(fleet, session, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })
})

describe('a second operator on another machine', () => {
  const elsewhere = (fleet: Fleet) =>
    fleet.open(memoryProgress({ who: { user: 'yuki', host: 'laptop' }, now: fleet.clock.now }))

  it('who has changed it: the first one sends nothing, and verifies what came', async () => {
    const fleet = fleetOf()
    const mine = await fleet.open()
    const desk = deskOf(mine, 'orders-staging')
    expect((await advance(desk, signal)).kind).toBe('confirm')
    const theirs = await elsewhere(fleet)
    expect(await toTheEnd(fleet, theirs, 'orders-staging')).toBe('done')

    expect(await apply(mine, desk)).toMatchObject({ kind: 'closed' })
    expect(await toTheEnd(fleet, mine, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
    expect(desk.rotation?.end?.kept['modify']?.standing).toBe('not-applicable')
    expect(desk.rotation?.end?.kept['verify']?.standing).toBe('proven')
  })

  it('who sends while the first one types: AWS shows it, and nothing is sent', async () => {
    const fleet = fleetOf()
    const mine = await fleet.open()
    const desk = deskOf(mine, 'orders-staging')
    await advance(desk, signal)
    const theirs = await elsewhere(fleet)
    const confirm = async () => {
      const other = deskOf(theirs, 'orders-staging')
      await advance(other, signal)
      await apply(theirs, other)
      await fleet.clock.sleep(10 * MINUTE, signal)
      return 'orders-staging'
    }
    const applied = await mine.applier.apply(desk, 'modify', confirm, signal)
    expect(applied).toMatchObject({ kind: 'stopped', reasons: [{ code: 'ca-changed' }] })
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
    expect(databaseOf(fleet, 'orders-staging').record.ca).toBe(NEW_CA)
  })

  it('whose change was refused to the first one: it is seen as theirs, and followed to its end', async () => {
    const fleet = fleetOf()
    const mine = await fleet.open()
    const desk = deskOf(mine, 'orders-staging')
    await advance(desk, signal)
    fleet.trouble.throttledSends = 1
    expect(await apply(mine, desk)).toMatchObject({ outcome: { kind: 'refused' } })
    const theirs = await elsewhere(fleet)
    await toTheEnd(fleet, theirs, 'orders-staging')

    await look(desk, 'identify', signal)
    expect(desk.assess().steps.get('modify')?.standing).toBe('not-applicable')
    expect(await toTheEnd(fleet, mine, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })
  it('who changes it back after it had settled: 09 says so, and it is changed anew from the beginning', async () => {
    const fleet = fleetOf()
    const mine = await fleet.open()
    const desk = deskOf(mine, 'orders-staging')
    await advance(desk, signal)
    await apply(mine, desk)
    fleet.trouble.unreachable = Infinity
    expect(await advance(desk, signal)).toMatchObject({ kind: 'short', position: { step: 'verify' } })
    expect(desk.beginRefusal('ca-change')).toContain('finish it first')
    fleet.own.begin(databaseOf(fleet, 'orders-staging'), OLD_CA)
    await fleet.clock.sleep(HOUR, signal)
    fleet.trouble.unreachable = 0

    const stop = await advance(desk, signal)
    expect(shown(mine, stop).says).toContain(
      `It was on ${NEW_CA}, and AWS says ${OLD_CA} now: somebody changed it since.`,
    )
    expect(shown(mine, stop).cure).toContain('begin a ca-change')
    await desk.begin('ca-change')
    expect(await toTheEnd(fleet, mine, 'orders-staging')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-staging`])
    expect(desk.record.rotations.map(({ end }) => end?.how)).toEqual(['abandoned', 'done'])
  })

  it('who changes its CA while a renewal is followed: said, not waited for, and a CA change may be begun', async () => {
    const errands = [{ sequence: 'leaf-renewal', name: 'billing-staging' }] as const
    const fleet = seededFleet(7, { drawn: { ...none, billing: true, errands }, waves: [] })
    const session = await fleet.open()
    const desk = deskOf(session, 'billing-staging')
    await beginSequence(desk, { sequence: 'leaf-renewal', target: OLD_CA }, 'screen')
    expect((await advance(desk, signal)).kind).toBe('confirm')
    expect(await session.applier.apply(desk, 'renew', async () => 'billing-staging', signal)).toMatchObject({
      outcome: { kind: 'accepted' },
    })
    await fleet.clock.sleep(HOUR, signal)
    fleet.own.pass()
    fleet.own.begin(databaseOf(fleet, 'billing-staging'), NEW_CA)
    await fleet.clock.sleep(HOUR, signal)
    const stop = await advance(desk, signal)
    expect(stop).toMatchObject({ kind: 'short', position: { step: 'renewed' } })
    expect(shown(session, stop).says).toContain(`AWS says ${NEW_CA} now`)
    expect(desk.beginRefusal('ca-change')).toBeUndefined()
  })

  it('whose rename hides a renewal that never arrived: under the new name it is not taken for done', async () => {
    const errands = [{ sequence: 'leaf-renewal', name: 'billing-staging' }] as const
    const fleet = seededFleet(7, { drawn: { ...none, billing: true, errands }, waves: [] })
    const session = await fleet.open()
    const desk = deskOf(session, 'billing-staging')
    await beginSequence(desk, { sequence: 'leaf-renewal', target: OLD_CA }, 'screen')
    await advance(desk, signal)
    fleet.trouble.onTheWay.set(desk.about.subject.id, 'lost-before')
    await session.applier.apply(desk, 'renew', async () => 'billing-staging', signal)
    fleet.own.rename(databaseOf(fleet, 'billing-staging'), 'billing-test')
    follow(fleet, 'billing-staging', 'billing-test')
    desk.release()

    const again = await fleet.open()
    expect((await advance(deskOf(again, 'billing-test'), signal)).kind).toBe('unanswered')
  })
})
