import { describe, expect, it } from 'vitest'
import { withApplication } from '../../src/config/declare-application.ts'
import { ConfigUnusable } from '../../src/config/read-config.ts'

const API = { name: 'api', owner: 'Orders', verification: 'verify-full', users: ['orders'] } as const
const STORE = { kind: 'jks', path: '/etc/trust.jks' } as const
const TEXT = `# ours
formatVersion: 1
databases:
  orders: { environment: staging } # the twin
applications:
  web: { databases: [orders], verification: none }
`

describe('an application that is declared on screen', () => {
  it('is added, and everything else stays as it is, comments too', () => {
    const { text, config } = withApplication(TEXT, 'c.yaml', 'orders', { ...API, trustStore: STORE })
    expect(text.replaceAll(/[[\]{}] ?| (?=[\]}])/g, '')).toContain(
      TEXT.trimEnd().replaceAll(/[[\]{}] ?| (?=[\]}])/g, ''),
    )
    expect(config.applications['api']).toMatchObject({
      owner: 'Orders',
      databases: ['orders'],
      users: ['orders'],
      trustStores: [STORE],
    })
  })

  it('gets one more database where it is declared already, and keeps how it is declared', () => {
    const { text, config } = withApplication(TEXT, 'c.yaml', 'billing', { ...API, name: 'web' })
    expect(text).toContain('web: { databases: [ orders, billing ], verification: none }')
    expect(config.applications['web']).toMatchObject({ databases: ['orders', 'billing'], verification: 'none' })
  })

  it('makes a configuration where there is none', () => {
    const { text, config } = withApplication(undefined, 'c.yaml', 'orders', API)
    expect(text).toMatch(/^formatVersion: 1\napplications:\n {2}api:\n/)
    expect(config.applications['api']).toMatchObject({ trustStores: [] })
  })

  it.each([
    ['for it alone', 'databases: &all [orders], verification: none }\n  job: { databases: *all, verification: none }'],
    ['at all', 'databases: &all [orders], verification: none }\n  web: { databases: *all, verification: none }'],
  ])('where an anchor stands for its databases, it cannot be changed %s: that is left to a person', (_, web) => {
    const name = web.includes('web:') ? 'web' : 'first'
    const text = `formatVersion: 1\napplications:\n  first: { ${web}\n`
    const change = () => withApplication(text, 'c.yaml', 'billing', { ...API, name })
    expect(change).toThrow(ConfigUnusable)
    expect(change).toThrow(`anchors or aliases there: declare ${name} for billing in it by hand`)
  })

  it.each([
    ['twice for one database', TEXT, { ...API, name: 'web' }, 'web is declared for orders already'],
    ['in a file that cannot be used', 'formatVersion: 1\nx: 1', API, 'unknown: x'],
    ['in what is no YAML', 'a: [', API, 'is not YAML'],
  ])('%s is refused with a sentence', (_, text, application, says) => {
    expect(() => withApplication(text, 'c.yaml', 'orders', application)).toThrow(ConfigUnusable)
    expect(() => withApplication(text, 'c.yaml', 'orders', application)).toThrow(says)
  })
})
