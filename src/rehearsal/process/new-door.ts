import { randomInt } from 'node:crypto'
import { errorCode, RegionUnusable } from '../region-unusable.ts'
import { isFree } from '../servers/free-port.ts'
import { makeFrontDoor, type FrontDoor } from './front-door.ts'

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/**
 * Below the ranges from which systems take the local ports of outgoing connections (Linux from 32768, macOS and Windows
 * from 49152): a port that must be had again at the next start must not be lent to one.
 */
const USUAL: PortRange = { first: 20_000, last: 31_999 }

/** Written FIRST-LAST: where to look for ports instead. */
const ONLY_PORTS = 'RDS_CA_RUNBOOK_REHEARSAL_PORTS'

/**
 * How many ports stand together. Two rehearsals that are set up at the same moment do not come into each other's way:
 * who listens on a block's first port, as a front door does for as long as it lives, has the rest of the block.
 */
export const BLOCK = 64

/** Where new rehearsals look for ports. Throws {@link RegionUnusable} `BAD_OPTION`. */
export function portRange(environment: NodeJS.ProcessEnv = process.env): PortRange {
  const text = environment[ONLY_PORTS]
  if (text === undefined) return USUAL
  const [, first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (first !== undefined && last !== undefined && first > 0 && last < 2 ** 16 && last - first + 1 >= BLOCK)
    return { first, last }
  throw new RegionUnusable(
    'BAD_OPTION',
    `${ONLY_PORTS} is "${text}". It must be two ports, FIRST-LAST, at least ${BLOCK} of them and none above 65535, as in ${USUAL.first}-${USUAL.last}. Nothing was started.`,
  )
}

/**
 * The front door of a new rehearsal and so many ports beside its own, at most {@link BLOCK} - 1, for what starts later.
 * A block of which any port is taken is left alone: it may be that of a rehearsal which was killed and whose servers
 * still run. Throws {@link RegionUnusable} `PORT_TAKEN` where no block of the range is free.
 */
export async function openNewDoor(
  count: number,
  report: (problem: string) => void,
  { first, last }: PortRange = portRange(),
): Promise<{ readonly door: FrontDoor; readonly ports: readonly number[] }> {
  if (count >= BLOCK) throw new Error(`Bug: ${count} ports and the API's own do not fit into a block of ${BLOCK}`)
  const blocks = Math.floor((last - first + 1) / BLOCK)
  const start = randomInt(blocks)
  for (let tried = 0; tried < blocks; tried++) {
    const own = first + ((start + tried) % blocks) * BLOCK
    const door = await doorUnlessTaken(own, report)
    if (!door) continue
    const others = Array.from({ length: BLOCK - 1 }, (_, index) => own + 1 + index)
    const free = await Promise.all(others.map(isFree))
    if (free.every(Boolean)) return { door, ports: [own, ...others.slice(0, count)] }
    await door.close()
  }
  throw new RegionUnusable(
    'PORT_TAKEN',
    `No ${BLOCK} free ports in a row between ${first} and ${last} on 127.0.0.1. Nothing was started. End the programs that hold them, or name others with ${ONLY_PORTS}=FIRST-LAST.`,
  )
}

async function doorUnlessTaken(port: number, report: (problem: string) => void): Promise<FrontDoor | undefined> {
  try {
    return await makeFrontDoor(port, report)
  } catch (error) {
    if (errorCode(error) === 'PORT_TAKEN') return undefined
    throw error
  }
}
