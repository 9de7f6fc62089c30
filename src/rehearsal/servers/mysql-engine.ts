import { join } from 'node:path'

import { run } from './command.ts'
import { ADMINISTRATOR, type Engine, OPERATOR, type ServerPlace } from './engine.ts'
import type { Manner } from './manner.ts'
import { logInToMysql } from './mysql-admin.ts'
import type { MysqlProgram } from './mysql-program.ts'
import type { Secret } from './secret.ts'
import type { ServerHome } from './server-home.ts'
import { makePassage, makeWholeDirectory } from './whole-directory.ts'
import { writeWholeFile } from './whole-file.ts'

const DATABASE = 'app'

/** Sizes that suit a database with nothing in it. `loose`: a server that does not know an option starts all the same. */
const SMALL = [
  '--innodb-data-file-path=ibdata1:12M:autoextend',
  '--loose-innodb-autoextend-increment=8',
  '--loose-innodb-log-file-size=8M',
  '--loose-innodb-flush-method=nosync',
  '--loose-aria-log-file-size=8M',
]

/** MariaDB or MySQL, ready to run: the template of its data directories made. Throws CommandFailed. */
export async function openMysqlEngine(home: ServerHome, secret: Secret, program: MysqlProgram): Promise<Engine> {
  const templates = await makePassage(join(home.directory, 'templates'), home.account)
  const template = join(templates, `${program.kind}-${program.version}`)
  await makeWholeDirectory(template, home.account, (beside) => initialise(program, beside, home))
  return {
    family: 'mysql',
    kind: program.kind,
    runs: program.runs,
    database: DATABASE,
    template,
    pidFile: 'server.pid',
    prepare: async (place, { tls }) => {
      const initFile = join(place.directory, 'init.sql')
      await writeWholeFile(initFile, firstStatements(program, secret), { owner: home.account })
      // Servers that share /tmp take each other's temporary tables for left-overs of their own, and delete them.
      const scratch = join(place.directory, 'tmp')
      await makeWholeDirectory(scratch, home.account, async () => {})
      return {
        program: program.server,
        args: [...serverArguments(place, initFile), ...TLS_ARGUMENTS[tls], `--tmpdir=${scratch}`],
      }
    },
    logIn: (port, { tls }) =>
      logInToMysql(port, secret.passwordOf(ADMINISTRATOR), { kind: program.kind, tls: tls === 'on' }),
  }
}

/** One data directory. MariaDB's script takes about 0.8 s. */
async function initialise(program: MysqlProgram, data: string, home: ServerHome): Promise<void> {
  const common = ['--no-defaults', `--datadir=${data}`]
  if (program.installer === undefined) {
    await run(program.server, [...common, '--initialize-insecure', ...SMALL], { account: home.account })
    return
  }
  // Root by the server's local socket alone, which stands in a directory that nobody else can enter.
  const asked = ['--auth-root-authentication-method=socket', '--skip-test-db', '--skip-name-resolve']
  await run(program.installer, [...common, ...asked, ...SMALL, `--tmpdir=${data}`], { account: home.account })
}

/** `--skip-ssl` is MariaDB's, and MySQL's up to 8.3; later ones offer no TLS when they may speak no version of it. */
const TLS_ARGUMENTS: Readonly<Record<Manner['tls'], readonly string[]>> = {
  on: ['--tls-version=TLSv1.2,TLSv1.3'],
  off: ['--loose-skip-ssl'],
  old: ['--tls-version=TLSv1.1', '--ssl-cipher=DEFAULT@SECLEVEL=0'],
}

const serverArguments = (place: ServerPlace, initFile: string): readonly string[] => [
  '--no-defaults',
  `--datadir=${place.data}`,
  `--port=${place.port}`,
  '--bind-address=127.0.0.1',
  // Relative to the data directory: the path of a socket must not exceed about a hundred characters.
  '--socket=server.sock',
  '--pid-file=server.pid',
  `--init-file=${initFile}`,
  `--ssl-cert=${place.certificateFile}`,
  `--ssl-key=${place.certificateFile}`,
  // The census reads who uses TLS from it; MariaDB leaves it off by default.
  '--performance-schema=ON',
  '--skip-name-resolve',
  '--max-connections=100',
  '--innodb-buffer-pool-size=16M',
  '--loose-innodb-buffer-pool-dump-at-shutdown=OFF',
  '--loose-innodb-buffer-pool-load-at-startup=OFF',
  '--loose-innodb-flush-log-at-trx-commit=0',
  '--loose-skip-log-bin',
  // MySQL's second protocol would listen on a port of its own.
  '--loose-mysqlx=OFF',
  // Otherwise MariaDB writes a line for each connection that a client gives up.
  '--loose-log-warnings=1',
  ...SMALL,
]

/** Run by the server at each start, before it accepts connections; each statement on a line of its own. */
function firstStatements(program: MysqlProgram, secret: Secret): string {
  const user = (name: string) => {
    const identified = `'${name}'@'%' IDENTIFIED BY '${secret.passwordOf(name)}'`
    return [`CREATE USER IF NOT EXISTS ${identified};`, `ALTER USER ${identified};`]
  }
  return `${[
    ...user(ADMINISTRATOR),
    `GRANT ALL PRIVILEGES ON *.* TO '${ADMINISTRATOR}'@'%' WITH GRANT OPTION;`,
    ...user(OPERATOR),
    `GRANT PROCESS ON *.* TO '${OPERATOR}'@'%';`,
    `GRANT SELECT ON performance_schema.* TO '${OPERATOR}'@'%';`,
    `CREATE DATABASE IF NOT EXISTS ${DATABASE};`,
    `GRANT SELECT ON ${DATABASE}.* TO '${OPERATOR}'@'%';`,
    // MySQL was initialised with a root without a password.
    ...(program.kind === 'mysql'
      ? [`ALTER USER 'root'@'localhost' IDENTIFIED BY '${secret.passwordOf(ADMINISTRATOR)}';`]
      : []),
  ].join('\n')}\n`
}
