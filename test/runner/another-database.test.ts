/** A database that is another one than it was, or is called like another: told apart, and nothing sent to the wrong one. */
import { describe, expect, it } from 'vitest'
import { advance } from '../../src/runner/advance.ts'
import { exitOf } from '../../src/commands/drive/worst.ts'
import type { Desk } from '../../src/runner/desk.ts'
import { abandonIntent } from '../../src/runner/observe.ts'
import type { Session } from '../../src/ui/session.ts'
import { OLD_CA } from '../support/scripted-region.ts'
import { keyOf, OTHER, OWN, type Fleet } from '../support/fleet/seeded-fleet.ts'
import {
  apply,
  databaseOf,
  deskOf,
  fleetOf,
  HOUR,
  MINUTE,
  requestsOf,
  shown,
  signal,
  toTheEnd,
} from '../support/fleet/at-the-wizard.ts'

describe('the same name in two accounts', () => {
  const mine = `${OWN}/eu-central-1/orders-production`
  const theirs = `${OTHER}/eu-central-1/orders-production`

  it('is told apart, and only the one whose whole name is typed is changed', async () => {
    const fleet = fleetOf(true)
    const session = await fleet.open()
    expect(await toTheEnd(fleet, session, 'orders-staging')).toBe('done')
    const desk = deskOf(session, theirs)
    expect((await advance(desk, signal)).kind).toBe('confirm')
    for (const typed of ['orders-production', mine])
      expect(await apply(session, desk, typed)).toMatchObject({ kind: 'declined', typed })
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
    desk.release()

    expect(await toTheEnd(fleet, session, theirs)).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OTHER}/orders-production`])
    expect(databaseOf(fleet, 'orders-production').record.ca).toBe(OLD_CA)
    expect(deskOf(session, mine).own.length).toBe(0)
  })

  it('a proof of one opens nothing for the other', async () => {
    const fleet = fleetOf(true)
    const session = await fleet.open()
    await toTheEnd(fleet, session, 'orders-staging')
    expect((await advance(deskOf(session, mine), signal)).kind).toBe('confirm')
    const other = deskOf(session, theirs)
    await other.rotate()
    expect([...other.assess().steps].filter(([, { standing }]) => standing === 'proven')).toEqual([])
  })
})

describe('a database that is another one, or gone, in mid-run', () => {
  async function readyProduction(fleet: Fleet): Promise<{ readonly session: Session; readonly desk: Desk }> {
    const session = await fleet.open()
    await toTheEnd(fleet, session, 'orders-staging')
    const desk = deskOf(session, 'orders-production')
    expect((await advance(desk, signal)).kind).toBe('confirm')
    return { session, desk }
  }

  function renameProduction(fleet: Fleet): void {
    const database = databaseOf(fleet, 'orders-production')
    fleet.own.databases.delete('orders-production')
    fleet.own.databases.set('orders-live', database)
    Object.assign(database.record, { id: 'orders-live', endpoint: { host: 'orders-live.example', port: 5432 } })
    const key = keyOf(fleet.own, 'orders-production')
    const text = JSON.stringify(fleet.config).replaceAll(`"${key}"`, `"${keyOf(fleet.own, 'orders-live')}"`)
    fleet.config = JSON.parse(text) as Fleet['config']
  }

  it('restored under its name: nothing is sent to it, its proofs are its own, and the old record stays', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    fleet.own.restore('orders-production')
    expect(await apply(session, desk)).toMatchObject({ kind: 'closed' })
    const stop = await advance(desk, signal)
    expect(shown(session, stop).says).toContain('is another one now')
    expect(shown(session, stop).cure).toContain('Start again from the list of databases')
    desk.release()

    const again = await fleet.open()
    const anew = deskOf(again, 'orders-production')
    expect(anew.about.subject.id).not.toBe(desk.about.subject.id)
    expect(anew.own.length).toBe(0)
    expect(await toTheEnd(fleet, again, 'orders-production')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-production`])
    expect(fleet.own.requests.every(({ meant, met }) => meant === met)).toBe(true)
    expect(desk.own.state.rotations).toHaveLength(1)
  })

  it('restored between the last look at it and its confirmation: nothing is sent', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    const applied = await session.applier.apply(
      desk,
      'modify',
      async () => {
        fleet.own.restore('orders-production')
        return 'orders-production'
      },
      signal,
    )
    expect(applied).toMatchObject({ kind: 'stopped', reasons: [{ code: 'replaced' }] })
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
    expect(desk.rotation?.sendings).toEqual([])
  })

  it('deleted: said, and nothing is sent', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    fleet.own.databases.delete('orders-production')
    expect(await apply(session, desk)).toMatchObject({ kind: 'closed' })
    expect(shown(session, await advance(desk, signal)).says).toContain('AWS knows no database named orders-production')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`])
  })

  it('deleted after its change was sent: said at once, and not waited for', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    await apply(session, desk)
    fleet.own.databases.delete('orders-production')
    const before = fleet.clock.true
    expect(shown(session, await advance(desk, signal)).says).toContain('AWS knows no database named orders-production')
    expect(fleet.clock.true - before).toBeLessThan(MINUTE)
  })

  it('renamed while an answer is missing: said at once; under its new name what was sent is observed, and given up', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    fleet.trouble.onTheWay.set(desk.about.subject.id, 'lost-before')
    expect(await apply(session, desk)).toMatchObject({ kind: 'answered', outcome: { kind: 'unknown' } })
    renameProduction(fleet)
    const before = fleet.clock.true
    const stop = await advance(desk, signal)
    expect(stop.kind).toBe('unobserved')
    expect(fleet.clock.true - before).toBeLessThan(MINUTE)
    expect(exitOf(stop)).toBe(4)
    expect(shown(session, stop)).toEqual({
      tone: 'danger',
      says: 'Stopped at 07 Modify the CA: A change was sent, no answer is on record, and what became of it cannot be seen. AWS knows no database named orders-production in eu-central-1 any more.',
      cure: 'It was deleted or renamed. Start again from the list of databases. It is observed first then; nothing is sent again before.',
    })
    expect(desk.assess().steps.get('modify')?.standing).toBe('running')
    desk.release()

    const again = await fleet.open()
    const same = deskOf(again, 'orders-live')
    expect((await advance(same, signal)).kind).toBe('unanswered')
    await abandonIntent(same, 'nothing of it was to be seen')
    expect(await toTheEnd(fleet, again, 'orders-live')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-live`])
  })

  it('renamed after its change was sent: it is verified where it answers now, and that is said', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    await apply(session, desk)
    renameProduction(fleet)
    expect((await advance(desk, signal)).kind).toBe('short')
    desk.release()

    const again = await fleet.open()
    const same = deskOf(again, 'orders-live')
    expect(await toTheEnd(fleet, again, 'orders-live')).toBe('done')
    const verified = same.rotation?.end?.kept['verify']?.facts
    expect(verified).toMatchObject({ basis: { endpoint: { host: 'orders-live.example' } } })
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-production`])
  })

  it('stopped after its change came: said, with the command that starts it', async () => {
    const fleet = fleetOf()
    const { session, desk } = await readyProduction(fleet)
    await apply(session, desk)
    await fleet.clock.sleep(HOUR, signal)
    fleet.own.pass()
    const { record } = databaseOf(fleet, 'orders-production')
    record.status = 'stopped'
    const stop = await advance(desk, signal)
    expect(stop).toMatchObject({ kind: 'short', position: { step: 'settle' } })
    expect(shown(session, stop).cure).toBe(
      'Start it (aws rds start-db-instance --db-instance-identifier orders-production --region eu-central-1), then look again.',
    )
    record.status = 'available'
    expect(await toTheEnd(fleet, session, 'orders-production')).toBe('done')
  })

  it('renamed: the same database, which goes on under its new name where it stood', async () => {
    const fleet = fleetOf()
    const { desk } = await readyProduction(fleet)
    desk.release()
    renameProduction(fleet)
    const session = await fleet.open()
    const same = deskOf(session, 'orders-live')
    expect(same.rotation?.id).toBe(desk.rotation?.id)
    expect(await toTheEnd(fleet, session, 'orders-live')).toBe('done')
    expect(requestsOf(fleet)).toEqual([`${OWN}/orders-staging`, `${OWN}/orders-live`])
  })
})
