import { describe, expect, it } from 'vitest'
import { WireError } from '../../../src/rehearsal/api/wire-error.ts'
import { newDatabase, withWindowAhead } from '../../../src/rehearsal/fleet/new-fleet.ts'
import { takeUpMaintenance, withRenewalDue } from '../../../src/rehearsal/lifecycle/maintenance.ts'
import { nextOpening, parseWindow, windowFrom } from '../../../src/rehearsal/lifecycle/maintenance-window.ts'
import { modify, type Wish } from '../../../src/rehearsal/lifecycle/modify.ts'
import { serverEffectOf } from '../../../src/rehearsal/lifecycle/server-effect.ts'
import {
  applied,
  begun,
  rebooted,
  restarting,
  settled,
  windowOpened,
} from '../../../src/rehearsal/lifecycle/transitions.ts'
import { agendaOfReboot } from '../../../src/rehearsal/lifecycle/agenda.ts'
import type { DatabaseState } from '../../../src/rehearsal/state/database-state.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Sunday. */
const NOW = Date.parse('2026-11-22T09:00:00Z')
const PACE = { now: NOW, speed: 1 }
const LEAF = { from: NOW - DAY, till: NOW + 90 * DAY }
const TARGET = 'rds-ca-rsa2048-g1'
const NEW_LEAF = { ca: TARGET, from: NOW, till: NOW + 365 * DAY } as const

const orders = newDatabase('orders-staging', 'mariadb', 1, LEAF, PACE)
const billing = newDatabase('billing-staging', 'mariadb', 2, LEAF, PACE)
const now = (wish: Partial<Wish>): Wish => ({ ca: TARGET, immediately: true, ...wish })
const inTheWindow = (wish: Partial<Wish>): Wish => ({ ca: TARGET, immediately: false, ...wish })
const plan = ({ agenda }: DatabaseState): unknown => agenda.map(({ act, at }) => [act, (at - NOW) / SECOND])

