import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DataPlane, DataPlaneOptions, Pki } from '../data-plane.ts'
import { createBundleServer } from '../bundle-server.ts'
import { ActiveFaults, namesIn, parseFault } from '../faults/active-faults.ts'
import { declaredApplications } from '../fleet/declared-applications.ts'
import { planOf, withWindowAhead } from '../fleet/new-fleet.ts'
import { windowOf, type WorldPlan } from '../fleet/world-plan.ts'
import type { Pace } from '../lifecycle/agenda.ts'
import { INTERACTIVE_SPEED } from '../lifecycle/delays.ts'
import { withRenewalDue } from '../lifecycle/maintenance.ts'
import { asRegionUnusable, errorCode, errorText, RegionUnusable } from '../region-unusable.ts'
import { RegionStore } from '../state/region-store.ts'
import { REGION, type WorldName } from '../world.ts'
import { ApplicationsRunning } from './applications-running.ts'
import { writeControlFile } from './control-file.ts'
import { endpointOf } from './describe-region.ts'
import { makeFrontDoor } from './front-door.ts'
import { listenOn } from './listen.ts'
import { openNewDoor } from './new-door.ts'
import { Region, type RunningRegion } from './region.ts'
import { writeClientFiles } from './region-files.ts'
import { makeFolder, noteIn, regionFolder, trimLog, type RegionFolder } from './region-folder.ts'
import { RegionLock } from './region-lock.ts'
import { reset, resetIsDue } from './reset.ts'
import { ClusterRoutes } from './cluster-routes.ts'
import { ServersRunning } from './servers-running.ts'
import { portsBesideApi, setUp } from './set-up.ts'
import { checkedSpeed } from './speed.ts'
import { Undo } from './undo.ts'

export interface RegionOptions {
  /** The rehearsal's folder; made where there is none. */
  readonly directory: string
  /** The executable script that the applications' own checks are run with. */
  readonly checkProgram: string
  readonly openDataPlane: (options: DataPlaneOptions) => Promise<DataPlane>
  /** Ends every server of the rehearsal in a folder, left behind or not, and removes what it keeps outside of it. */
  readonly discardServers: (directory: string) => Promise<void>
  /** How much faster than AWS; {@link INTERACTIVE_SPEED} when absent. */
  readonly speed?: number
  /** `NAME` or `NAME:DATABASE`, see `listFaults`. */
  readonly faults?: readonly string[]
  /** Starts over: new resource ids, a new PKI, an empty request log. */
  readonly reset?: boolean
  /** The world that a new rehearsal is of; absent, or that of the saved one, where there is one. */
  readonly world?: WorldName
}

/** Another process serves the rehearsal in this folder: join it instead. */
export class AlreadyServed extends Error {
  override readonly name = 'AlreadyServed'
}

/**
 * Starts the Region of a folder in this process; sets one up where there is none. Resolves when every server runs, every
 * application has tried to connect and requests are answered. Throws {@link RegionUnusable} and {@link AlreadyServed};
 * whatever had been started by then is ended again.
 */
export async function openRegion(options: RegionOptions): Promise<RunningRegion> {
  const speed = checkedSpeed(options.speed ?? INTERACTIVE_SPEED)
  for (const fault of options.faults ?? []) parseFault(fault)
  const folder = regionFolder(resolve(options.directory))
  makeFolder(folder)
  const lock = RegionLock.take(folder.lock)
  if (!lock) throw new AlreadyServed(`Another process serves the rehearsal in ${folder.directory}.`)
  const undo = new Undo((error) => noteIn(folder, `ending: ${errorText(error)}`))
  undo.add(() => lock.release())
  try {
    return await start({ ...options, speed }, folder, undo)
  } catch (error) {
    await undo.run()
    throw asStartFailure(error, folder)
  }
}

