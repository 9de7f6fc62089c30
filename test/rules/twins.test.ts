import { describe, expect, it } from 'vitest'
import { twinsFor, type Listed } from '../../src/rules/twins.ts'

const listed = (name: string, change: Partial<Listed> & { account?: string; region?: string } = {}): Listed => ({
  about: {
    subject: {
      kind: 'database',
      world: `aws|${change.account ?? '111111111111'}`,
      region: change.region ?? 'eu-central-1',
      id: `db-${name}`,
    },
    name,
  },
  engine: change.engine ?? 'postgres',
  clusterId: change.clusterId,
  tags: change.tags ?? {},
  environment: change.environment ?? (/staging|stg|dev/.test(name) ? 'staging' : 'production'),
})
const orders = listed('orders-prod', { tags: { service: 'orders', environment: 'prod', 'aws:x': 'same' } })
const names = (of: Listed, all: Listed[]) =>
  twinsFor(of, all).map(({ twin, proposed }) => `${twin.name}${proposed ? ' *' : ''}`)

describe('a twin is proposed', () => {
  it('by its name but for the environment, also from another account', () => {
    expect(names(orders, [orders, listed('billing-stg'), listed('orders-stg', { account: '222222222222' })])).toEqual([
      'orders-stg *',
      'billing-stg',
    ])
  })

  it('by tags that say what it is for, and not by those that everything has', () => {
    const tagged = listed('pg-17-staging', { tags: { service: 'orders' } })
    const other = listed('pg-18-staging', { tags: { 'aws:x': 'same' } })
    expect(names(orders, [other, tagged])).toEqual(['pg-17-staging *', 'pg-18-staging'])
  })

  it('never where two are equally likely, or nothing speaks for one', () => {
    expect(names(orders, [listed('orders-stg'), listed('orders-dev')])).toEqual(['orders-dev', 'orders-stg'])
    expect(names(orders, [listed('billing-stg')])).toEqual(['billing-stg'])
  })

  it('never of another engine or Region, never production, never itself', () => {
    const all = [
      orders,
      listed('orders-stg', { engine: 'mysql' }),
      listed('orders-staging', { region: 'us-east-1' }),
      listed('orders'),
    ]
    expect(names(orders, all)).toEqual([])
  })

  it('for a member of a cluster: a whole cluster, with every member of it', () => {
    const member = (name: string, clusterId: string) => listed(name, { clusterId, engine: 'aurora-mysql' })
    const of = member('shop-prod-2', 'shop-prod')
    const all = [
      of,
      member('shop-stg-1', 'shop-stg'),
      member('shop-stg-2', 'shop-stg'),
      listed('shop-stg', { engine: 'aurora-mysql' }),
    ]
    expect(twinsFor(of, all)).toMatchObject([
      {
        proposed: true,
        sameName: true,
        twin: {
          name: 'shop-stg',
          subject: { kind: 'cluster', id: 'shop-stg' },
          members: [{ name: 'shop-stg-1' }, { name: 'shop-stg-2' }],
        },
      },
    ])
    expect(twinsFor(of, all)).toHaveLength(1)
  })
})
