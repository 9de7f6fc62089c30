import type { Server } from 'node:net'
import { errorCode, RegionUnusable } from '../region-unusable.ts'

/** Has a server listen on its port on 127.0.0.1. Throws {@link RegionUnusable} `PORT_TAKEN` when another program does. */
export async function listenOn(server: Server, port: number, what: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(errorCode(error) === 'EADDRINUSE' ? portTaken(port, what, error) : error))
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** A rehearsal keeps its ports: saved progress belongs to the endpoint, so another one would be another world. */
export const portTaken = (port: number, what: string, cause?: unknown): RegionUnusable =>
  new RegionUnusable(
    'PORT_TAKEN',
    `Port ${port} on 127.0.0.1, which this rehearsal uses for ${what}, is taken by another program. It cannot take another: saved progress belongs to its ports. Nothing was changed. End that program and start again, or start over with --reset.`,
    { cause },
  )
