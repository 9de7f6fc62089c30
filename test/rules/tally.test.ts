import { describe, expect, test } from 'vitest'
import type { CensusSample, ClientSeen } from '../../src/rules/census.ts'
import { isAccountedFor, applicationOf, standsBetween } from '../../src/rules/clients.ts'
import { changeBy, changeNoticed, compare, seenBefore } from '../../src/rules/returned.ts'
import { newestOf, withFailure, withSample, type Tally } from '../../src/rules/tally.ts'
import { seeded, seeds } from '../support/seeded.ts'
import { DAY, MINUTE, NOW } from '../support/scenario.ts'

const OLD = { sha256: 'a'.repeat(64), ends: NOW + 100 * DAY }
const NEW = { sha256: 'b'.repeat(64), ends: NOW + 400 * DAY }

const client = (user: string, more: Partial<ClientSeen> = {}): ClientSeen => ({
  user,
  application: `${user}-app`,
  address: '10.0.0.7',
  transport: 'tls',
  protocol: 'TLSv1.3',
  sessions: 1,
  ...more,
})
const sampleAt = (at: number, clients: readonly ClientSeen[], more: Partial<CensusSample> = {}): CensusSample => ({
  at,
  clock: at,
  view: { complete: true },
  clients,
  tlsEnforced: false,
  serverStarted: NOW - DAY,
  ...more,
})
const add = (tally: Tally | undefined, sample: CensusSample, leaf = OLD): Tally =>
  withSample(tally, { sample, server: 'postgres 18', leaf })

describe('many censuses as one', () => {
  test('each client once, with when it was first and last seen, and how many at most', () => {
    let tally = add(undefined, sampleAt(NOW, [client('orders', { sessions: 3 }), client('batch')]))
    tally = add(tally, sampleAt(NOW + MINUTE, [client('orders', { sessions: 5 })]))
    tally = add(tally, sampleAt(NOW + 2 * MINUTE, [client('orders', { sessions: 2 })]))
    expect(tally).toMatchObject({ samples: 3, first: NOW, last: NOW + 2 * MINUTE, whole: true, gaps: [] })
    expect(tally.sightings).toEqual([
      expect.objectContaining({ user: 'orders', first: NOW, last: NOW + 2 * MINUTE, sessions: 2, most: 5 }),
      expect.objectContaining({ user: 'batch', first: NOW, last: NOW, most: 1 }),
    ])
    expect(withFailure(tally)).toMatchObject({ samples: 3, failures: 1 })
  })

  test('a server whose clock is ahead is put right', () => {
    const ahead = 90_000
    const tally = add(
      undefined,
      sampleAt(NOW, [client('orders', { oldest: NOW - MINUTE + ahead, newest: NOW + ahead })], {
        clock: NOW + ahead,
        serverStarted: NOW - DAY + ahead,
      }),
    )
    expect(tally.sightings[0]).toMatchObject({ oldest: NOW - MINUTE, newest: NOW })
    expect(tally.starts).toEqual([NOW - DAY])
  })

  test('after a restart nobody who is seen has a session from before it', () => {
    const restart = NOW + MINUTE
    let tally = add(undefined, sampleAt(NOW, [client('orders', { newest: NOW }), client('batch', { newest: NOW })]))
    tally = add(tally, sampleAt(NOW + 2 * MINUTE, [client('orders')], { serverStarted: restart }))
    expect(tally.sightings.map((one) => [one.user, newestOf(one, tally)])).toEqual([
      ['orders', restart],
      ['batch', NOW],
    ])
  })

  test('what was not whole once is said, also when it is whole now', () => {
    const denied = { complete: false, code: 'privilege', lacks: ['GRANT pg_monitor TO "x"'] } as const
    const tally = add(undefined, sampleAt(NOW, [], { view: denied }))
    expect(tally).toMatchObject({ gaps: ['privilege'], whole: false, lacks: ['GRANT pg_monitor TO "x"'] })
    expect(add(tally, sampleAt(NOW + MINUTE, []))).toMatchObject({ gaps: ['privilege'], whole: true, lacks: [] })
  })

  test('it does not grow without end, and forgets nobody who is declared by user or name', () => {
    const random = seeded(7)
    let tally: Tally | undefined
    for (let minute = 0; minute < seeds(20, 400); minute += 1) {
      const clients = Array.from({ length: 500 }, () =>
        client(`user-${random.below(8)}`, {
          address: `10.${random.below(200)}.${random.below(200)}.${random.below(200)}`,
        }),
      )
      tally = add(tally, sampleAt(NOW + minute * MINUTE, clients))
    }
    expect(tally!.sightings.length).toBeLessThanOrEqual(8_000)
    expect(tally!.folded).toBeGreaterThan(1_000)
    expect(new Set(tally!.sightings.map(({ user }) => user)).size).toBe(8)
    expect(Math.min(...tally!.sightings.map(({ first }) => first))).toBe(NOW)
  })
})

