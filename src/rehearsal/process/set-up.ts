import { randomUUID } from 'node:crypto'
import type { DataPlane, Pki } from '../data-plane.ts'
import { declaredApplications, writeTrustStores } from '../fleet/declared-applications.ts'
import { secondEngine } from '../fleet/new-fleet.ts'
import {
  clusterFrom,
  databaseFrom,
  portsOf,
  routesOf,
  sparesOf,
  windowOf,
  type WorldPlan,
} from '../fleet/world-plan.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import { clusterNames, leafOf, pkiOf } from '../lifecycle/certificate-source.ts'
import type { ClusterState } from '../state/cluster-state.ts'
import { STATE_FORMAT, storeCertificate, type RegionState } from '../state/region-state.ts'
import { RegionStore } from '../state/region-store.ts'
import { hostNameOf } from '../world.ts'
import type { RegionFolder } from './region-folder.ts'

/** How many ports a world takes beside its API's: for its bundles, its servers and endpoints, and for members to come. */
export const portsBesideApi = (plan: WorldPlan): number => 1 + portsOf(plan) + sparesOf(plan)

/**
 * Makes a new rehearsal. It exists from the moment its state is saved, which is last: a kill before leaves nothing that
 * the next set-up does not write anew. No server runs yet.
 */
export async function setUp(
  folder: RegionFolder,
  dataPlane: DataPlane,
  pkis: ReadonlyMap<string, Pki>,
  plan: WorldPlan,
  pace: Pace,
  [api, bundles, ...ports]: readonly number[],
): Promise<RegionStore> {
  const state = await newWorld(plan, dataPlane.mysqlServer, pkis, pace, ports)
  writeTrustStores(declaredApplications(folder.directory, state.databases), dataPlane.pki)
  return RegionStore.create(folder.directory, { ...state, ports: { api: given(api), bundles: given(bundles) } })
}

/** The state of a new world. `ports` are for its servers and endpoints, in this order; what is left over is kept for later. */
export async function newWorld(
  plan: WorldPlan,
  mysqlServer: DataPlane['mysqlServer'],
  pkis: ReadonlyMap<string, Pki>,
  pace: Pace,
  ports: readonly number[],
): Promise<Omit<RegionState, 'ports' | 'logBytes'>> {
  const left = [...ports]
  const serverPorts = plan.databases.map(({ served }) => (served ? given(left.shift()) : undefined))
  const clusters = plan.clusters.map((one, index) =>
    clusterFrom(one, left.splice(0, routesOf(one, plan.databases)), pace, index),
  )
  const second = secondEngine(mysqlServer)
  const made = await Promise.all(
    plan.databases.map(async (one, index) => {
      const certificate = storeCertificate(await issueFirst(one, clusters, pkis))
      const { from, till } = leafOf(certificate)
      const window = windowOf(plan.databases, index, clusters)
      const database = databaseFrom(one, second, serverPorts[index], { from, till }, pace, window)
      return { certificate, database }
    }),
  )
  return {
    formatVersion: STATE_FORMAT,
    rehearsal: randomUUID(),
    world: plan.name,
    createdAt: pace.now,
    mysql: mysqlServer.found ? 'real' : 'stand-in',
    sparePorts: left,
    regions: plan.regions,
    databases: made.map(({ database }) => database),
    clusters,
    surroundings: plan.surroundings(pace.now),
    defaultCas: [],
    retired: [],
    certificates: Object.fromEntries(made.map(({ database, certificate }) => [database.key, { live: certificate }])),
    pids: {},
  }
}

function issueFirst(
  { ca, id, member, place }: WorldPlan['databases'][number],
  clusters: readonly ClusterState[],
  pkis: ReadonlyMap<string, Pki>,
) {
  const names = clusterNames({ ...(member && { member }) }, clusters)
  return pkiOf(pkis, place.region).issue(ca, hostNameOf(id, place), names)
}

function given(port: number | undefined): number {
  if (port === undefined) throw new Error('Bug: fewer ports than asked for')
  return port
}
