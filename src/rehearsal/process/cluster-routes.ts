import { connect, createServer, type Server, type Socket } from 'node:net'
import { endpointsOf, type ClusterEndpoint, type ClusterState } from '../state/cluster-state.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { Store } from '../state/store.ts'
import { listenOn } from './listen.ts'

const LOOPBACK = '127.0.0.1'

/**
 * The endpoints of clusters, on loopback: each connection is passed on, byte by byte, to a member, so that whoever
 * connects under a cluster's name is served by that member and by its certificate. The writer's endpoint leads to the
 * one that writes now; the reader's to the others in turn, to the writer where there are none.
 */
export class ClusterRoutes {
  readonly #store: Store
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #turn = 0

  private constructor(store: Store) {
    this.#store = store
  }

  /** Throws {@link RegionUnusable} where a port is taken. */
  static async open(store: Store): Promise<ClusterRoutes> {
    const routes = new ClusterRoutes(store)
    try {
      for (const cluster of store.state.clusters)
        if (servedMembers(store, cluster).length > 0)
          for (const endpoint of endpointsOf(cluster)) await routes.#listen(cluster.key, endpoint)
    } catch (error) {
      await routes.close()
      throw error
    }
    return routes
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
  }

  async #listen(key: string, { hostName, route }: ClusterEndpoint): Promise<void> {
    const server = createServer((client) => this.#pass(client, this.#memberFor(key, hostName)))
    await listenOn(server, route, `the endpoint ${hostName}`)
    this.#servers.push(server)
  }

  /** As things stand at this moment: a failover or a new reader counts from the next connection on. */
  #memberFor(key: string, hostName: string): DatabaseState | undefined {
    const cluster = this.#store.state.clusters.find((one) => one.key === key)
    if (!cluster) return undefined
    const members = servedMembers(this.#store, cluster)
    const writer = members.find(({ member }) => member?.writer)
    if (hostName === cluster.writer.hostName) return writer
    const custom = cluster.custom.find((one) => one.hostName === hostName)
    const readers = members.filter(({ id, member }) => (custom ? custom.members.includes(id) : !member?.writer))
    return readers[this.#turn++ % Math.max(1, readers.length)] ?? writer
  }

  #pass(client: Socket, member: DatabaseState | undefined): void {
    if (!member) {
      client.destroy()
      return
    }
    const server = connect(member.port, LOOPBACK)
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }
}

const servedMembers = ({ state }: Store, { key }: ClusterState): readonly DatabaseState[] =>
  state.databases.filter(
    ({ family, member, status }) => family !== 'none' && member?.cluster === key && status !== 'creating',
  )
