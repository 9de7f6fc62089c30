import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePort, home, start, stop, write, type DatabaseServer } from './database-servers.ts'

export const HAS_PGBOUNCER = spawnSync('pgbouncer', ['--version'], { stdio: 'ignore' }).status === 0

export interface Pgbouncer {
  readonly port: number
  log(): string
  stop(): Promise<void>
}

/** A PgBouncer in front of a database, which lets everybody in: what is tested is how it goes on to the database. */
export async function startPgbouncer(
  server: DatabaseServer,
  { host, settings, bundle }: { readonly host: string; readonly settings: string; readonly bundle: string },
): Promise<Pgbouncer> {
  const directory = home('pgbouncer')
  const port = await freePort()
  write(join(directory, 'bundle.pem'), bundle)
  write(
    join(directory, 'pgbouncer.ini'),
    `[databases]
postgres = host=${host} port=${server.port} user=${server.user} password='${server.password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
admin_users = ${server.user}
query_wait_timeout = 1
server_login_retry = 1
${settings.replaceAll('BUNDLE', join(directory, 'bundle.pem'))}
`,
  )
  const { child, log } = await start('pgbouncer', [join(directory, 'pgbouncer.ini')], /process up/)
  return { port, log, stop: () => stop(child, 'SIGTERM', directory) }
}
