import type { FalseFriend, Howto } from './howto.ts'

/** True of libpq, and so of everything that is built on it. */
export const LIBPQ_LOOKS_RIGHT: readonly FalseFriend[] = [
  { option: 'sslmode=prefer (the default), allow', does: 'encrypts if it happens to, and checks nothing' },
  {
    option: 'sslmode=require',
    does: 'encrypts and checks nothing; with a root file (sslrootcert or ~/.postgresql/root.crt) it is verify-ca',
  },
  {
    option: 'sslmode=verify-ca',
    does: 'checks the chain and not the name: any other RDS database of that Region passes',
  },
]

export const LIBPQ_REFUSAL = 'SSL error: certificate verify failed'
export const LIBPQ_CHECK =
  'Ask for a name that the certificate does not have: host=wrong.example hostaddr=ADDRESS must fail with: does not match host name "wrong.example".'
const LIBPQ_SOURCE = 'https://www.postgresql.org/docs/current/libpq-ssl.html'

export const PSQL: Howto = {
  id: 'psql',
  name: 'psql, pg_dump and all that use libpq',
  changes: [
    {
      where: 'On the command line, or in any libpq connection string',
      code: ['psql "host={HOST} dbname=DATABASE user=USER sslmode=verify-full sslrootcert={BUNDLE}"'],
    },
    {
      where: 'In the environment (systemd unit, container, crontab)',
      code: ['PGSSLMODE=verify-full', 'PGSSLROOTCERT={BUNDLE}'],
    },
    {
      where: 'In pg_service.conf, for service=NAME',
      code: ['[NAME]', 'host={HOST}', 'sslmode=verify-full', 'sslrootcert={BUNDLE}'],
    },
  ],
  check: [
    LIBPQ_CHECK,
    '\\conninfo shows protocol and cipher. That is encryption; it does not show that anything was verified.',
  ],
  refusal: LIBPQ_REFUSAL,
  traps: [
    'A bundle at ~/.postgresql/root.crt makes sslmode=require verify: clients fail in a rotation whose settings never say verify.',
    'sslrootcert=system (libpq 16 and later) is the operating system’s list, which has no RDS roots. It is right for RDS Proxy.',
    'An alias (CNAME) of the endpoint is not in its certificate: write the endpoint as host, and where TCP goes through a tunnel, its address as hostaddr.',
  ],
  looksRight: LIBPQ_LOOKS_RIGHT,
  source: LIBPQ_SOURCE,
}

export const PSYCOPG: Howto = {
  id: 'psycopg',
  name: 'psycopg 2 and 3 (Python)',
  changes: [
    {
      where: 'Where the connection is made',
      code: [
        'psycopg.connect(',
        "    host='{HOST}', dbname='DATABASE', user='USER',",
        "    sslmode='verify-full', sslrootcert='{BUNDLE}',",
        ')',
      ],
    },
    {
      where: 'With SQLAlchemy (postgresql+psycopg, postgresql+psycopg2)',
      code: ['create_engine(url, connect_args={', "    'sslmode': 'verify-full', 'sslrootcert': '{BUNDLE}',", '})'],
    },
  ],
  check: [LIBPQ_CHECK],
  refusal: LIBPQ_REFUSAL,
  traps: [
    'The binary wheels (psycopg[binary], psycopg2-binary) bring a libpq and an OpenSSL of their own: the system’s openssl.cnf and its versions say nothing about them.',
    'PGSSLMODE and PGSSLROOTCERT of the environment count too, and what connect() is given goes before them.',
  ],
  looksRight: LIBPQ_LOOKS_RIGHT,
  source: 'https://www.psycopg.org/psycopg3/docs/api/connections.html',
}