const refusalCode = (deed: () => unknown): string => {
  try {
    deed()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'not refused'
}

describe('a change now', () => {
  it('shows nothing for a while, then modifying, then is there, without a restart where the engine needs none', () => {
    const asked = modify(orders, now({}), PACE)
    expect(asked).toMatchObject({ status: 'available', ca: 'rds-ca-2019', pending: { ca: TARGET } })
    expect(plan(asked)).toEqual([
      ['begin', 30],
      ['apply', 120],
      ['settle', 150],
    ])
    const modifying = begun(asked)
    expect(modifying).toMatchObject({ status: 'modifying', pending: { ca: TARGET } })
    expect(serverEffectOf(modifying)).toEqual({ method: 'reload', ca: TARGET })
    const done = applied(modifying, serverEffectOf(modifying), NEW_LEAF, NOW)
    expect(done).toMatchObject({ status: 'modifying', ca: TARGET, pending: {}, leaf: { till: NEW_LEAF.till } })
    expect(settled(done, NOW)).toMatchObject({ status: 'available', agenda: [] })
  })

  it('restarts the engine that must, and says so in its events', () => {
    const modifying = begun(modify(billing, now({}), PACE))
    expect(plan(modifying)).toEqual([
      ['apply', 120],
      ['settle', 180],
    ])
    const effect = serverEffectOf(modifying)
    expect(effect.method).toBe('restart')
    const rebooting = restarting(modifying, NOW)
    expect(rebooting).toMatchObject({ status: 'rebooting', ca: 'rds-ca-2019', pending: { ca: TARGET } })
    const done = settled(applied(rebooting, effect, NEW_LEAF, NOW), NOW)
    expect(done).toMatchObject({ status: 'available', ca: TARGET, pending: {} })
    expect(done.events.map(({ message }) => message)).toEqual([
      'DB instance created',
      'DB instance shutdown',
      'DB instance restarted',
    ])
  })

  it('divides only the delays by the speed', () => {
    expect(plan(modify(orders, now({}), { now: NOW, speed: 60 }))).toEqual([
      ['begin', 0.5],
      ['apply', 2],
      ['settle', 2.5],
    ])
  })

  it('drags along whatever else pends, and a restart with an instance class', () => {
    const waiting = modify(orders, { instanceClass: 'db.r6g.xlarge', backupRetention: 14, immediately: false }, PACE)
    expect(waiting.agenda).toEqual([{ act: 'open-window', at: expect.any(Number) }])
    const modifying = begun(modify(waiting, now({}), PACE))
    expect(plan(modifying)).toEqual([
      ['apply', 240],
      ['settle', 300],
    ])
    const effect = serverEffectOf(modifying)
    expect(effect).toEqual({ method: 'restart', ca: TARGET })
    expect(applied(modifying, effect, NEW_LEAF, NOW)).toMatchObject({
      instanceClass: 'db.r6g.xlarge',
      backupRetention: 14,
      pending: {},
      ca: TARGET,
    })
  })

  it('is nothing at all when everything is so already', () => {
    expect(modify(orders, now({ ca: 'rds-ca-2019' }), PACE)).toEqual(orders)
  })

  it('is refused while another one is under way, even before that one shows', () => {
    const asked = modify(orders, now({}), PACE)
    expect(refusalCode(() => modify(asked, now({}), PACE))).toBe('InvalidDBInstanceState')
    expect(refusalCode(() => modify(begun(asked), inTheWindow({}), PACE))).toBe('InvalidDBInstanceState')
  })
})

describe('a change in the window', () => {
  it('waits, and begins when the window opens', () => {
    const waiting = modify(orders, inTheWindow({}), PACE)
    const opens = nextOpening(orders.maintenanceWindow, NOW)
    expect(waiting.agenda).toEqual([{ act: 'open-window', at: opens }])
    const opened = windowOpened(waiting, { now: opens, speed: 1 })
    expect(opened.agenda.map(({ act }) => act)).toEqual(['begin', 'apply', 'settle'])
  })

  it('is cancelled by asking for the CA that is there', () => {
    const waiting = modify(orders, inTheWindow({}), PACE)
    expect(modify(waiting, inTheWindow({ ca: 'rds-ca-2019' }), PACE)).toEqual(orders)
  })

  it('moves with the window', () => {
    const waiting = modify(orders, inTheWindow({}), PACE)
    const moved = modify(waiting, { maintenanceWindow: 'sun:09:00-sun:10:00', immediately: false }, PACE)
    expect(moved.agenda).toEqual([{ act: 'open-window', at: NOW }])
  })
})

describe('a change without a restart', () => {
  const staged = (): DatabaseState => {
    const modifying = begun(modify(billing, now({ restart: false }), PACE))
    expect(serverEffectOf(modifying)).toEqual({ method: 'stage', ca: TARGET })
    return settled(applied(modifying, serverEffectOf(modifying), undefined, NOW), NOW)
  }

  it('is armed: it pends until a reboot, whatever the window does', () => {
    expect(staged()).toMatchObject({
      status: 'available',
      ca: 'rds-ca-2019',
      pending: { ca: TARGET, restart: false },
      staged: true,
      agenda: [],
    })
  })

  it('goes live with a reboot', () => {
    const armed = staged()
    const rebooting = restarting({ ...armed, agenda: agendaOfReboot(armed, PACE) }, NOW)
    expect(rebooted(rebooting, NEW_LEAF, NOW)).toMatchObject({ ca: TARGET, pending: {}, staged: false })
  })

  it('goes live with a restart that another change causes', () => {
    const dragged = begun(modify(staged(), { instanceClass: 'db.r6g.xlarge', immediately: true }, PACE))
    expect(serverEffectOf(dragged)).toEqual({ method: 'restart', ca: TARGET })
  })

  it('is taken back by asking for the CA that is there', () => {
    const back = modify(staged(), now({ ca: 'rds-ca-2019' }), PACE)
    expect(back).toMatchObject({ pending: {}, staged: false, agenda: [{ act: 'unstage', at: NOW }] })
  })

  it('is an ordinary change where the engine needs no restart', () => {
    expect(serverEffectOf(modify(orders, now({ restart: false }), PACE)).method).toBe('reload')
  })
})

describe('a reboot', () => {
  it('leaves what waits for the window waiting, and switches parameters on', () => {
    const waiting = { ...modify(orders, inTheWindow({}), PACE), parametersWait: true }
    const rebooting = restarting({ ...waiting, agenda: agendaOfReboot(waiting, PACE) }, NOW)
    const done = settled(rebooted(rebooting, { ca: 'rds-ca-2019', ...LEAF }, NOW), NOW)
    expect(done).toMatchObject({ pending: { ca: TARGET }, parametersWait: false, status: 'available' })
    expect(done.agenda).toEqual(waiting.agenda)
  })
})

describe('a new server certificate under the same CA', () => {
  const due = withRenewalDue(billing, NOW + 60 * DAY)

  it('is offered from half of the leaf’s life, to engines that must restart alone', () => {
    expect(withRenewalDue(billing, NOW).renewal).toBeUndefined()
    expect(due.renewal).toEqual({ offeredAt: NOW + 60 * DAY })
    expect(withRenewalDue(orders, NOW + 60 * DAY).renewal).toBeUndefined()
  })

  it('can be taken in the window, taken back, or taken at once and then not taken back', () => {
    const action = 'server-certificate-rotation'
    const inWindow = takeUpMaintenance(due, action, 'next-maintenance', PACE)
    expect(inWindow.agenda.map(({ act }) => act)).toEqual(['open-window'])
    expect(takeUpMaintenance(inWindow, action, 'undo-opt-in', PACE)).toEqual(due)
    const atOnce = takeUpMaintenance(due, action, 'immediate', PACE)
    expect(refusalCode(() => takeUpMaintenance(atOnce, action, 'undo-opt-in', PACE))).toBe('InvalidDBInstanceState')
    const effect = serverEffectOf(begun(atOnce))
    expect(effect).toEqual({ method: 'restart', ca: 'rds-ca-2019' })
    const done = applied(begun(atOnce), effect, { ca: 'rds-ca-2019', from: NOW, till: NOW + DAY }, NOW)
    expect(done).toMatchObject({ ca: 'rds-ca-2019', leaf: { till: NOW + DAY } })
    expect(done.renewal).toBeUndefined()
    const opened = windowOpened(inWindow, PACE)
    expect(serverEffectOf(opened)).toEqual({ method: 'restart', ca: 'rds-ca-2019' })
  })
})

describe('maintenance windows', () => {
  it('open every week, across its end too, and now when they are open now', () => {
    expect(nextOpening('sun:08:30-sun:09:30', NOW)).toBe(NOW)
    expect(nextOpening('sun:08:00-sun:09:00', NOW)).toBe(NOW + 7 * DAY - HOUR)
    expect(nextOpening('mon:08:30-mon:09:30', NOW)).toBe(NOW + DAY - 30 * MINUTE)
    expect(nextOpening('sat:23:30-sun:09:30', NOW)).toBe(NOW)
    expect(nextOpening('sat:23:30-sun:00:30', NOW)).toBe(NOW + 6 * DAY + 14.5 * HOUR)
  })

  it('are written from the next whole minute', () => {
    expect(windowFrom(NOW - 1, 60)).toBe('sun:09:00-sun:10:00')
    expect(windowFrom(NOW + 1, 60)).toBe('sun:09:01-sun:10:01')
    expect(windowFrom(NOW + 14.5 * HOUR, 60)).toBe('sun:23:30-mon:00:30')
  })

  it.each(['sun:09:00-sun:09:29', 'xxx:09:00-sun:10:00', 'sun:24:00-mon:01:00', 'sun:9:00-sun:10:00', ''])(
    'refuses %j',
    (text) => {
      expect(refusalCode(() => parseWindow(text))).toBe('InvalidParameterValue')
    },
  )

  it('come soon after set-up, one after the other, and are renewed when they have gone by with nothing waiting', () => {
    expect(nextOpening(orders.maintenanceWindow, NOW)).toBe(NOW + 20 * MINUTE)
    expect(nextOpening(billing.maintenanceWindow, NOW)).toBe(NOW + 40 * MINUTE)
    const later = { now: NOW + 3 * HOUR, speed: 1 }
    expect(nextOpening(withWindowAhead(orders, later).maintenanceWindow, later.now)).toBe(later.now + 20 * MINUTE)
    expect(withWindowAhead(orders, { now: NOW + HOUR, speed: 1 })).toBe(orders)
    const waiting = modify(orders, inTheWindow({}), PACE)
    expect(withWindowAhead(waiting, later)).toBe(waiting)
  })
})
