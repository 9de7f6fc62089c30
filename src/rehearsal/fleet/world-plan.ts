import { randomBytes } from 'node:crypto'
import type { Instant } from '../../rules/words.ts'
import type { CaId } from '../data-plane.ts'
import { familyOf } from '../api/parameter-groups.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import { DELAYS, scaled } from '../lifecycle/delays.ts'
import { engineOf, NO_RESTART_VERSION, RESTART_VERSIONS, type SecondEngine } from '../lifecycle/engine-versions.ts'
import { windowFrom } from '../lifecycle/maintenance-window.ts'
import type { ClusterKind, ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState, EngineName } from '../state/database-state.ts'
import type { Surroundings } from '../state/surroundings.ts'
import { hostNameOf, type Place, type WorldName } from '../world.ts'

/** What is not as in any other database. */
type Peculiar = Pick<
  DatabaseState,
  'member' | 'replicaOf' | 'replication' | 'multiAz' | 'custom' | 'babelfish' | 'iamAuth' | 'managedSecret' | 'tags'
> & { readonly status?: DatabaseState['status']; readonly instanceClass?: string }

/** One database of a world that is to be made. */
export interface DatabasePlan extends Peculiar {
  /** Names its server; the identifier where that is unique. */
  readonly key: string
  readonly id: string
  readonly place: Place
  readonly environment: DatabaseState['environment']
  /** `second`: MariaDB or MySQL, whichever there is, else an old PostgreSQL. */
  readonly engine: EngineName | 'second'
  readonly version?: string
  readonly ca: CaId
  /** Whether a real server stands behind it. */
  readonly served: boolean
}

export interface ClusterPlan {
  readonly key: string
  readonly id: string
  readonly place: Place
  readonly environment: ClusterState['environment']
  readonly kind: ClusterKind
  readonly engine: EngineName
  readonly version: string
  /** Custom endpoints, with the members that each leads to. */
  readonly custom?: Readonly<Record<string, readonly string[]>>
  readonly rest?: Partial<
    Pick<ClusterState, 'serverlessV2' | 'babelfish' | 'globalCluster' | 'replicates' | 'tags' | 'instanceClass'>
  >
}

export interface WorldPlan {
  readonly name: WorldName
  /** The Regions that have CAs, home first. */
  readonly regions: readonly string[]
  readonly databases: readonly DatabasePlan[]
  readonly clusters: readonly ClusterPlan[]
  readonly surroundings: (now: Instant) => Surroundings
}

const HOUR = 60 * 60_000
const WINDOW_MINUTES = 60
/** Windows come one after the other, and after so many together with the first ones. */
const WINDOWS_APART = 6

/** Where an engine listens when no server of this machine stands in for it. */
const USUAL_PORTS: Readonly<Partial<Record<EngineName, number>>> = {
  'sqlserver-se': 1433,
  // Of the database; its SSL option would have a port of its own, which AWS names elsewhere.
  'oracle-se2': 1521,
  'custom-oracle-ee': 1521,
  'db2-se': 50_000,
  docdb: 27_017,
  neptune: 8182,
}
export const usualPort = (engine: EngineName): number =>
  USUAL_PORTS[engine] ?? (familyOf(engine) === 'mysql' ? 3306 : 5432)

/** Only a cluster gets databases later. */
export const sparesOf = ({ clusters }: WorldPlan): number => (clusters.length > 0 ? SPARES : 0)
const SPARES = 4

/** How many loopback ports a world takes: one for each server, and one for each endpoint that leads to members. */
export const portsOf = ({ clusters, databases }: WorldPlan): number =>
  databases.filter(({ served }) => served).length +
  clusters.reduce((sum, cluster) => sum + routesOf(cluster, databases), 0)

/** One for the writer, one for the readers, and one for each custom endpoint; none where no server stands behind it. */
export function routesOf({ key, custom = {} }: ClusterPlan, databases: WorldPlan['databases']): number {
  const isServed = databases.some(({ member, served }) => served && member?.cluster === key)
  return isServed ? 2 + Object.keys(custom).length : 0
}

