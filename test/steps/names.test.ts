/** Under which names clients may land on which member of a cluster, and what a half-rotated one comes to. */
import { describe, expect, it } from 'vitest'
import { lookUnderNames, namesShortfalls } from '../../steps/09-names.ts'
import type { ClusterRecord, DatabaseRecord } from '../../src/ports/control-plane.ts'
import { CannotReach, type WireQuestion } from '../../src/ports/wire.ts'
import { NOW } from '../support/scenario.ts'
import { aboutOf, cluster, identified, instance, NEW_CA, never, worldOf, type Account } from './account.ts'

const member = (id: string, change: Partial<DatabaseRecord> = {}) =>
  instance({ id, engine: 'aurora-postgresql', clusterId: 'shop', ca: NEW_CA, ...change })
const in3 = (writer: string, prefix: string) =>
  [1, 2, 3].map((at) => ({
    id: `${prefix}-${at}`,
    writer: `${prefix}-${at}` === writer,
    parameterGroupStatus: 'in-sync',
  }))

const shop = cluster({
  id: 'shop',
  readerEndpoint: 'shop.cluster-ro.example',
  customEndpoints: ['reports.example', 'all-but-1.example'],
  members: in3('shop-1', 'shop'),
})
const custom = { clusterId: 'shop', type: 'ANY', status: 'available' }
const account: Account = {
  databases: ['shop-1', 'shop-2', 'shop-3'].map((id) => member(id)),
  clusters: [shop],
  answers: {
    customEndpoints: async () => [
      { ...custom, id: 'reports', host: 'reports.example', staticMembers: ['shop-2'], excludedMembers: [] },
      { ...custom, id: 'rest', host: 'all-but-1.example', staticMembers: [], excludedMembers: ['shop-1'] },
    ],
  },
}

async function seenFrom(of: Account, record: DatabaseRecord | ClusterRecord, answer?: (asked: WireQuestion) => void) {
  const world = worldOf(of)
  const asked: string[] = []
  const wire: typeof world.wire = {
    verify: async (question) => {
      asked.push(`${question.host.split('.')[0]} as ${question.servername}`)
      answer?.(question)
      return world.wire.verify(question)
    },
  }
  const { facts: identify } = await identified(of, aboutOf(record))
  const bundle = await world.bundles.fetch('eu-central-1', never)
  const look = { family: 'postgres', identify, bundle, since: NOW } as const
  return { asked, seen: await lookUnderNames({ ...world, wire }, look, never) }
}

describe('a member of an Aurora cluster', () => {
  it('is connected to at its own address, under each name that leads to it', async () => {
    const first = await seenFrom(account, account.databases![0]!)
    const names = ['shop.cluster-c0.eu-central-1.rds.example', 'shop.cluster-ro.example']
    expect(first.asked).toEqual(names.map((name) => `shop-1 as ${name}`))
    const second = await seenFrom(account, account.databases![1]!)
    expect(second.asked).toEqual([...names, 'reports.example', 'all-but-1.example'].map((name) => `shop-2 as ${name}`))
  })

  it('alone has no other names, and what AWS would not tell is named', async () => {
    const alone = instance({ id: 'orders' })
    expect((await seenFrom({ databases: [alone] }, alone)).seen).toEqual({ names: [], namesUntold: [] })
  })
})

describe('a Multi-AZ DB cluster', () => {
  const erp = cluster({
    id: 'erp',
    engine: 'postgres',
    ca: NEW_CA,
    readerEndpoint: 'erp.ro.example',
    members: in3('erp-1', 'erp'),
  })
  const members = ['erp-1', 'erp-2', 'erp-3'].map((id) => instance({ id, clusterId: 'erp', ca: NEW_CA }))

  it('is connected to at every member, under its own name and the cluster’s', async () => {
    const { asked } = await seenFrom({ clusters: [erp], databases: members }, erp)
    expect(asked).toHaveLength(9)
    expect(asked.filter((one) => one.startsWith('erp-2 '))).toEqual([
      'erp-2 as erp-2.c0.eu-central-1.rds.example',
      'erp-2 as erp.cluster-c0.eu-central-1.rds.example',
      'erp-2 as erp.ro.example',
    ])
  })
})

it('a member that serves another root is refused, one that cannot be reached may be waived', async () => {
  const record = account.databases![0]!
  const { seen } = await seenFrom(account, record)
  expect(seen.names.every(({ seen: was }) => was)).toBe(true)
  const other = { ...seen, names: seen.names.map((one) => ({ ...one, root: 'f'.repeat(40), strict: true })) }
  expect(namesShortfalls(other, NEW_CA, 'b'.repeat(40)).map(({ code, allows }) => `${code} ${allows}`)).toEqual([
    'member-elsewhere proof',
    'member-elsewhere proof',
  ])
  const unreachable = await seenFrom(account, record, () => {
    throw new CannotReach('TIMEOUT', 'connect', 'no answer')
  })
  expect(
    namesShortfalls(unreachable.seen, NEW_CA, 'b'.repeat(40)).map(({ code, allows }) => `${code} ${allows}`),
  ).toEqual(['member-not-seen waiver', 'member-not-seen waiver'])
})
