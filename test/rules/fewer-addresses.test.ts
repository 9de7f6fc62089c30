/** A census of thousands of addresses as a line that a journal can hold. */
import { describe, expect, it } from 'vitest'
import { withFewerAddresses } from '../../src/rules/fewer-addresses.ts'
import { isAccountedFor } from '../../src/rules/clients.ts'
import type { ApplicationOnRecord } from '../../src/rules/decisions.ts'
import type { Sighting } from '../../src/rules/tally.ts'
import { census } from '../../steps/02-census.ts'
import { seeded, seeds } from '../support/seeded.ts'
import { goodFacts, NOW, production } from '../support/scenario.ts'

const sighting = (user: string, address: string, more: Partial<Sighting> = {}): Sighting => ({
  user,
  application: '',
  address,
  transport: 'tls',
  sessions: 1,
  first: NOW,
  last: NOW,
  most: 1,
  ...more,
})
/** Addresses in so many networks of 250. */
const pods = (user: string, count: number, second = 0): Sighting[] =>
  Array.from({ length: count }, (_, index) => sighting(user, `10.${second}.${Math.floor(index / 250)}.${index % 250}`))
const addresses = (sightings: readonly Sighting[], user: string) =>
  sightings.filter((one) => one.user === user).map(({ address }) => address)
const total = (sightings: readonly Sighting[]) => sightings.reduce((sum, { sessions }) => sum + sessions, 0)

describe('many addresses', () => {
  it('are whole where they are few', () => {
    const few = pods('orders', 500)
    expect(withFewerAddresses(few, 500)).toEqual(few)
  })

  it('become networks, the most of one client first; others keep theirs, and no session is lost', () => {
    const all = [...pods('orders', 8_000), sighting('batch', '10.9.9.9')]
    const fewer = withFewerAddresses(all, 500)
    expect(addresses(fewer, 'orders')).toEqual(Array.from({ length: 32 }, (_, third) => `10.0.${third}.0/24`))
    expect(addresses(fewer, 'batch')).toEqual(['10.9.9.9'])
    expect(total(fewer)).toBe(8_001)
  })

  it('become wider ones where that is not enough, and at last none', () => {
    const wide = Array.from({ length: 8_000 }, (_, index) =>
      sighting('orders', `${10 + (index % 40)}.${Math.floor(index / 40)}.0.1`),
    )
    expect(withFewerAddresses(wide, 100)).toHaveLength(40)
    expect(addresses(withFewerAddresses(wide, 10), 'orders')).toEqual([''])
    const v6 = Array.from({ length: 600 }, (_, index) => sighting('orders', `2001:db8::${index.toString(16)}`))
    expect(addresses(withFewerAddresses(v6, 500), 'orders')).toEqual(['2001:db8:0:0:0:0:0:0/64'])
  })

  it('every client stays, by user, session name and transport, and whoever was nobody’s is so still', () => {
    const { below, oneOf } = seeded(11)
    const applications: readonly ApplicationOnRecord[] = [
      {
        name: 'orders',
        verification: 'verify-full',
        users: [],
        addresses: ['10.0.0.0/16', '10.1.1.7', '10.0.*', 'pod-*'],
      },
    ]
    const clientsOf = (sightings: readonly Sighting[]) =>
      [...new Set(sightings.map((one) => `${one.user} ${one.application} ${one.transport}`))].sort()
    const nobodys = (sightings: readonly Sighting[]) =>
      clientsOf(sightings.filter((one) => !isAccountedFor(one, applications, [])))
    for (let run = 0; run < seeds(50, 2_000); run += 1) {
      const all = Array.from({ length: 1 + below(300) }, () =>
        sighting(
          `user-${below(5)}`,
          oneOf([`10.${below(3)}.${below(3)}.${below(200)}`, `2001:db8::${below(500)}`, `pod-${below(9)}`, '']),
          { application: oneOf(['', 'api']), transport: oneOf(['tls', 'unknown'] as const) },
        ),
      )
      const fewer = withFewerAddresses(all, 1 + below(100))
      expect(clientsOf(fewer)).toEqual(clientsOf(all))
      expect(nobodys(fewer)).toEqual(expect.arrayContaining(nobodys(all)))
      expect(total(fewer)).toBe(total(all))
    }
  })

  it('an application that is declared by its network is told as before', () => {
    const facts = goodFacts(production)
    const clients = withFewerAddresses(pods('somebody', 8_000), 500)
    const saw = {
      basis: { ...facts.census.basis, clients: [{ user: 'somebody', application: '', transport: 'tls' }] },
      detail: { ...facts.census.detail, clients },
    } as Parameters<typeof census.judge>[0]
    const judged = (network: string) =>
      census.judge(
        saw,
        { identify: facts.identify },
        {
          applications: [{ name: 'orders', verification: 'verify-full', users: [], addresses: [network] }],
          clients: [],
        },
        NOW,
        production,
      ).kind
    expect(judged('10.0.0.0/16')).toBe('proven')
    expect(judged('10.0.0.0/25')).toBe('not-proven')
    expect(JSON.stringify(saw).length).toBeLessThan(130_000)
  })
})
