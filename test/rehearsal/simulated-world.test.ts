import { describe, expect, it } from 'vitest'
import { CannotAsk, type DatabaseRecord } from '../../src/ports/control-plane.ts'
import * as happenings from '../../src/rehearsal/lifecycle/happenings.ts'
import type { DatabaseState } from '../../src/rehearsal/state/database-state.ts'
import { HOME, type Place } from '../../src/rehearsal/world.ts'
import { paperRoot } from '../support/paper-pki.ts'
import { seeded, seeds } from '../support/seeded.ts'
import { simulatedControlPlane, simulatedWire } from '../support/simulated-control-plane.ts'
import { Lost, Refused, simulatedWorld, type SimulatedWorld } from '../support/simulated-world.ts'

const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE
const TARGET = 'rds-ca-rsa2048-g1'
const TARGETS = [TARGET, 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1', 'rds-ca-2019']

const now = { ApplyImmediately: true }
const placeOf = ({ account, region }: DatabaseState): Place => ({ account, region })

/** One after the other, as pages come. */
async function everyOne<Item>(pages: AsyncIterable<readonly Item[]>): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page)
  return items
}

describe('a simulated world', () => {
  it('is looked at through the ports, and a change arrives on the wire when its time has come', async () => {
    const world = await simulatedWorld()
    const control = simulatedControlPlane(world, HOME)
    const wire = simulatedWire(world)
    const databases = await everyOne<DatabaseRecord>(control.databases())
    expect(databases).toHaveLength(
      world.state.databases.filter(({ account, region }) => account === HOME.account && region === HOME.region).length,
    )
    const { endpoint } = (await control.database('orders-staging'))!
    const roots = [paperRoot(HOME.region, TARGET)]
    expect((await wire.verify({ engine: 'postgres', ...endpoint!, roots })).strict).toBe(false)
    world.ask(HOME, 'ModifyDBInstance', {
      DBInstanceIdentifier: 'orders-staging',
      CACertificateIdentifier: TARGET,
      ...now,
    })
    await world.move(MINUTE)
    expect((await control.database('orders-staging'))!.status).toBe('modifying')
    await world.move(2 * MINUTE)
    expect(await control.database('orders-staging')).toMatchObject({ status: 'available', ca: TARGET })
    const proof = await wire.verify({ engine: 'postgres', ...endpoint!, roots })
    expect(proof.strict).toBe(true)
    expect(proof.root!.sha1).toBe((await control.cas()).find(({ id }) => id === TARGET)!.thumbprint)
  })

  it('answers under a cluster’s names with the member that they lead to now', async () => {
    const world = await simulatedWorld()
    const control = simulatedControlPlane(world, HOME)
    const cluster = (await control.cluster('shop-production'))!
    const serialAt = async (host: string): Promise<string> => {
      const { port } = cluster.endpoint!
      const roots = [paperRoot(HOME.region, 'rds-ca-2019')]
      const proof = await simulatedWire(world).verify({ engine: 'postgres', host, port, roots })
      expect(proof.strict).toBe(true)
      return proof.served[0]!.serial
    }
    const [writer, reader, custom] = [cluster.endpoint!.host, cluster.readerEndpoint!, cluster.customEndpoints[0]!]
    const before = await Promise.all([writer, reader, custom].map((host) => serialAt(host)))
    expect(new Set(before).size).toBe(2)
    expect(world.happen('shop-production-1', happenings.failsOver)).toBe(true)
    expect(await serialAt(writer)).toBe(before[1])
  })

  it('says no with AWS’s codes, and nothing at all where an answer is lost', async () => {
    const world = await simulatedWorld({ faults: ['denied-describe-db-clusters', 'lost-response'] })
    const control = simulatedControlPlane(world, HOME)
    await expect(control.cluster('shop-production')).rejects.toBeInstanceOf(CannotAsk)
    expect(await control.database('nobody')).toBeUndefined()
    const asked = { DBInstanceIdentifier: 'orders-staging', CACertificateIdentifier: TARGET, ...now }
    expect(() => world.ask(HOME, 'ModifyDBInstance', asked)).toThrow(Lost)
    expect((await control.database('orders-staging'))!.pendingCa).toBe(TARGET)
  })
})

/** Something that somebody, or nobody, may do at any time. */
function anything(world: SimulatedWorld, random: ReturnType<typeof seeded>): void {
  const database = random.oneOf(world.state.databases)
  const place = placeOf(database)
  const ca = random.oneOf(TARGETS)
  const cluster = world.state.clusters.find(({ key }) => key === database.member?.cluster)
  const one = { DBInstanceIdentifier: database.id }
  const deeds: readonly (() => unknown)[] = [
    () =>
      world.ask(place, 'ModifyDBInstance', {
        ...one,
        CACertificateIdentifier: ca,
        ApplyImmediately: random.below(2) === 0,
      }),
    () =>
      world.ask(place, 'ModifyDBInstance', {
        ...one,
        CACertificateIdentifier: ca,
        CertificateRotationRestart: false,
        ...now,
      }),
    () => world.ask(place, 'RebootDBInstance', one),
    () =>
      cluster &&
      world.ask(place, 'ModifyDBCluster', { DBClusterIdentifier: cluster.id, CACertificateIdentifier: ca, ...now }),
    () => cluster && world.ask(place, 'FailoverDBCluster', { DBClusterIdentifier: cluster.id }),
    () => world.happen(database.key, random.oneOf(Object.values(HAPPENINGS))),
  ]
  try {
    random.oneOf(deeds)()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
  }
}

const HAPPENINGS = {
  restored: happenings.restored,
  renamed: happenings.renamed,
  failsOver: happenings.failsOver,
  memberAdded: happenings.memberAdded,
  changed: happenings.changedElsewhere(true),
  scheduled: happenings.changedElsewhere(false),
  rotatedByAws: happenings.rotatedByAws,
  staged: happenings.stagedElsewhere,
}

/** What holds of every database once nothing is under way any more. */
function expectAtRest({ state, presents }: SimulatedWorld): void {
  for (const database of state.databases) {
    const { agenda, babelfish, ca, key, pending, region, staged, status } = database
    expect({ key, agenda, status }).toEqual({ key, agenda: [], status: status === 'stopped' ? status : 'available' })
    expect({ key, waits: pending.ca !== undefined }).toEqual({ key, waits: staged })
    const paper = presents(key)
    if (paper && !babelfish) expect({ key, root: paper.root }).toEqual({ key, root: paperRoot(region, ca) })
  }
  for (const { key, kind } of state.clusters) {
    const members = state.databases.filter(({ member }) => member?.cluster === key)
    if (members.length > 0) expect(members.filter(({ member }) => member?.writer)).toHaveLength(1)
    if (kind === 'multi-az') expect(new Set(members.map(({ ca }) => ca)).size).toBeLessThanOrEqual(1)
  }
}

describe('whatever anybody does, in whatever order', () => {
  it.each(Array.from({ length: seeds(12, 500) }, (_, seed) => seed))(
    'the world comes to rest, and its wire says what its API says (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      const world = await simulatedWorld()
      for (let step = 0; step < 40; step++) {
        anything(world, random)
        await world.move(random.below(4 * MINUTE))
      }
      await world.move(2 * WEEK)
      expectAtRest(world)
    },
  )
})
