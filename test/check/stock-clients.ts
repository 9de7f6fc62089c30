import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { WireEngine } from '../../src/ports/wire.ts'
import { inetAton } from '../../src/tls/ip-address.ts'
import { OPENSSL } from '../support/openssl.ts'
import { PSQL } from '../support/psql.ts'

export const MARIADB =
  ['/usr/bin/mariadb', '/usr/local/bin/mariadb', '/opt/homebrew/bin/mariadb'].find((path) => existsSync(path)) ?? ''

/** One server as a client sees it: what it is called, what is trusted, where it really is. */
export interface Question {
  readonly host: string
  readonly port: number
  readonly rootFile: string
  /** Every list in one file. */
  readonly crlFile?: string
  readonly directory: string
}

function run(program: string, args: readonly string[], home: string): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C' } },
      (_, stdout, stderr) => resolve(stdout + stderr),
    )
    child.stdin?.end()
  })
}

/** A client's words that mean yes, and those that mean no. Anything else is a test that does not know what it saw. */
function verdict(said: string, yes: RegExp, no: RegExp): boolean {
  if (yes.test(said) === no.test(said)) throw new Error(`a client said what is neither yes nor no: ${said}`)
  return yes.test(said)
}

/** `psql` goes on to log in once it has accepted the certificate, and has no password. */
export async function psqlAccepts(question: Question, mode: 'verify-full' | 'verify-ca'): Promise<boolean> {
  const { host, port, rootFile, crlFile, directory } = question
  const settings = [
    `host=${host}`,
    'hostaddr=127.0.0.1',
    `port=${port}`,
    `sslmode=${mode}`,
    `sslrootcert=${rootFile}`,
    ...(crlFile === undefined ? [] : [`sslcrl=${crlFile}`]),
    'gssencmode=disable user=nobody dbname=nobody connect_timeout=20',
  ]
  const said = await run(PSQL, ['-X', '-w', '-c', 'select 1', settings.join(' ')], directory)
  return verdict(
    said,
    /no password supplied|this server only shows its certificate/,
    /SSL error|server certificate for|could not (?:read root certificate|get server's)|name contains embedded null|could not load root/,
  )
}

/** `openssl s_client` at security level 2, which ends with an error where it does not accept. */
export async function opensslAccepts(engine: WireEngine, { host, port, rootFile, crlFile, directory }: Question) {
  const said = await run(
    OPENSSL,
    [
      's_client',
      '-starttls',
      engine,
      '-connect',
      `127.0.0.1:${port}`,
      '-verify_return_error',
      '-auth_level',
      '2',
      // Lists are read from the file of roots: `-CRL` takes no more than one.
      '-CAfile',
      crlFile ?? rootFile,
      '-no-CApath',
      '-no-CAstore',
      ...(crlFile === undefined ? [] : ['-crl_check_all']),
      ...(isIP(host) === 0 ? ['-verify_hostname', host] : ['-verify_ip', host]),
    ],
    directory,
  )
  return verdict(
    said,
    /Verify return code: 0 \(ok\)/,
    /verify error|certificate verify failed|errno=|no certificate or crl found/,
  )
}

/** Runs a program that finds names in a hosts file of its own: MariaDB's client has no option for the address behind a name. */
const WITH_HOSTS = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
const UNSHARE = ['--map-root-user', '--mount', 'sh', '-c'] as const

/** Whether this machine lets a process have its own hosts file (Linux, with user namespaces). */
export const OWN_HOSTS =
  process.platform === 'linux' &&
  spawnSync('unshare', [...UNSHARE, WITH_HOSTS, 'sh', '/etc/hosts', 'true']).status === 0

export async function writeHosts(directory: string, hosts: readonly string[]): Promise<void> {
  const names = hosts.filter((host) => isIP(host) === 0 && inetAton(host) === undefined)
  await writeFile(join(directory, 'hosts'), names.map((name) => `127.0.0.1 ${name}\n`).join(''))
}

/** MariaDB's client goes on to log in once it has accepted the certificate, as somebody whom the server does not know. */
export async function mariadbAccepts(question: Question, mode: 'ca' | 'identity'): Promise<boolean> {
  const { host, port, rootFile, crlFile, directory } = question
  const args = [
    '--no-defaults',
    '--protocol=TCP',
    `--host=${host}`,
    `--port=${port}`,
    '--user=nobody',
    '--password=wrong',
    '--connect-timeout=20',
    `--ssl-ca=${rootFile}`,
    ...(crlFile === undefined ? [] : [`--ssl-crl=${crlFile}`]),
    ...(mode === 'identity' ? ['--ssl-verify-server-cert'] : []),
    '--execute=select 1',
  ]
  const said = OWN_HOSTS
    ? await run('unshare', [...UNSHARE, WITH_HOSTS, 'sh', join(directory, 'hosts'), MARIADB, ...args], directory)
    : await run(MARIADB, args, directory)
  return verdict(said, /ERROR 1045|ERROR 1698|Lost connection/, /ERROR 2026/)
}
