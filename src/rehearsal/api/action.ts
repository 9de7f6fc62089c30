import type { RehearsedCa } from '../data-plane.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import type { ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { Effect } from '../state/effect.ts'
import type { RegionState } from '../state/region-state.ts'
import type { RequestLine } from '../state/request-log.ts'
import { clusterArn, databaseArn, type Place } from '../world.ts'
import type { Call } from './call.ts'
import { clusterNotFound, instanceNotFound } from './wire-error.ts'
import type { Xml } from './xml.ts'

/** What a call can see: its own account's databases in its own Region, and that Region's CAs. */
export interface Sight {
  readonly place: Place
  readonly databases: readonly DatabaseState[]
  readonly clusters: readonly ClusterState[]
  readonly cas: readonly RehearsedCa[]
  /** Everything, for the few answers that tell of other Regions. */
  readonly world: Pick<RegionState, 'databases' | 'clusters' | 'surroundings' | 'defaultCas' | 'regions'>
  /** Changes that were asked for, latest last. */
  readonly trail: readonly RequestLine[]
  /** The master user and the initial database of a database's server. */
  readonly logIn: (key: string) => { readonly user: string; readonly database: string }
  readonly pace: Pace
}

/** An answer, and what the call changed. */
export interface Reply {
  readonly result: Readonly<Record<string, Xml>>
  readonly effect?: Effect
}

/** Carries out one call. Pure: the effect is a value, made durable before the answer goes out. Throws wire errors. */
export type Action = (call: Call, sight: Sight) => Reply

/** A database by its identifier (in any case, as in AWS) or its ARN. Throws `DBInstanceNotFound`. */
export function findDatabase(sight: Pick<Sight, 'databases'>, text: string): DatabaseState {
  const wanted = text.toLowerCase()
  const found = sight.databases.find((database) => database.id === wanted || databaseArn(database) === text)
  if (!found) throw instanceNotFound(text)
  return found
}

/** A cluster by its identifier or its ARN. Throws `DBClusterNotFoundFault`. */
export function findCluster(sight: Pick<Sight, 'clusters'>, text: string): ClusterState {
  const wanted = text.toLowerCase()
  const found = sight.clusters.find((cluster) => cluster.id === wanted || clusterArn(cluster) === text)
  if (!found) throw clusterNotFound(text)
  return found
}

/** The members of a cluster, by name. */
export const membersOf = (databases: readonly DatabaseState[], cluster: ClusterState): readonly DatabaseState[] =>
  databases.filter(({ member }) => member?.cluster === cluster.key).toSorted((a, b) => (a.id < b.id ? -1 : 1))
