import type { DatabaseServer, DataPlane } from '../data-plane.ts'
import { isFree } from '../fleet/free-ports.ts'
import { errorCode, errorText, RegionUnusable } from '../region-unusable.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { asServerCertificate } from '../state/region-state.ts'
import type { RegionStore } from '../state/region-store.ts'
import { portTaken } from './listen.ts'

/**
 * Starts every database's server with the certificate on record, or takes over what a killed Region left behind, all at
 * the same time; each one's process id is saved as soon as it is known. When one fails, the others are ended again.
 * Throws {@link RegionUnusable}.
 */
export async function startServers(
  dataPlane: DataPlane,
  store: RegionStore,
): Promise<ReadonlyMap<string, DatabaseServer>> {
  const { pids } = store.state
  const started = new Map<string, DatabaseServer>()
  const attempts = await Promise.allSettled(
    store.state.databases.map(async (database) => {
      const server = await startServer(dataPlane, store, database, pids[database.id])
      started.set(database.id, server)
      store.savePids({ ...store.state.pids, [database.id]: server.pid })
    }),
  )
  const failed = attempts.find((attempt) => attempt.status === 'rejected')
  if (!failed) return started
  await stopServers(started, store)
  throw failed.reason
}

/** Ends the servers cleanly. One that does not end stays on record, for the next start to find. */
export async function stopServers(servers: ReadonlyMap<string, DatabaseServer>, store: RegionStore): Promise<void> {
  const ended = await Promise.allSettled([...servers.values()].map((server) => server.stop()))
  const left = [...servers].filter((_server, index) => ended[index]?.status === 'rejected')
  store.savePids(Object.fromEntries(left.map(([id, { pid }]) => [id, pid])))
}

async function startServer(
  dataPlane: DataPlane,
  store: RegionStore,
  { id, family, hostName, port }: DatabaseState,
  pid: number | undefined,
): Promise<DatabaseServer> {
  const { live, staged } = store.certificates(id)
  try {
    const server = await dataPlane.startServer({ id, family, hostName, port }, asServerCertificate(live), pid)
    if (staged) await server.stage(asServerCertificate(staged))
    return server
  } catch (error) {
    if (errorCode(error) === 'PORT_IN_USE' || !(await isFree(port))) throw portTaken(port, `the database ${id}`, error)
    throw new RegionUnusable('DID_NOT_START', errorText(error), { cause: error })
  }
}