describe('after a rotation', () => {
  const nobody = { applications: [], accounted: [] }
  const names = (clients: readonly { user: string }[]) => clients.map(({ user }) => user)
  const before = [client('pool'), client('api'), client('stale'), client('lazy'), client('downgraded')]
  const watched = add(
    undefined,
    sampleAt(
      NOW,
      before.map((one) => ({ ...one, oldest: NOW - MINUTE, newest: NOW - MINUTE })),
    ),
  )

  test('survivors of a pool are not back; who begins anew is, from wherever; who comes without TLS is said', () => {
    const later = sampleAt(NOW + 10 * MINUTE, [
      client('pool', { newest: NOW - MINUTE, sessions: 9 }),
      client('api', { newest: NOW + 6 * MINUTE, address: '10.0.9.9' }),
      client('downgraded', { newest: NOW + 7 * MINUTE, transport: 'plain' }),
      client('stranger', { newest: NOW + 7 * MINUTE }),
    ])
    const tally = add(watched, later, NEW)
    const change = changeNoticed(tally)!
    expect(change).toEqual({ since: NOW + 10 * MINUTE, ends: NEW.ends, endedBefore: OLD.ends })
    const since = NOW + 5 * MINUTE
    const found = compare(seenBefore(tally, since), tally.sightings, { ...change, since }, nobody)
    expect(names(found.back)).toEqual(['api'])
    expect(names(found.missing)).toEqual(['pool', 'stale', 'lazy'])
    expect(names(found.withoutTls)).toEqual(['downgraded'])
    expect(names(found.fresh)).toEqual(['stranger'])
  })

  test('a restart ends every session: whoever is there has come anew', () => {
    const restarted = NOW + 5 * MINUTE
    const tally = add(
      watched,
      sampleAt(NOW + 10 * MINUTE, [client('pool'), client('api')], { serverStarted: restarted }),
      NEW,
    )
    const change = changeNoticed(tally)!
    expect(change).toMatchObject({ since: restarted, restartedAt: restarted })
    const found = compare(seenBefore(tally, change.since), tally.sightings, change, nobody)
    expect(names(found.back)).toEqual(['pool', 'api'])
    expect(names(found.missing)).toEqual(['stale', 'lazy', 'downgraded'])
  })

  test('the certificate that a session was shown is the proof, where the server tells it', () => {
    const tally = add(
      watched,
      sampleAt(NOW + 10 * MINUTE, [client('pool', { met: OLD.ends }), client('api', { met: NEW.ends })]),
      NEW,
    )
    const found = compare(seenBefore(tally, NOW + MINUTE), tally.sightings, changeNoticed(tally)!, nobody)
    expect(names(found.back)).toEqual(['api'])
    expect(names(found.missing)).toContain('pool')
  })

  test('two certificates that end at the same second tell nothing', () => {
    const twin = { ...NEW, ends: OLD.ends }
    const tally = add(watched, sampleAt(NOW + 10 * MINUTE, [client('pool', { met: OLD.ends })]), twin)
    const found = compare(seenBefore(tally, NOW + MINUTE), tally.sightings, changeNoticed(tally)!, nobody)
    expect(names(found.missing)).toContain('pool')
  })

  test('a restart after a census is no rotation; after our own request it brings the new certificate', () => {
    const served = { leaf: NEW.sha256, ends: NEW.ends, since: NOW + 60 * MINUTE }
    const census = { at: NOW, leaf: OLD }
    const started = NOW + 30 * MINUTE
    expect(changeBy({ census, served, started })).toEqual({
      since: served.since,
      ends: NEW.ends,
      endedBefore: OLD.ends,
    })
    expect(changeBy({ census, served, started, sentAt: NOW + MINUTE })).toMatchObject({
      since: started,
      restartedAt: started,
    })
    // The certificate that the census met is served still, and we sent nothing.
    expect(changeBy({ census, served: { ...served, leaf: OLD.sha256 }, started })).toBeUndefined()
    // A restart long after the change takes nothing from who came before it.
    const late = NOW + 90 * MINUTE
    expect(changeBy({ census, served, started: late })).toMatchObject({ since: served.since, restartedAt: late })
  })

  test('without another certificate nothing has changed', () => expect(changeNoticed(watched)).toBeUndefined())
})

describe('whose a session is', () => {
  const declared = [
    { name: 'orders', verification: 'verify-full', users: ['orders_rw'], sessionNames: ['orders-*'] },
    { name: 'reports', verification: 'none', users: [], addresses: ['10.0.3.0/24'], route: 'pooler' },
  ] as const
  const by = (user: string, application: string, address = '10.9.9.9') =>
    applicationOf({ user, application, address }, declared)?.name

  test('is told by user, name, pattern and address, in this order', () => {
    expect(by('orders_rw', 'anything')).toBe('orders')
    expect(by('x', 'reports')).toBe('reports')
    expect(by('x', 'orders-worker-7')).toBe('orders')
    expect(by('x', 'y', '10.0.3.9')).toBe('reports')
    expect(by('x', 'y')).toBeUndefined()
    expect(by('x', 'orders', '10.0.3.9')).toBe('orders')
  })

  test('or by hand, as long as that application is declared', () => {
    const accounted = [{ user: 'x', application: 'y', as: 'application', of: 'orders', why: 'asked' }] as const
    expect(applicationOf({ user: 'x', application: 'y' }, declared, accounted)?.name).toBe('orders')
    expect(isAccountedFor({ user: 'x', application: 'y' }, declared, accounted)).toBe(true)
    expect(isAccountedFor({ user: 'x', application: 'y' }, [], accounted)).toBe(false)
    expect(isAccountedFor({ user: 'x', application: 'z' }, declared, accounted)).toBe(false)
  })

  test('a pooler or proxy is named by its address', () => {
    expect(standsBetween('10.0.3.9', declared)).toEqual({ route: 'pooler', of: 'reports' })
    expect(standsBetween('10.0.4.9', declared)).toBeUndefined()
    expect(standsBetween('', declared)).toBeUndefined()
  })
})
