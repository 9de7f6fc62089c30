import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { RegionUnusable } from '../region-unusable.ts'

/**
 * Where ports are looked for. Below the ranges from which systems take the local ports of outgoing connections (Linux
 * from 32768, macOS and Windows from 49152): a port that must be had again at the next start must not be lent to one.
 */
const FIRST = 20_000
const LAST = 31_999
const TRIES = 200

/** So many different ports on which nothing listens on 127.0.0.1 now. Throws {@link RegionUnusable} when there are none. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  for (let tries = 0; found.size < count; tries++) {
    if (tries === TRIES)
      throw new RegionUnusable(
        'PORT_TAKEN',
        `No free port found between ${FIRST} and ${LAST}: end programs that hold them.`,
      )
    const port = randomInt(FIRST, LAST + 1)
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}

/** Whether this process could listen on the port now. */
export async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
