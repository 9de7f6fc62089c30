import type { Howto } from './howto.ts'

export const PDO: Howto = {
  id: 'pdo',
  name: 'PHP PDO (Laravel and Symfony too)',
  changes: [
    {
      where: 'PostgreSQL: in the DSN',
      code: [
        "new PDO('pgsql:host={HOST};dbname=DATABASE;sslmode=verify-full;'",
        "  . 'sslrootcert={BUNDLE}', $user, $password)",
      ],
    },
    {
      where: 'MySQL, PHP 8.4 and later: in the options',
      code: [
        "new PDO('mysql:host={HOST};dbname=DATABASE', $user, $password, [",
        "  Pdo\\Mysql::ATTR_SSL_CA => '{BUNDLE}',",
        '  Pdo\\Mysql::ATTR_SSL_VERIFY_SERVER_CERT => true,',
        '])',
      ],
    },
    {
      where: 'MySQL, PHP before 8.4',
      code: [
        "new PDO('mysql:host={HOST};dbname=DATABASE', $user, $password, [",
        "  PDO::MYSQL_ATTR_SSL_CA => '{BUNDLE}',",
        '  PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true,',
        '])',
      ],
    },
  ],
  check: [
    "SHOW STATUS LIKE 'Ssl_cipher' must not be empty: without an SSL option PDO speaks plain text to MySQL.",
    'Ask through the same FPM pool that serves the application: the command line has another php.ini.',
  ],
  refusal: 'SQLSTATE[HY000] [2002] Cannot connect to MySQL using SSL; with PostgreSQL: certificate verify failed',
  traps: [
    'The options must be given to the constructor: setAttribute afterwards does nothing.',
    'Laravel filters empty options: with MYSQL_ATTR_SSL_CA unset in .env the connection is plain text, without a word.',
    'PDO::MYSQL_ATTR_… is deprecated since PHP 8.5; Pdo\\Mysql::ATTR_… is there since 8.4.',
  ],
  looksRight: [
    { option: 'ATTR_SSL_CA with ATTR_SSL_VERIFY_SERVER_CERT => false', does: 'encrypts and checks nothing' },
    { option: 'pgsql without sslmode', does: 'is libpq’s prefer: checks nothing' },
    { option: 'pgsql with sslmode=require', does: 'checks the chain alone, and only where there is a root file' },
  ],
  source: 'https://www.php.net/manual/en/class.pdo-mysql.php',
}
