import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DataPlane, DataPlaneOptions } from './data-plane.ts'
import { endOrRefuse } from './join.ts'
import { joinLiving, type JoinedRegion } from './process/control-client.ts'
import { EndWanted } from './process/end-wanted.ts'
import { takeLaunchOrder, tellOutcome, type LaunchOrder, type LaunchOutcome } from './process/launch.ts'
import { AlreadyServed, openRegion, type RegionOptions } from './process/open-region.ts'
import { makeFolder, regionFolder } from './process/region-folder.ts'
import type { RunningRegion } from './process/region.ts'
import { infoAsJson, infoAsSentences, type RegionInfo } from './region-info.ts'
import { errorText, RegionUnusable } from './region-unusable.ts'

export { AlreadyServed } from './process/open-region.ts'
export type { RunningRegion } from './process/region.ts'

export type ServeOptions = Omit<RegionOptions, 'openDataPlane' | 'discardServers'> &
  Partial<Pick<RegionOptions, 'openDataPlane' | 'discardServers'>>

/**
 * Serves the Region of a folder in this process, until it is stopped. Throws {@link RegionUnusable} and
 * {@link AlreadyServed}.
 */
export const serveRegion = (options: ServeOptions): Promise<RunningRegion> =>
  openRegion({ openDataPlane: openRealDataPlane, discardServers: discardRealServers, ...options })

/** Loaded when it is needed: it brings the database drivers with it. */
const openRealDataPlane = async (options: DataPlaneOptions): Promise<DataPlane> =>
  (await import('./open-data-plane.ts')).openDataPlane(options)

const discardRealServers = async (directory: string): Promise<void> =>
  (await import('./servers/discard-servers.ts')).discardServers(directory)

export interface ServeCommand extends ServeOptions {
  /** One line of JSON instead of sentences. */
  readonly json?: boolean
  /** Where the description goes, with its line feed. */
  readonly print: (text: string) => void
}

/**
 * What `rehearse --serve` does, to its end; resolves to the exit code. Started by `joinRegion` it serves the Region
 * unseen, and ends when nobody is joined any more. Otherwise it keeps the Region up, its own or the one that lives already,
 * and prints how to reach it; it ends on SIGINT or SIGTERM, or when a standard input that is a pipe closes and no other
 * program is joined. Throws {@link RegionUnusable}.
 */
export async function main(command: ServeCommand): Promise<number> {
  const order = takeLaunchOrder(process.env)
  return order ? serveUnseen({ ...command, ...order }) : serveInTheOpen(command)
}

async function serveUnseen(command: ServeCommand & LaunchOrder): Promise<number> {
  let region: RunningRegion
  try {
    region = await serveRegion(command)
  } catch (error) {
    tellOutcome(outcomeOf(error))
    return error instanceof AlreadyServed ? 0 : 1
  }
  region.endWhenAlone()
  const wanted = EndWanted.bySignal()
  void wanted.signalled.then(() => region.stop())
  tellOutcome({ kind: 'ready' })
  await region.ended
  wanted.stop()
  return 0
}

function outcomeOf(error: unknown): LaunchOutcome {
  if (error instanceof AlreadyServed) return { kind: 'held' }
  if (error instanceof RegionUnusable) return { kind: 'failed', code: error.code, message: error.message }
  return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : errorText(error) }
}

async function serveInTheOpen(command: ServeCommand): Promise<number> {
  const wanted = EndWanted.bySignalOrClosedPipe()
  try {
    await keepARegionUp(command, wanted)
    return 0
  } finally {
    wanted.stop()
  }
}

async function keepARegionUp(command: ServeCommand, wanted: EndWanted): Promise<void> {
  const folder = regionFolder(resolve(command.directory))
  makeFolder(folder)
  let described = false
  const describe = (info: RegionInfo): void => {
    if (!described) command.print(`${command.json === true ? infoAsJson(info) : infoAsSentences(info)}\n`)
    described = true
  }
  // A Region that another program serves may end before this one is asked to: then this one takes it over.
  for (;;) {
    if (command.reset === true) await endOrRefuse(folder)
    const own = await serveUnlessServed(command)
    if (own) {
      describe(own.info())
      return keepUp(own, wanted)
    }
    // One that shall start over is not joined: it is on its way out.
    const joined = command.reset === true ? undefined : await joinLiving(folder.control, wishOf(command))
    if (!joined) await delay(POLL)
    else {
      describe(joined.info)
      if (await staysJoined(joined, wanted)) return
    }
  }
}

/** Milliseconds between two looks at a Region that is just starting or going down. */
const POLL = 50

const wishOf = ({ speed, faults }: ServeCommand): { speed?: number; faults?: readonly string[] } => ({
  ...(speed !== undefined && { speed }),
  ...(faults && { faults }),
})

async function serveUnlessServed(command: ServeCommand): Promise<RunningRegion | undefined> {
  try {
    return await serveRegion(command)
  } catch (error) {
    if (error instanceof AlreadyServed) return undefined
    throw error
  }
}

async function keepUp(region: RunningRegion, wanted: EndWanted): Promise<void> {
  void wanted.signalled.then(() => region.stop())
  void wanted.pipeClosed.then(() => region.endWhenAlone(undefined, 0))
  await region.ended
}

/** Resolves to whether this program was asked to end; false when the Region went first. */
async function staysJoined(region: JoinedRegion, wanted: EndWanted): Promise<boolean> {
  const asked = await Promise.race([
    Promise.race([wanted.signalled, wanted.pipeClosed]).then(() => true),
    region.ended.then(() => false),
  ])
  region.leave()
  return asked
}
