import type { Howto } from './howto.ts'

export const MYSQL: Howto = {
  id: 'mysql',
  name: 'mysql, the client of MySQL',
  changes: [
    {
      where: 'On the command line (mysql, mysqldump, mysqladmin)',
      code: ['mysql --host={HOST} --user=USER -p --ssl-mode=VERIFY_IDENTITY --ssl-ca={BUNDLE}'],
    },
    { where: 'In ~/.my.cnf', code: ['[client]', 'ssl-mode=VERIFY_IDENTITY', 'ssl-ca={BUNDLE}'] },
  ],
  check: [
    'mysql --print-defaults shows which options come from files: ssl-mode must be there once, as VERIFY_IDENTITY.',
    '\\s shows the cipher in use. That is encryption; it does not show that anything was verified.',
  ],
  refusal: 'ERROR 2026 (HY000): SSL connection error: error:0A000086:SSL routines::certificate verify failed',
  traps: [
    'On Debian and others "mysql" is MariaDB’s client, which ends with: unknown variable \'ssl-mode=VERIFY_IDENTITY\'. See mysql --version, and: bundle howto mariadb.',
    'ssl-mode under [client] stops MariaDB’s client in the same home. Where both are, write it under [mysql] and [mysqldump].',
  ],
  looksRight: [
    { option: '--ssl-mode=PREFERRED (the default)', does: 'falls back to plain text, and checks nothing' },
    { option: '--ssl-mode=REQUIRED --ssl-ca=FILE', does: 'drops the CA with a warning: encrypts and checks nothing' },
    { option: '--ssl-ca=FILE alone', does: 'is VERIFY_CA: any other RDS database of that Region passes' },
  ],
  source: 'https://dev.mysql.com/doc/refman/8.4/en/connection-options.html',
}

export const MARIADB: Howto = {
  id: 'mariadb',
  name: 'mariadb, the client of MariaDB',
  changes: [
    {
      where: 'On the command line (mariadb, mariadb-dump)',
      code: ['mariadb --host={HOST} --user=USER -p --ssl-ca={BUNDLE} --ssl-verify-server-cert'],
    },
    { where: 'In ~/.my.cnf', code: ['[client-mariadb]', 'ssl-ca={BUNDLE}', 'ssl-verify-server-cert'] },
  ],
  check: [
    'mariadb --print-defaults shows which options come from files.',
    "SHOW STATUS LIKE 'Ssl_cipher' shows the cipher in use. That is encryption; it does not show that anything was verified.",
  ],
  refusal: 'ERROR 2026 (HY000): TLS/SSL error: unable to get local issuer certificate',
  traps: [
    'Before 11.4 the name is checked only with --ssl-verify-server-cert; since 11.4 it is by default.',
    'Since 11.4 (Connector/C 3.4) names are not checked for 127.0.0.1, ::1 and sockets: through a tunnel on localhost the check looks passed and was not made.',
    'It knows no --ssl-mode: MySQL’s option ends it with "unknown variable".',
  ],
  looksRight: [
    { option: '--ssl', does: 'encrypts and, before 11.4, checks nothing' },
    { option: '--ssl-ca=FILE alone, before 11.4', does: 'checks the chain and not the name' },
    { option: '--ssl-verify-server-cert without --ssl-ca', does: 'uses the system’s list, which has no RDS roots' },
  ],
  source: 'https://mariadb.com/docs/server/clients-and-utilities/mariadb-client/mariadb-command-line-client',
}
