import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { CannotServe } from './cannot-serve.ts'
import { run } from './command.ts'
import { ADMINISTRATOR, type Engine, OPERATOR, type ServerPlace } from './engine.ts'
import type { Manner } from './manner.ts'
import { logInToPostgres } from './postgres-admin.ts'
import { findPostgres, type PostgresProgram } from './postgres-program.ts'
import type { Secret } from './secret.ts'
import type { ServerHome } from './server-home.ts'
import { makePassage, makeWholeDirectory } from './whole-directory.ts'
import { writeWholeFile } from './whole-file.ts'

/**
 * PostgreSQL, ready to run: its binaries found, and the template of its data directories made. Throws CannotServe (`POSTGRES_MISSING`,
 * `POSTGRES_BROKEN`, `SET_UP_FAILED`).
 */
export async function openPostgresEngine(home: ServerHome, secret: Secret): Promise<Engine> {
  const program = await findPostgres(home)
  const templates = await makePassage(join(home.directory, 'templates'), home.account)
  const template = join(templates, `postgres-${program.version}-${secret.mark}`)
  try {
    await makeWholeDirectory(template, home.account, (beside) => initialise(program, beside, home, secret))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CannotServe(
      'SET_UP_FAILED',
      `PostgreSQL ${program.version} could not make a data directory in ${templates}: ${reason}. Nothing half-made is left there. ${cureOf(reason, home)}, then rehearse again.`,
      { cause: error },
    )
  }
  return {
    family: 'postgres',
    kind: 'postgres',
    runs: `PostgreSQL ${program.version}`,
    database: 'postgres',
    template,
    pidFile: 'postmaster.pid',
    prepare: async (place, manner) => {
      await Promise.all([
        writeWholeFile(join(place.directory, 'postgresql.conf'), settings(place, manner), { owner: home.account }),
        writeWholeFile(join(place.directory, 'pg_hba.conf'), WHO_MAY_LOG_IN, { owner: home.account }),
      ])
      return {
        program: program.postgres,
        args: ['-D', place.data, '-c', `config_file=${join(place.directory, 'postgresql.conf')}`],
      }
    },
    logIn: (port, { tls }) => logInToPostgres(port, secret.passwordOf(ADMINISTRATOR), tls === 'on'),
  }
}

/** In containers, programs often run under a number that the system has no name for, and initdb asks for the name. */
const cureOf = (reason: string, home: ServerHome): string =>
  reason.includes('could not look up effective user')
    ? `PostgreSQL wants the user that it runs as to have a name: add user ${home.account?.uid ?? process.getuid?.()} to /etc/passwd, or rehearse as another user`
    : 'See that there is room (about 50 MB a server)'

/** One data directory, with the administrator and the operator's user in it. About 0.9 s. */
async function initialise(program: PostgresProgram, data: string, home: ServerHome, secret: Secret): Promise<void> {
  const passwordFile = join(data, '..', `password-${secret.mark}`)
  await writeWholeFile(passwordFile, `${secret.passwordOf(ADMINISTRATOR)}\n`, { owner: home.account })
  try {
    const asked = ['--username', ADMINISTRATOR, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--pgdata', data]
    // Small log segments, no syncing: what is in a rehearsal's database is worth nothing, and starting soon is.
    const fast = ['--no-sync', '--no-instructions', '--wal-segsize', '1', '--no-locale', '--encoding', 'UTF8']
    await run(program.initdb, [...asked, ...fast], { account: home.account })
  } finally {
    await rm(passwordFile, { force: true })
  }
  // Single-user mode reads statements from its input, where no process list shows a password.
  await run(program.postgres, ['--single', '-F', '-j', '-D', data, 'postgres'], {
    account: home.account,
    input: `CREATE ROLE ${OPERATOR} LOGIN PASSWORD '${secret.passwordOf(OPERATOR)}' IN ROLE pg_monitor;\n\n`,
  })
}

/** With and without TLS, as an RDS database without rds.force_ssl: who does not use TLS is part of what is rehearsed. */
const WHO_MAY_LOG_IN = 'host all all 127.0.0.1/32 scram-sha-256\n'

const TLS_SETTINGS: Readonly<Record<Manner['tls'], string>> = {
  on: "ssl = on\nssl_min_protocol_version = 'TLSv1.2'",
  off: 'ssl = off',
  old: "ssl = on\nssl_min_protocol_version = 'TLSv1'\nssl_max_protocol_version = 'TLSv1.1'",
}

/** Paths are relative to the data directory, so that none needs quoting. */
const settings = (place: ServerPlace, { tls }: Manner): string =>
  `listen_addresses = '127.0.0.1'
port = ${place.port}
unix_socket_directories = ''
hba_file = '../pg_hba.conf'
max_connections = 100
shared_buffers = 16MB
io_method = sync
autovacuum = off
max_logical_replication_workers = 0
fsync = off
synchronous_commit = off
full_page_writes = off
${TLS_SETTINGS[tls]}
ssl_cert_file = '../certificate.pem'
ssl_key_file = '../certificate.pem'
timezone = 'UTC'
# Each client that refuses the certificate would write a line, as long as the rehearsal runs.
log_min_messages = fatal
`