/** A database as a new world starts with it, under a resource id that no other has. `index` is its place among all. */
export function databaseFrom(
  plan: DatabasePlan,
  second: SecondEngine,
  port: number | undefined,
  leaf: DatabaseState['leaf'],
  pace: Pace,
  index: number,
): DatabaseState {
  const { key, id, place, environment, engine: planned, version, ca, served, ...peculiar } = plan
  const engine = planned === 'second' ? second : planned
  const engineVersion = version ?? (planned === 'second' ? RESTART_VERSIONS[second] : NO_RESTART_VERSION)
  // Said at once when a plan names a version that is not listed.
  engineOf({ engine, engineVersion })
  return {
    key,
    id,
    ...place,
    resourceId: newResourceId('db'),
    environment,
    family: served ? familyOf(engine) : 'none',
    engine,
    engineVersion,
    hostName: hostNameOf(id, place),
    port: port ?? usualPort(engine),
    createdAt: pace.now,
    instanceClass: 'db.t4g.medium',
    backupRetention: 7,
    ...windowsFrom(index, pace),
    status: 'available',
    ca,
    leaf,
    pending: {},
    staged: false,
    parametersWait: false,
    agenda: [],
    events: [{ at: pace.now, message: 'DB instance created', category: 'creation' }],
    ...peculiar,
  }
}

/** A cluster likewise; `routes` are the loopback ports of its writer's, its reader's and its custom endpoints, as many as it has. */
export function clusterFrom(plan: ClusterPlan, routes: readonly number[], pace: Pace, index: number): ClusterState {
  const { key, id, place, environment, kind, engine, version, custom = {}, rest } = plan
  const route = (nth: number): number => routes[nth] ?? usualPort(engine)
  return {
    key,
    id,
    ...place,
    resourceId: newResourceId('cluster'),
    environment,
    kind,
    engine,
    engineVersion: version,
    writer: { hostName: hostNameOf(id, place, 'cluster'), route: route(0) },
    ...(kind !== 'serverless-v1' && { reader: { hostName: hostNameOf(id, place, 'cluster-ro'), route: route(1) } }),
    custom: Object.entries(custom).map(([name, members], nth) => ({
      id: name,
      members,
      hostName: hostNameOf(name, place, 'cluster-custom'),
      route: route(2 + nth),
    })),
    createdAt: pace.now,
    ...windowsFrom(index, pace),
    ...rest,
  }
}

/** Whose window a database has, by its place among all: the members of a Multi-AZ DB cluster have the first one's, for they change together. */
export function windowOf(
  all: readonly Pick<DatabaseState, 'member'>[],
  index: number,
  clusters: readonly Pick<ClusterState, 'key' | 'kind'>[],
): number {
  const cluster = all[index]?.member?.cluster
  const together = clusters.some(({ key, kind }) => key === cluster && kind === 'multi-az')
  return together ? all.findIndex(({ member }) => member?.cluster === cluster) : index
}

/** The maintenance window, and a backup window twelve hours off: AWS lets the two not overlap. */
export function windowsFrom(
  index: number,
  { now, speed }: Pace,
): Pick<DatabaseState, 'maintenanceWindow' | 'backupWindow'> {
  const start = now + scaled(DELAYS.untilWindow + (index % WINDOWS_APART) * DELAYS.betweenWindows, speed)
  const backup = start + 12 * HOUR
  return {
    maintenanceWindow: windowFrom(start, WINDOW_MINUTES),
    backupWindow: `${clock(backup)}-${clock(backup + HOUR / 2)}`,
  }
}

const clock = (instant: Instant): string => new Date(instant).toISOString().slice(11, 16)

const RESOURCE_ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Like AWS's: a prefix and 26 characters, never given twice. */
export function newResourceId(prefix: 'db' | 'cluster'): string {
  const letters = [...randomBytes(26)].map((byte) => RESOURCE_ID_LETTERS[byte % RESOURCE_ID_LETTERS.length])
  return `${prefix}-${letters.join('')}`
}
