import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EVERY_NAME, parseFault } from './faults/active-faults.ts'
import { endLiving, joinLiving, type JoinedRegion } from './process/control-client.ts'
import type { JoinWish } from './process/control-path.ts'
import { launch, type Entry } from './process/launch.ts'
import { makeFolder, regionFolder, type RegionFolder } from './process/region-folder.ts'
import { checkedSpeed } from './process/speed.ts'
import { RegionUnusable } from './region-unusable.ts'
import type { WorldName } from './world.ts'

export type { JoinedRegion } from './process/control-client.ts'
export type { Entry } from './process/launch.ts'

export interface JoinOptions {
  /** The rehearsal's folder; made where there is none. */
  readonly directory: string
  /** Absent leaves a living Region's as it is. */
  readonly speed?: number
  /** The speed of a Region that is started by this, where none is named. */
  readonly firstSpeed?: number
  /** `NAME` or `NAME:DATABASE`. Absent leaves a living Region's as they are; given, these and no others are switched on. */
  readonly faults?: readonly string[]
  /** Starts over. Refused (`IN_USE`) while other programs are joined. */
  readonly reset?: boolean
  /** The world that a new rehearsal is of; a folder that has one of another world is refused. */
  readonly world?: WorldName
  /** Starts a program that calls `main` of `serve.ts`. */
  readonly entry: Entry
  /** Milliseconds to wait for the Region; 120,000 when absent. */
  readonly patience?: number
  /** Waits no longer. A Region that is being started goes on, and ends by itself when nobody joins it. */
  readonly signal?: AbortSignal
}

const PATIENCE = 120_000
const POLL = 50
/** Milliseconds that a Region whose lock is held is given to answer, before starting one is tried again. */
const ANSWERS_WITHIN = 2_000

/**
 * Joins the Region of a folder, starting its process where none lives. However many programs do this at once, one Region
 * comes of it. It stays up while anybody is joined. Throws {@link RegionUnusable}, whose message is for the operator,
 * and the signal's reason.
 */
export async function joinRegion(options: JoinOptions): Promise<JoinedRegion> {
  const wish = wishOf(options)
  const first = options.firstSpeed === undefined ? {} : { speed: options.firstSpeed }
  const folder = regionFolder(resolve(options.directory))
  makeFolder(folder)
  let resets = options.reset ?? false
  const until = Date.now() + (options.patience ?? PATIENCE)
  while (Date.now() < until) {
    options.signal?.throwIfAborted()
    if (resets) await endOrRefuse(folder)
    const joined = resets ? undefined : await joinLiving(folder.control, wish)
    if (joined) return joined
    const world = options.world === undefined ? {} : { world: options.world }
    const order = { directory: folder.directory, ...first, ...wish, ...world, ...(resets && { reset: true }) }
    const outcome = await launch(options.entry, order, folder, options.signal)
    switch (outcome.kind) {
      case 'failed':
        throw new RegionUnusable(outcome.code ?? 'DID_NOT_START', failureText(outcome.message))
      case 'ready':
        resets = false
        break
      case 'held': {
        const holder = resets ? await delay(POLL, undefined) : await joinHolder(folder, wish, until)
        if (holder) return holder
        break
      }
    }
  }
  throw new RegionUnusable(
    'DID_NOT_START',
    `The simulated Region was not ready in time. Nothing was lost; its own words are in ${folder.log}. Start again.`,
  )
}

/** Checked here too, so that a typing error costs no process. */
function wishOf({ speed, faults }: JoinOptions): JoinWish {
  for (const fault of faults ?? []) parseFault(fault, EVERY_NAME)
  return {
    ...(speed !== undefined && { speed: checkedSpeed(speed) }),
    ...(faults && { faults }),
  }
}

/** Somebody else is just starting the Region, or it is just going down: waits for what comes of it. */
async function joinHolder(folder: RegionFolder, wish: JoinWish, until: number): Promise<JoinedRegion | undefined> {
  const patience = Math.min(until, Date.now() + ANSWERS_WITHIN)
  while (Date.now() < patience) {
    const joined = await joinLiving(folder.control, wish)
    if (joined) return joined
    await delay(POLL)
  }
  return undefined
}

/** Ends the living Region, so that it can start over. Throws {@link RegionUnusable} `IN_USE` while others are joined. */
export async function endOrRefuse(folder: RegionFolder): Promise<void> {
  const others = await endLiving(folder.control)
  if (others === 0) return
  throw new RegionUnusable(
    'IN_USE',
    `The rehearsal in ${folder.directory} cannot start over while ${others} other program(s) use it. Nothing was changed. End them first.`,
  )
}

const failureText = (message: string): string =>
  message.startsWith('its process') ? `The simulated Region did not start: ${message}.` : message
