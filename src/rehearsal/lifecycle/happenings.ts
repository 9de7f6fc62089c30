import { newResourceId } from '../fleet/world-plan.ts'
import type { CaId } from '../data-plane.ts'
import { underWay, type DatabaseState } from '../state/database-state.ts'
import { effectOn, type Effect } from '../state/effect.ts'
import type { RegionState } from '../state/region-state.ts'
import { hostNameOf } from '../world.ts'
import { agendaOfChange, type Pace } from './agenda.ts'
import { DELAYS, scaled } from './delays.ts'
import { engineOf } from './engine-versions.ts'
import { failedOver } from './failover.ts'
import { modify } from './modify.ts'
import { serverEffectOf } from './server-effect.ts'

type World = Pick<RegionState, 'databases' | 'clusters' | 'sparePorts'>

/** What can happen to a database while somebody is at work on it. Each is pure; undefined where it cannot happen to this one. */
export type Happening = (database: DatabaseState, world: World, pace: Pace) => Effect | undefined

/** Deleted by somebody else. */
export const deleted: Happening = ({ key }) => ({ gone: [key] })

/** Given another name, and so another endpoint; its resource id stays. */
export const renamed: Happening = (database) => {
  const id = `${database.id}-renamed`
  return effectOn({ ...database, id, hostName: hostNameOf(id, database) })
}

/** Deleted, and restored from a snapshot under the same name: another resource id, and nothing pending. Not a cluster's member. */
export const restored: Happening = (database, _world, { now }) => {
  if (database.member) return undefined
  const { renewal: _offer, ...kept } = database
  const events = [{ at: now, message: 'Restored from snapshot', category: 'restoration' }]
  return effectOn({
    ...kept,
    resourceId: newResourceId('db'),
    createdAt: now,
    status: 'available',
    pending: {},
    staged: false,
    agenda: [],
    events,
  })
}

/** Its cluster fails over to another member. */
export const failsOver: Happening = (database, { databases }, pace) => {
  const members = databases.filter(({ member }) => member && member.cluster === database.member?.cluster)
  const changed = failedOver(members, pace)
  return changed.length > 0 ? effectOn(...changed) : undefined
}

/** A reader is added to its cluster, by autoscaling for example. It comes up on the CA that the writer has. */
export const memberAdded: Happening = (database, { clusters, databases, sparePorts }, { now, speed }) => {
  const cluster = clusters.find(({ key }) => key === database.member?.cluster)
  const port = sparePorts.find((spare) => databases.every((other) => other.port !== spare))
  if (!cluster || cluster.kind !== 'aurora' || (database.family !== 'none' && port === undefined)) return undefined
  const taken = new Set(databases.map(({ key }) => key))
  const nth = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => !taken.has(`${cluster.id}-autoscaled-${n}`)) ?? 0
  const id = `${cluster.id}-autoscaled-${nth}`
  const created = now + scaled(DELAYS.creating, speed)
  const { renewal: _offer, ...like } = database
  return effectOn({
    ...like,
    key: id,
    id,
    resourceId: newResourceId('db'),
    hostName: hostNameOf(id, database),
    port: port ?? database.port,
    createdAt: now,
    status: 'creating',
    member: { cluster: cluster.key, writer: false, tier: 15 },
    pending: {},
    staged: false,
    parametersWait: false,
    agenda: [
      { act: 'create', at: created },
      { act: 'settle', at: created },
    ],
    events: [{ at: now, message: 'DB instance created', category: 'creation' }],
  })
}

/** The CA to which somebody else, or AWS, would change it. */
export const otherCa = ({ ca }: DatabaseState): CaId =>
  ca === 'rds-ca-rsa2048-g1' ? 'rds-ca-rsa4096-g1' : 'rds-ca-rsa2048-g1'

/** What changes together: the members of a Multi-AZ DB cluster, else one alone. Undefined while any is busy. */
function together(database: DatabaseState, { clusters, databases }: World): readonly DatabaseState[] | undefined {
  const cluster = clusters.find(({ key }) => key === database.member?.cluster)
  const group =
    cluster?.kind === 'multi-az' ? databases.filter(({ member }) => member?.cluster === cluster.key) : [database]
  return group.some((one) => underWay(one)) ? undefined : group
}

/** Its CA is changed by somebody else. */
export const changedElsewhere =
  (immediately: boolean): Happening =>
  (database, world, pace) => {
    const ca = otherCa(database)
    const changed = together(database, world)?.map((one) => modify(one, { ca, immediately }, pace))
    return changed && effectOn(...changed)
  }

/** AWS has waited long enough: in a window of its own it takes up the rotation that it had offered. */
export const rotatedByAws: Happening = (database, world, pace) => {
  const to = otherCa(database)
  const taken = together(database, world)?.map((one): DatabaseState => ({
    ...one,
    renewal: { offeredAt: pace.now, optIn: 'immediate', action: 'ca-certificate-rotation', to },
  }))
  const begun = taken?.map((one): DatabaseState => ({
    ...one,
    agenda: agendaOfChange(one, serverEffectOf(one).method === 'restart', pace),
  }))
  return begun && effectOn(...begun)
}

/** A certificate is staged for its next restart, on engines that must restart. */
export const stagedElsewhere: Happening = (database, _world, pace) => {
  if (underWay(database) || engineOf(database).rotatesWithoutRestart !== false) return undefined
  return effectOn(modify(database, { ca: otherCa(database), restart: false, immediately: true }, pace))
}
