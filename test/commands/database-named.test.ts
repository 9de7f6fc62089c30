import { expect, test } from 'vitest'
import { databaseNamed } from '../../src/commands/database-named.ts'
import { whereToLook } from '../../src/commands/where-to-look.ts'
import { EMPTY_CONFIG } from '../../src/config/schema.ts'
import type { Session } from '../../src/ui/session.ts'

const database = (account: string, name: string, called?: string) => ({
  desk: {
    about: {
      name,
      subject: { kind: 'database', world: `aws|${account}`, region: 'eu-west-1', id: `${account}-${name}` },
      ...(called && { called }),
    },
  },
})
const session = {
  databases: [
    database('111111111111', 'orders', '111111111111/eu-west-1/orders'),
    database('222222222222', 'orders', '222222222222/eu-west-1/orders'),
    database('222222222222', 'billing'),
  ],
} as unknown as Session
const found = (name: string): string => databaseNamed(session, name).desk.about.subject.id

test('an argument names one database, by its name where no other has it', () => {
  expect(found('billing')).toBe('222222222222-billing')
  expect(found('222222222222/eu-west-1/billing')).toBe('222222222222-billing')
  expect(found('222222222222/eu-west-1/orders')).toBe('222222222222-orders')
  expect(() => found('orders')).toThrow(
    'There are 2 databases named orders. Nothing was done. Say which: 111111111111/eu-west-1/orders or 222222222222/eu-west-1/orders.',
  )
  expect(() => found('gone')).toThrow(/AWS lists no database named gone here. Nothing was done/)
})

test('where to look: flags, over the environment, over the configuration', () => {
  const config = {
    ...EMPTY_CONFIG,
    accounts: [{ profile: 'declared' }, { role: 'arn:aws:iam::123456789012:role/r', regions: ['eu-west-2'] }],
    regions: 'all' as const,
    databases: { a: { profile: 'alone' }, b: { profile: 'declared' } },
  }
  expect(whereToLook({}, config)).toEqual([
    { profile: 'declared', regions: 'all' },
    { role: 'arn:aws:iam::123456789012:role/r', regions: ['eu-west-2'] },
    { profile: 'alone', regions: 'all', declaredOnly: true },
  ])
  process.env['RDS_CA_RUNBOOK_REGIONS'] = 'us-east-1'
  try {
    expect(whereToLook({}, config)[0]).toEqual({ profile: 'declared', regions: ['us-east-1'] })
    expect(whereToLook({ region: 'us-west-2', profiles: 'p, q' }, config)).toEqual([
      { profile: 'p', regions: ['us-west-2'] },
      { profile: 'q', regions: ['us-west-2'] },
      { profile: 'alone', regions: ['us-west-2'], declaredOnly: true },
      { profile: 'declared', regions: ['us-west-2'], declaredOnly: true },
    ])
  } finally {
    delete process.env['RDS_CA_RUNBOOK_REGIONS']
  }
  expect(whereToLook({}, EMPTY_CONFIG)).toEqual([{}])
})
