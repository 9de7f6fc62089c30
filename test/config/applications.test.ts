import { describe, expect, it } from 'vitest'
import { applicationsOf, digestOfDeclaration } from '../../src/config/applications.ts'
import { declaredBy } from '../../src/config/declared.ts'
import { namesOf } from '../../src/config/names.ts'
import { ConfigUnusable, parseConfig } from '../../src/config/read-config.ts'
import { decisionSchemas } from '../../src/rules/entries.ts'
import type { DeclaredApplication } from '../../src/ports/world.ts'

const config = (application: string) => parseConfig(`formatVersion: 1\napplications:\n  api: ${application}`, 'c.yaml')
const declared = (application: string): DeclaredApplication => applicationsOf(config(application)).get('api')!
const about = (name: string) => ({ subject: { kind: 'database' as const, world: 'aws|1', id: `db-${name}` }, name })
const recorded = (application: string, database: string) =>
  declaredBy(config(application), namesOf([about(database)])).decisionsFor(about(database)).applications

const WHOLE = `{
    owner: { name: Orders team, mail: orders@example.com, slack: '#orders' },
    databases: [a, b], verification: verify-ca, users: [orders], sessionNames: ['orders-*'], addresses: [10.0.3.0/24],
    route: { via: cname, host: { a: orders.internal } },
    trustStores: [{ kind: pem, path: /ca.pem }],
    check: { argv: [check, now], timeout: 5, honours: bundle } }`

describe('an application as it is declared', () => {
  it('in full', () => {
    expect(declared(WHOLE)).toEqual({
      name: 'api',
      owner: { name: 'Orders team', mail: 'orders@example.com', slack: '#orders' },
      databases: ['a', 'b'],
      verification: 'verify-ca',
      users: ['orders'],
      sessionNames: ['orders-*'],
      addresses: ['10.0.3.0/24'],
      route: 'cname',
      hosts: { a: 'orders.internal' },
      trustStores: [{ kind: 'pem', path: '/ca.pem' }],
      check: { argv: ['check', 'now'], timeout: 5_000, honours: 'bundle' },
    })
  })

  it('in short: an owner is a name, a route a word, a check a list', () => {
    expect(declared('{ owner: Orders, databases: [a], verification: none, route: pooler, check: [x] }')).toMatchObject({
      owner: { name: 'Orders' },
      route: 'pooler',
      hosts: {},
      users: [],
      check: { argv: ['x'] },
    })
  })

  it('with one host for all its databases', () => {
    expect(
      declared('{ databases: [a, b], verification: none, route: { via: rds-proxy, host: proxy.internal } }').hosts,
    ).toEqual({ a: 'proxy.internal', b: 'proxy.internal' })
  })

  it('is on record with what is not as with most, in values that the record can be read by again', () => {
    const [a] = recorded(WHOLE, 'a') ?? []
    expect(a).toMatchObject({ route: 'cname', host: 'orders.internal', sessionNames: ['orders-*'] })
    expect(recorded(WHOLE, 'b')).not.toContainEqual(expect.objectContaining({ host: expect.anything() }))
    const plain = recorded('{ databases: [a], verification: none, users: [u] }', 'a')
    expect(plain).toEqual([{ name: 'api', verification: 'none', users: ['u'] }])
    for (const value of [[a], plain]) expect(decisionSchemas.applications.parse(value)).toEqual(value)
  })

  it('another check, store, verification or route is another declaration; another owner is not', () => {
    const digest = (text: string) => digestOfDeclaration(declared(text))
    const base = '{ databases: [a], verification: verify-full, trustStores: [{ kind: pem, path: /a }] }'
    expect(digest(base.replace('{ d', '{ owner: Sato, d'))).toBe(digest(base))
    for (const [from, to] of [
      ['/a', '/b'],
      ['verify-full', 'verify-ca'],
      ['{ d', '{ route: rds-proxy, d'],
    ] as const)
      expect(digest(base.replace(from, to))).not.toBe(digest(base))
    const checked = (words: string) => recorded(`{ databases: [a], verification: none, check: [${words}] }`, 'a')
    expect(checked('x')).not.toEqual(checked('y'))
  })
})

describe('a mistake is said with its path and what is allowed there', () => {
  it.each([
    ['{}', 'applications.api.databases: is missing: must be a list'],
    ['{ databases: [a], verification: full }', 'applications.api.verification: must be "verify-full" or'],
    [
      '{ databases: [a], verification: none, owner: { nam: x } }',
      'applications.api.owner.name: is missing: must be text',
    ],
    [
      '{ databases: [a], verification: none, owner: 3 }',
      'applications.api.owner: must be text or a mapping (key: value)',
    ],
    [
      '{ databases: [a], verification: none, owner: { name: x, mail: y } }',
      'applications.api.owner.mail: must be a mail',
    ],
    ['{ databases: [a], verification: none, route: proxy }', 'applications.api.route: must be "direct" or "rds-proxy"'],
    [
      '{ databases: [a], verification: none, route: { via: cname, host: "a:1" } }',
      'must be a host name, without a port',
    ],
    [
      '{ databases: [a], verification: none, route: { via: cname, host: { b: h } } }',
      'applications.api.route.host.b: is none',
    ],
    ['{ databases: [a], verification: none, route: cname }', 'applications.api.route: cname needs the name'],
    ['{ databases: [a], verification: none, addresses: [10.0.3] }', 'applications.api.addresses.0: must be an address'],
    ['{ databases: [], verification: none }', 'applications.api.databases: must name a database'],
    [
      '{ databases: [7], verification: none }',
      'databases.0: must be text; without quotation marks YAML takes it for a',
    ],
    [
      '{ databases: [a], verification: none, trustStores: [{ kind: pem, pth: x, path: y }] }',
      'trustStores.0: unknown: pth (there is kind, path); is path meant?',
    ],
    [
      '{ databases: [a], verification: none, trustStores: [{ kind: pem, pasword: prompt, path: y }] }',
      'trustStores.0: unknown: pasword (there is kind, path)',
    ],
    [
      '{ databases: [a], verification: none, trustStores: [{ kind: jks, path: x, password: hunter2 }] }',
      'password: must be prompt, or { env: NAME }, or { file: PATH }; never the password itself',
    ],
    ['{ databases: [a], verification: none, check: [] }', 'applications.api.check: must name a program'],
    [
      '{ databases: [a], verification: none, check: { argv: [a, b], shell: true } }',
      'applications.api.check.argv: with shell',
    ],
    [
      '{ databases: [a], verification: none, check: { argv: [a], timeout: 0 } }',
      'applications.api.check.timeout: must be above 0',
    ],
    [
      '{ databases: [a], verification: none, trustStores: [{ kind: pam, path: x }] }',
      'trustStores.0.kind: must be "pem" or',
    ],
    [
      '{ databases: [a], verification: none, trustStores: [{ kind: pem }] }',
      'trustStores.0.path: is missing: must be text',
    ],
    [
      '{ databases: [a], verification: none, user: [x] }',
      'applications.api: unknown: user (there is owner, databases, ',
    ],
  ])('%s', (application, says) => {
    expect(() => config(application)).toThrow(ConfigUnusable)
    expect(() => config(application)).toThrow(says)
  })
})