async function start(
  options: RegionOptions & { readonly speed: number },
  folder: RegionFolder,
  undo: Undo,
): Promise<RunningRegion> {
  const { checkProgram, speed } = options
  trimLog(folder)
  if (options.reset === true || resetIsDue(folder)) await reset(folder, options.discardServers)

  const saved = RegionStore.open(folder.directory)
  const dataPlane = await options.openDataPlane({ directory: folder.directory, region: REGION })
  if (saved) refuseWithoutMysql(saved, dataPlane)
  if (saved) refuseAnotherWorld(saved, options.world)
  const plan = planOf(saved?.state.world ?? options.world ?? 'pairs')
  const { door, ports } = await openDoor(saved, plan, (problem) => noteIn(folder, problem))
  undo.add(() => door.close())
  const pkis = await pkisOf(saved?.state.regions ?? plan.regions, dataPlane)
  const store = saved ?? (await setUp(folder, dataPlane, pkis, plan, { now: Date.now(), speed }, ports))
  undo.add(() => store.close())
  const names = namesIn(store.state)
  const faults = new ActiveFaults((options.faults ?? []).map((fault) => parseFault(fault, names)))

  const bundles = await createBundleServer(pkis, await dataPlane.pki.https(), () => faults.bundle(dataPlane.pki))
  await listenOn(bundles, store.state.ports.bundles, 'its trust bundles')
  undo.add(() => {
    bundles.close()
    bundles.closeAllConnections()
  })

  const servers = await ServersRunning.start(dataPlane, store)
  undo.add(() => servers.stop())
  const routes = await ClusterRoutes.open(store)
  undo.add(() => routes.close())
  bringUpToDate(store, { now: Date.now(), speed })
  await writeClientFiles(folder, dataPlane, pkis, store.state, checkProgram)
  const declared = declaredApplications(folder.directory, store.state.databases)
  const used = new Set(declared.flatMap(({ databases }) => databases))
  const theirs = servers.values().filter(({ spec }) => used.has(spec.id))
  const applications = await ApplicationsRunning.start(dataPlane, declared, theirs)
  undo.add(() => applications.stop())

  const region = new Region(
    { folder, dataPlane, pkis, store, servers, applications, faults, checkProgram, undo },
    speed,
  )
  undo.add(() => region.rest())
  await region.begin()
  door.open(
    {
      store,
      faults,
      pkis,
      logIn: (key) => servers.get(key) ?? NO_LOG_IN,
      speed: () => region.speed,
      changed: (effect) => region.attend(effect),
    },
    region,
  )
  undo.add(() => rmSync(folder.control, { force: true }))
  writeControlFile(folder.control, { pid: process.pid, endpoint: endpointOf(store.state), token: region.token })
  return region
}

/** What the API says of the master user where no server stands behind a database. */
const NO_LOG_IN = { user: 'runbook', database: 'app' }

/** A saved rehearsal's on the port that it keeps; a new one's where there is room for all of it. */
const openDoor = async (saved: RegionStore | undefined, plan: WorldPlan, report: (problem: string) => void) =>
  saved
    ? { door: await makeFrontDoor(saved.state.ports.api, report), ports: [] }
    : openNewDoor(portsBesideApi(plan), report)

const pkisOf = async (regions: readonly string[], dataPlane: DataPlane): Promise<ReadonlyMap<string, Pki>> =>
  new Map(
    await Promise.all(
      regions.map(
        async (region) => [region, region === REGION ? dataPlane.pki : await dataPlane.pkiOf(region)] as const,
      ),
    ),
  )

function refuseAnotherWorld({ state }: RegionStore, wanted: WorldName | undefined): void {
  if (wanted === undefined || wanted === state.world) return
  throw new RegionUnusable(
    'BAD_OPTION',
    `The rehearsal in this folder is of the world "${state.world}", not "${wanted}". Nothing was changed. Leave out --world, or start over with --reset.`,
  )
}

/** The databases of a rehearsal stay what they are, and so does the program that runs them. */
function refuseWithoutMysql({ state }: RegionStore, { mysqlServer }: DataPlane): void {
  if (state.mysql === 'stand-in' || mysqlServer.found) return
  throw new RegionUnusable(
    'DID_NOT_START',
    `This rehearsal was set up with a MariaDB or MySQL server, and none is found any more: looked in ${mysqlServer.looked.join(', ') || 'no directory'}. Nothing was changed. Install it again, or start over with --reset.`,
  )
}

/** What time has done while nobody served the Region: windows have gone by, certificates have aged. */
function bringUpToDate(store: RegionStore, pace: Pace): void {
  const { databases: all, clusters } = store.state
  for (const [index, database] of all.entries()) {
    const current = withRenewalDue(withWindowAhead(database, pace, windowOf(all, index, clusters)), pace.now)
    if (current !== database) store.commit(current)
  }
}

/** What the data plane throws is a sentence for the operator already. */
function asStartFailure(error: unknown, folder: RegionFolder): Error {
  if (error instanceof Error && error.name === 'CannotServe')
    return new RegionUnusable('DID_NOT_START', error.message, { cause: error })
  return errorCode(error) === undefined
    ? error instanceof Error
      ? error
      : new Error(errorText(error))
    : asRegionUnusable(error, `starting the rehearsal in ${folder.directory}`)
}
