import type { DatabaseServer, DataPlane } from '../data-plane.ts'
import { isFree } from '../servers/free-port.ts'
import type { Servers } from '../lifecycle/conductor.ts'
import { errorCode, errorText, RegionUnusable } from '../region-unusable.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { asServerCertificate } from '../state/region-state.ts'
import type { RegionStore } from '../state/region-store.ts'
import { certificatesOf } from '../state/store.ts'
import { portTaken } from './listen.ts'

/** The servers of the databases that have one, by key. */
export class ServersRunning implements Servers {
  readonly #dataPlane: DataPlane
  readonly #store: RegionStore
  readonly #running = new Map<string, DatabaseServer>()

  private constructor(dataPlane: DataPlane, store: RegionStore) {
    this.#dataPlane = dataPlane
    this.#store = store
  }

  /**
   * Starts every database's server with the certificate on record, or takes over what a killed Region left behind, all
   * at the same time; each one's process id is saved as soon as it is known. When one fails, the others are ended again.
   * Throws {@link RegionUnusable}.
   */
  static async start(dataPlane: DataPlane, store: RegionStore): Promise<ServersRunning> {
    const servers = new ServersRunning(dataPlane, store)
    const made = store.state.databases.filter(({ status }) => status !== 'creating')
    const attempts = await Promise.allSettled(made.map((database) => servers.start(database)))
    const failed = attempts.find((attempt) => attempt.status === 'rejected')
    if (!failed) return servers
    await servers.stop()
    throw failed.reason
  }

  get(key: string): DatabaseServer | undefined {
    return this.#running.get(key)
  }

  values(): readonly DatabaseServer[] {
    return [...this.#running.values()]
  }

  /** One that is not there yet and whose database has one. */
  async start(database: DatabaseState): Promise<void> {
    const { key } = database
    if (database.family === 'none' || this.#running.has(key)) return
    const server = await this.#startServer(database, database.family)
    this.#running.set(key, server)
    this.#store.savePids({ ...this.#store.state.pids, [key]: server.pid })
  }

  /** Ends the server of a database that is no more. */
  async end(key: string): Promise<void> {
    await this.#running.get(key)?.stop()
    this.#running.delete(key)
  }

  /** Ends the servers cleanly. One that does not end stays on record, for the next start to find. */
  async stop(): Promise<void> {
    const servers = [...this.#running]
    const ended = await Promise.allSettled(servers.map(([, server]) => server.stop()))
    const left = servers.filter((_server, index) => ended[index]?.status === 'rejected')
    this.#store.savePids(Object.fromEntries(left.map(([key, { pid }]) => [key, pid])))
  }

  async #startServer({ key, hostName, port }: DatabaseState, family: 'postgres' | 'mysql'): Promise<DatabaseServer> {
    const { live, staged } = certificatesOf(this.#store, key)
    const pid = this.#store.state.pids[key]
    try {
      const spec = { id: key, family, hostName, port }
      const server = await this.#dataPlane.startServer(spec, asServerCertificate(live), pid)
      if (staged) await server.stage(asServerCertificate(staged))
      return server
    } catch (error) {
      if (errorCode(error) === 'PORT_IN_USE' || !(await isFree(port)))
        throw portTaken(port, `the database ${key}`, error)
      throw new RegionUnusable('DID_NOT_START', errorText(error), { cause: error })
    }
  }
}
