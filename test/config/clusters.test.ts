/** An Aurora cluster is declared by its name: its members inherit what they do not say themselves, and it stands surety as a whole. */
import { describe, expect, it } from 'vitest'
import { declaredBy } from '../../src/config/declared.ts'
import { namesOf, type NamedDatabase } from '../../src/config/names.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import { decisionSchemas } from '../../src/rules/entries.ts'

const database = (name: string, cluster?: string, account = '1'): NamedDatabase => ({
  subject: { kind: 'database', world: `aws|${account}`, region: 'eu-west-1', id: `db-${account}-${name}` },
  name,
  cluster,
})
const SHOP = ['shop-1', 'shop-2'].map((name) => database(name, 'shop'))
const STAGING = ['staging-2', 'staging-1'].map((name) => database(name, 'shop-staging'))
const ALL = [...SHOP, ...STAGING, database('orders')]

const declaring = (yaml: string, all = ALL) => {
  const names = namesOf(all)
  const config = parseConfig(`formatVersion: 1\n${yaml}`, 'c.yaml')
  const declared = declaredBy(config, names)
  // What goes by its subject and its name alone, as on a desk.
  return (name: string, account = '1') => {
    const { subject } = all.find((one) => one.name === name && one.subject.world.endsWith(account))!
    return declared.decisionsFor({ subject, name })
  }
}

const CLUSTERS = `
databases:
  shop: { twin: shop-staging, target: rds-ca-rsa2048-g1, timing: window }
  shop-2: { target: rds-ca-ecc384-g1 }
  shop-staging: { environment: staging }
  staging-1: { environment: production }
applications:
  api: { databases: [shop], verification: none, route: { via: cname, host: { shop: shop.internal } } }`

describe('members inherit what is declared for their cluster', () => {
  const of = declaring(CLUSTERS)

  it('environment, twin, target, timing and applications, unless they are declared themselves', () => {
    const [first, second] = [of('shop-1'), of('shop-2')]
    expect(first).toMatchObject({ target: { ca: 'rds-ca-rsa2048-g1' }, timing: 'window' })
    expect(second).toMatchObject({ target: { ca: 'rds-ca-ecc384-g1' }, timing: 'window' })
    expect(second.twin).toEqual(first.twin)
    for (const { applications } of [first, second])
      expect(applications).toMatchObject([{ name: 'api', host: 'shop.internal' }])
    expect(of('staging-2')).toEqual({ environment: 'staging', twin: 'none' })
    expect(of('staging-1')).toEqual({ environment: 'production' })
    expect(of('orders')).toEqual({})
  })

  it('a twin is the whole cluster, all its members in one order, as the record keeps it', () => {
    const { twin } = of('shop-1')
    expect(twin).toMatchObject({
      name: 'shop-staging',
      subject: { kind: 'cluster', id: 'shop-staging', world: 'aws|1', region: 'eu-west-1' },
      members: [{ name: 'staging-1' }, { name: 'staging-2' }],
    })
    expect(decisionSchemas.twin.parse(twin)).toEqual(twin)
    expect(declaring(CLUSTERS, ALL.toReversed())('shop-1').twin).toEqual(twin)
  })

  it('a member of the twin does not stand surety for itself', () => {
    const staged = declaring('databases: { shop: { environment: staging }, shop-1: { twin: shop } }')
    expect(staged('shop-1').twin).toBeUndefined()
    expect(staged('shop-2').twin).toBe('none')
  })
})

describe('names', () => {
  it('an instance goes before a cluster of its name, which is called cluster:NAME', () => {
    const all = [...SHOP, database('shop', 'shop'), ...STAGING, database('orders')]
    const plain = declaring('databases: { shop: { environment: staging }, orders: { twin: shop } }', all)
    expect(plain('shop')).toMatchObject({ environment: 'staging' })
    expect(plain('shop-1')).toEqual({})
    expect(plain('orders').twin).toMatchObject({ name: 'shop', subject: { kind: 'database' } })

    const said = declaring('databases: { cluster:shop: { environment: staging }, orders: { twin: cluster:shop } }', all)
    expect(said('shop')).toMatchObject({ environment: 'staging' })
    expect(said('shop-1')).toMatchObject({ environment: 'staging' })
    expect(said('orders').twin).toMatchObject({ name: 'shop', subject: { kind: 'cluster' }, members: { length: 3 } })
  })

  it('clusters of one name in two accounts are told apart by account and Region', () => {
    const all = [...SHOP, database('there', 'shop', '2'), database('orders')]
    const of = declaring(
      'databases: { shop: { target: never }, 2/eu-west-1/shop: { environment: staging }, 1/eu-west-1/cluster:shop: { target: x } }',
      all,
    )
    expect(of('there', '2')).toEqual({ environment: 'staging', twin: 'none' })
    expect(of('shop-1')).toEqual({ target: { ca: 'x' } })
    expect(namesOf(all).isAmbiguous('shop')).toBe(true)
    expect(namesOf(all).standingFor('shop')).toBeUndefined()
  })
})
