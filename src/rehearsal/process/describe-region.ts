import { GLOBAL_BUNDLE_PATH, regionBundlePath } from '../bundle-server.ts'
import type { DataPlane } from '../data-plane.ts'
import { engineOf } from '../lifecycle/engine-versions.ts'
import type { RegionDatabase, RegionInfo } from '../region-info.ts'
import { endpointsOf } from '../state/cluster-state.ts'
import type { RegionState } from '../state/region-state.ts'
import { ACCOUNTS, DEFAULT_ACCOUNT, REGION } from '../world.ts'
import type { RegionFolder } from './region-folder.ts'
import type { ServersRunning } from './servers-running.ts'

export const endpointOf = ({ ports }: RegionState): string => `http://127.0.0.1:${ports.api}`

/** What clients are told of a Region. */
export function describeRegion(
  folder: RegionFolder,
  state: RegionState,
  { mysqlServer }: DataPlane,
  servers: ServersRunning,
  settings: Pick<RegionInfo, 'speed' | 'faults' | 'checkProgram'>,
): RegionInfo {
  return {
    endpoint: endpointOf(state),
    region: REGION,
    accountId: DEFAULT_ACCOUNT,
    bundleUrl: `https://127.0.0.1:${state.ports.bundles}${GLOBAL_BUNDLE_PATH}`,
    bundleCa: folder.bundleCa,
    bundleFile: folder.bundleFile,
    requestLog: folder.requestLog,
    config: folder.config,
    mysql: state.mysql,
    notices: state.mysql === 'stand-in' ? [standInNotice(state, mysqlServer)] : [],
    pid: process.pid,
    databases: state.databases.flatMap(
      ({ key, id, account, region, engine, hostName, port }): readonly RegionDatabase[] => {
        const server = servers.get(key)
        if (!server) return []
        const { user, password, database } = server
        const where = account === DEFAULT_ACCOUNT && region === REGION ? {} : { account, region }
        return [{ id, ...where, engine, host: hostName, address: '127.0.0.1', port, user, password, database }]
      },
    ),
    ...(state.world !== 'pairs' && { world: worldInfo(state) }),
    ...settings,
  }
}

function worldInfo({ clusters, ports, regions, world }: RegionState): NonNullable<RegionInfo['world']> {
  const byRegion = (region: string): string => `https://127.0.0.1:${ports.bundles}${regionBundlePath(region)}`
  return {
    name: world,
    regions: regions.map((region) => ({ region, bundleUrl: byRegion(region) })),
    accounts: ACCOUNTS.map(({ id, alias, accessKey, partition }) => ({ id, alias, accessKey, partition })),
    endpoints: clusters.flatMap((cluster) =>
      endpointsOf(cluster).map(({ hostName, route }) => ({
        cluster: cluster.id,
        host: hostName,
        port: cluster.writer.route,
        address: `127.0.0.1:${route}`,
      })),
    ),
  }
}

function standInNotice({ databases }: RegionState, mysqlServer: DataPlane['mysqlServer']): string {
  const standIn = databases.find((database) => engineOf(database).rotatesWithoutRestart === false)
  const which = `the billing databases are ${standIn?.engine ?? ''} ${standIn?.engineVersion ?? ''}, which must restart for a new certificate as an old MySQL must`
  return mysqlServer.found
    ? `This rehearsal was set up without a MariaDB or MySQL server, so ${which}. There is one now: --reset takes it in.`
    : `No MariaDB or MySQL server was found on this machine, so ${which}. With one installed, --reset takes it in.`
}
