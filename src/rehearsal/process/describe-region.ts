import { GLOBAL_BUNDLE_PATH } from '../bundle-server.ts'
import type { DatabaseServer, DataPlane } from '../data-plane.ts'
import { engineOf } from '../lifecycle/engine-versions.ts'
import type { RegionDatabase, RegionInfo } from '../region-info.ts'
import type { RegionState } from '../state/region-state.ts'
import { DEFAULT_ACCOUNT, REGION } from '../world.ts'
import type { RegionFolder } from './region-folder.ts'

export const endpointOf = ({ ports }: RegionState): string => `http://127.0.0.1:${ports.api}`

/** What clients are told of a Region. */
export function describeRegion(
  folder: RegionFolder,
  state: RegionState,
  { mysqlServer }: DataPlane,
  servers: ReadonlyMap<string, DatabaseServer>,
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
    databases: state.databases.flatMap(({ id, engine, hostName, port }): readonly RegionDatabase[] => {
      const server = servers.get(id)
      if (!server) return []
      const { user, password, database } = server
      return [{ id, engine, host: hostName, address: '127.0.0.1', port, user, password, database }]
    }),
    ...settings,
  }
}

function standInNotice({ databases }: RegionState, mysqlServer: DataPlane['mysqlServer']): string {
  const standIn = databases.find((database) => !engineOf(database).rotatesWithoutRestart)
  const which = `the billing databases are ${standIn?.engine ?? ''} ${standIn?.engineVersion ?? ''}, which must restart for a new certificate as an old MySQL must`
  return mysqlServer.found
    ? `This rehearsal was set up without a MariaDB or MySQL server, so ${which}. There is one now: --reset takes it in.`
    : `No MariaDB or MySQL server was found on this machine, so ${which}. With one installed, --reset takes it in.`
}
