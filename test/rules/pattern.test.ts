import { BlockList, isIPv6 } from 'node:net'
import { describe, expect, it, test } from 'vitest'
import { isAddressPattern, matchesAddress, matchesName } from '../../src/rules/pattern.ts'
import { seeded, seeds } from '../support/seeded.ts'

test.each([
  ['orders-*', 'orders-api', true],
  ['orders-*', 'orders-', true],
  ['orders-*', 'my-orders-api', false],
  ['*-worker-*', 'eu-worker-3', true],
  ['a.b', 'axb', false],
  ['[x]+(y)', '[x]+(y)', true],
  ['*', '', true],
  ['PostgreSQL JDBC Driver', 'PostgreSQL JDBC Driver', true],
])('the name pattern %j and %j: %j', (pattern, name, matches) => expect(matchesName(pattern, name)).toBe(matches))

describe('an address pattern', () => {
  it.each([
    ['10.0.3.0/24', '10.0.3.7', true],
    ['10.0.3.0/24', '10.0.4.7', false],
    ['10.0.3.7', '10.0.3.7', true],
    ['10.0.3.7', '::ffff:10.0.3.7', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:0:7::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['ip-10-0-3-*.ec2.internal', 'ip-10-0-3-7.EC2.internal', true],
    ['10.0.3.0/24', 'worker', false],
    ['10.0.0.0/16', '10.0.3.0/24', true],
    ['10.0.3.0/24', '10.0.3.0/24', true],
    ['10.0.3.7', '10.0.3.0/24', false],
    ['10.0.*', '10.0.3.7', true],
    ['10.0.*', '10.0.0.0/8', false],
    ['10.0.3.0/25', '10.0.3.0/24', false],
    ['2001:db8::/32', '2001:db8:0:7:0:0:0:0/64', true],
  ])('%s and %s: %j', (pattern, address, matches) => expect(matchesAddress(pattern, address)).toBe(matches))

  it.each(['10.0.3', '10.0.3.0/33', '10.0.3.256', '2001:db8::/129', '1::2::3', 'a b', ''])('%j is none', (pattern) =>
    expect(isAddressPattern(pattern)).toBe(false),
  )

  it('agrees with Node’s own networks', () => {
    const { below, oneOf } = seeded(7)
    for (let run = 0; run < seeds(500, 50_000); run += 1) {
      const v6 = below(2) === 1
      const address = () =>
        v6
          ? `2001:db8::${below(3).toString(16)}:${below(65_536).toString(16)}`
          : `10.${below(2)}.${below(3)}.${below(256)}`
      const [network, one] = [address(), address()]
      const length = oneOf(v6 ? [32, 96, 112, 120, 127, 128] : [0, 8, 16, 20, 24, 31, 32])
      const list = new BlockList()
      list.addSubnet(network, length, isIPv6(network) ? 'ipv6' : 'ipv4')
      expect(matchesAddress(`${network}/${length}`, one), `${network}/${length} ${one}`).toBe(
        list.check(one, isIPv6(one) ? 'ipv6' : 'ipv4'),
      )
    }
  })
})
