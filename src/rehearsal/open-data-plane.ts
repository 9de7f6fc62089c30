import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { startApplications } from './applications/start-applications.ts'
import type { DataPlane, DataPlaneOptions } from './data-plane.ts'
import { openPki } from './pki/database-pki.ts'
import { CommandFailed } from './servers/command.ts'
import { DisguisedServer } from './servers/disguised-server.ts'
import type { Engine } from './servers/engine.ts'
import { openMysqlEngine } from './servers/mysql-engine.ts'
import { findMysql, type MysqlProgram, mysqlPlaces } from './servers/mysql-program.ts'
import { openPostgresEngine } from './servers/postgres-engine.ts'
import { RehearsedServer } from './servers/rehearsed-server.ts'
import { openSecret, type Secret } from './servers/secret.ts'
import { openServerHome, type ServerHome } from './servers/server-home.ts'

/**
 * Opens the data plane of the rehearsal in this folder, making what is missing: keys and templates of data directories are made at the
 * same time, for the slowest key takes as long as all the rest. Throws CannotServe, whose message is for the operator.
 */
export async function openDataPlane(options: DataPlaneOptions): Promise<DataPlane> {
  return openDataPlaneIn(options, mysqlPlaces())
}

/** The same, looking for MySQL servers in these directories. */
export async function openDataPlaneIn(options: DataPlaneOptions, places: readonly string[]): Promise<DataPlane> {
  const { directory, pace, region } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const [home, secret] = await Promise.all([openServerHome(directory), openSecret(directory)])
  const [pki, postgres, mysql] = await Promise.all([
    openPki(join(directory, 'pki'), region),
    openPostgresEngine(home, secret),
    mysqlEngine(home, secret, places),
  ])

  const servers = new Map<string, RehearsedServer>()
  const pkis = new Map([[region, Promise.resolve(pki)]])
  return {
    pki,
    pkiOf: (asked) => {
      const open = pkis.get(asked) ?? openPki(join(directory, 'pki'), asked)
      pkis.set(asked, open)
      return open
    },
    mysqlServer: mysql.found ? { found: true, program: mysql.program, kind: mysql.kind } : mysql,
    startServer: async (spec, certificate, pidLeftBehind) => {
      const engine = spec.family === 'mysql' && mysql.found ? mysql.engine : postgres
      const server = await RehearsedServer.open({ engine, home, secret, spec, certificate, pidLeftBehind })
      servers.set(spec.id, server)
      return new DisguisedServer(server, pki, certificate)
    },
    startApplications: (applications, chosen) => {
      const own = chosen.map(({ spec }) => {
        const server = servers.get(spec.id)
        if (!server) throw new Error(`Bug: ${spec.id} was not started by this data plane`)
        return server
      })
      return startApplications({ directory, pace, secret, applications, servers: own })
    },
  }
}

type MysqlEngine =
  | { readonly found: true; readonly program: string; readonly kind: MysqlProgram['kind']; readonly engine: Engine }
  | { readonly found: false; readonly looked: readonly string[] }

/**
 * The MySQL or MariaDB of this machine, if one is there and works. One that cannot set up a data directory (Ubuntu's AppArmor profile
 * keeps `mysqld` to its own) is as good as none, and the reason is told.
 */
async function mysqlEngine(home: ServerHome, secret: Secret, places: readonly string[]): Promise<MysqlEngine> {
  const search = await findMysql(home, places)
  if (!search.found) return search
  const { program } = search
  try {
    return {
      found: true,
      program: program.server,
      kind: program.kind,
      engine: await openMysqlEngine(home, secret, program),
    }
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return { found: false, looked: [`${program.server} (${error.message})`] }
  }
}
