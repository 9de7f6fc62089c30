/** Who shares the clients of a database that replicates: everybody in its tree, each seen from each; the deepest comes first. */
import { describe, expect, it } from 'vitest'
import { preflight } from '../../steps/06-preflight.ts'
import type { ClusterRecord, DatabaseRecord } from '../../src/ports/control-plane.ts'
import { seeded, seeds } from '../support/seeded.ts'
import { aboutOf, ACCOUNT, cluster, codesOf, instance, NEW_CA, preflown, REGION, type Account } from './account.ts'

const RECORDS = {
  billing: { replicas: ['billing-r1', 'billing-r2'] },
  'billing-r1': { replicaSource: 'billing', replicas: ['billing-r1a'] },
  'billing-r1a': { replicaSource: 'billing-r1' },
  'billing-r2': { replicaSource: 'billing' },
} as const
type Name = keyof typeof RECORDS

/** A source with two replicas, one of which has one of its own. */
function tree(
  changes: Partial<Record<Name, Partial<DatabaseRecord>>> = {},
): Account & { readonly of: (name: Name) => DatabaseRecord } {
  const names = Object.keys(RECORDS) as Name[]
  const databases = names.map((id) => instance({ id, engine: 'mariadb', ...RECORDS[id], ...changes[id] }))
  return { databases, of: (name) => databases.find(({ id }) => id === name)! }
}

async function seen(account: Account, record: DatabaseRecord | ClusterRecord) {
  const { facts, verdict } = await preflown(account, aboutOf(record))
  const peers = preflight.peers!(facts, aboutOf(record)).map(({ subject, name }) => `${subject.kind} ${name}`)
  const shortfalls = verdict.kind === 'not-proven' ? verdict.shortfalls : []
  const first = shortfalls.find(({ code }) => code === 'replicas-first')?.args['names']
  const others = facts.basis.group.others.map(({ as, name }) => `${as} ${name}`)
  return { peers, others, first, verdict, role: facts.basis.group.role }
}

describe('replicas of one source, and replicas of a replica', () => {
  it('are each other’s peers; a sibling that is behind holds nobody up', async () => {
    const account = tree()
    expect(await seen(account, account.of('billing-r2'))).toMatchObject({
      others: ['source billing', 'sibling billing-r1', 'sibling billing-r1a'],
      peers: ['database billing', 'database billing-r1', 'database billing-r1a'],
      verdict: { kind: 'proven' },
    })
  })

  it('the deepest comes first: each waits for all that is below it', async () => {
    const account = tree()
    const waits = async (name: Name) => (await seen(account, account.of(name))).first
    expect(await waits('billing')).toEqual(['billing-r1', 'billing-r1a', 'billing-r2'])
    expect(await waits('billing-r1')).toEqual(['billing-r1a'])
    expect(await waits('billing-r1a')).toBeUndefined()
    const half = tree({ 'billing-r1': { ca: NEW_CA }, 'billing-r2': { ca: NEW_CA } })
    expect((await seen(half, half.of('billing'))).first).toEqual(['billing-r1a'])
  })

  it.each([
    ['that AWS is working on', { status: 'modifying' }, 'other-under-way waiver'],
    ['whose change is pending', { pendingCa: NEW_CA }, 'other-pending waiver'],
  ])('a sibling %s is waited for', async (_, change, code) => {
    const account = tree({ 'billing-r1': { ca: NEW_CA, ...change }, 'billing-r1a': { ca: NEW_CA } })
    expect(codesOf((await seen(account, account.of('billing-r2'))).verdict).short).toEqual([code])
  })

  it('what AWS does not know, and what lies in another Region or account, ends the way there', async () => {
    const far = `arn:aws:rds:us-east-1:${ACCOUNT}:db:billing-r2`
    const foreign = `arn:aws:rds:${REGION}:999999999999:db:billing-r1`
    const account = tree({ billing: { replicas: ['gone', far, foreign] } })
    const { others, peers, verdict } = await seen(account, account.of('billing'))
    expect(others).toEqual(['replica gone'])
    expect(peers).toEqual([])
    expect(verdict).toMatchObject({ notes: [{ code: 'other-region', args: { names: [foreign, far].sort() } }] })
    const near = tree({ billing: { replicas: [`arn:aws:rds:${REGION}:${ACCOUNT}:db:billing-r2`] } })
    expect((await seen(near, near.of('billing'))).peers).toEqual(['database billing-r2'])
  })
})

describe('clusters that replicate', () => {
  it('an Aurora cluster that replicates an instance: its members, whatever else has the cluster’s name', async () => {
    const source = instance({ id: 'shop', engine: 'mysql', replicas: ['shop-r'], replicaClusters: ['shop'] })
    const replica = instance({ id: 'shop-r', engine: 'mysql', replicaSource: 'shop' })
    const members = ['shop-1', 'shop-2'].map((id) => instance({ id, engine: 'aurora-mysql', clusterId: 'shop' }))
    const aurora = cluster({
      id: 'shop',
      engine: 'aurora-mysql',
      replicationSource: source.arn,
      members: members.map(({ id }) => ({ id, writer: id === 'shop-1', parameterGroupStatus: 'in-sync' })),
    })
    const account = { databases: [source, replica, ...members], clusters: [aurora] }
    expect(await seen(account, source)).toMatchObject({
      others: ['replica shop-1', 'replica shop-2', 'replica shop-r'],
      first: ['shop-1', 'shop-2', 'shop-r'],
    })
    expect((await seen(account, members[0]!)).others).toEqual(['source shop', 'reader shop-2', 'sibling shop-r'])
    expect((await seen(account, replica)).others).toEqual(['source shop', 'sibling shop-1', 'sibling shop-2'])
  })

  it('a Multi-AZ DB cluster and the instance that replicates it, which has its name', async () => {
    const source = cluster({ id: 'trade', engine: 'postgres', ca: 'rds-ca-2019', replicas: ['trade'] })
    const replica = instance({ id: 'trade', replicaSource: 'trade', fromCluster: true })
    const account = { databases: [replica], clusters: [source] }
    expect(await seen(account, source)).toMatchObject({ role: 'source', first: ['trade'], peers: ['database trade'] })
    expect(await seen(account, replica)).toMatchObject({ role: 'replica', peers: ['cluster trade'] })
  })
})

it('in any tree, everybody is a peer of everybody, each once; what waits waits for all below it, and for nobody else', async () => {
  for (let seed = 1; seed <= seeds(20, 500); seed += 1) {
    const random = seeded(seed)
    const size = 2 + random.below(7)
    const sources = Array.from({ length: size }, (_, at) => (at === 0 ? undefined : random.below(at)))
    const idOf = (at: number) => `db-${at}`
    const below = (at: number): number[] => sources.flatMap((of, one) => (of === at ? [one, ...below(one)] : []))
    const databases = sources.map((of, at) =>
      instance({
        id: idOf(at),
        resourceId: `db-R${at}`,
        ...(of !== undefined && { replicaSource: idOf(of) }),
        replicas: sources.flatMap((source, one) => (source === at ? [idOf(one)] : [])),
      }),
    )
    for (const [at, record] of databases.entries()) {
      const { peers, first } = await seen({ databases }, record)
      const others = databases.filter((one) => one !== record).map(({ id }) => `database ${id}`)
      expect(peers, `seed ${seed}`).toEqual(others)
      const waited = below(at).toSorted((a, b) => a - b)
      expect(first, `seed ${seed}`).toEqual(waited.length > 0 ? waited.map(idOf) : undefined)
    }
  }
})
