import type { Howto } from './howto.ts'
import { LIBPQ_LOOKS_RIGHT } from './libpq.ts'

const UNKNOWN = 'x509: certificate signed by unknown authority'

export const PGX: Howto = {
  id: 'pgx',
  name: 'pgx (Go, PostgreSQL)',
  changes: [
    {
      where: 'In the connection string (DATABASE_URL, pgxpool.ParseConfig)',
      code: ['postgres://USER@{HOST}/DATABASE?sslmode=verify-full&sslrootcert={BUNDLE}'],
    },
    { where: 'Or in the environment', code: ['PGSSLMODE=verify-full', 'PGSSLROOTCERT={BUNDLE}'] },
  ],
  check: [
    'In the parsed config, ConnConfig.TLSConfig.InsecureSkipVerify must be false, ServerName the endpoint, and Fallbacks without an entry that has no TLSConfig.',
  ],
  refusal: `tls: failed to verify certificate: ${UNKNOWN}`,
  traps: [
    'A TLSConfig that code sets afterwards replaces all that the URL said.',
    'sslrootcert=system takes the system’s list, which has no RDS roots, and makes the mode verify-full.',
    'Go takes names from the SAN alone: a certificate with only a common name is refused.',
  ],
  looksRight: LIBPQ_LOOKS_RIGHT.map(({ option, does }) =>
    option === 'sslmode=require'
      ? { option, does: 'encrypts and checks nothing; with sslrootcert it is verify-ca' }
      : { option, does },
  ),
  source: 'https://pkg.go.dev/github.com/jackc/pgx/v5/pgconn#ParseConfig',
}

export const GO_MYSQL: Howto = {
  id: 'go-sql-driver',
  name: 'go-sql-driver/mysql (Go, MySQL)',
  changes: [
    {
      where: 'Once, before sql.Open',
      code: [
        'pem, err := os.ReadFile("{BUNDLE}")',
        'if err != nil { return err }',
        'roots := x509.NewCertPool()',
        'if !roots.AppendCertsFromPEM(pem) { return errors.New("no roots in it") }',
        'err = mysql.RegisterTLSConfig("rds", &tls.Config{RootCAs: roots})',
      ],
    },
    { where: 'In the data source name', code: ['USER:PASSWORD@tcp({HOST}:3306)/DATABASE?tls=rds'] },
  ],
  check: [
    'Leave InsecureSkipVerify out of the tls.Config: the driver then puts the host of the data source name in as ServerName by itself.',
    "SHOW STATUS LIKE 'Ssl_cipher' must not be empty.",
  ],
  refusal: `tls: failed to verify certificate: ${UNKNOWN}`,
  traps: [
    'AppendCertsFromPEM is content with one certificate that it can read, and passes over the others: count them.',
    'There is no option for a file in the data source name: without code the roots cannot be given.',
    'Through a tunnel, set ServerName to the endpoint, or 127.0.0.1 is what is checked.',
  ],
  looksRight: [
    { option: 'tls=skip-verify', does: 'encrypts and checks nothing' },
    { option: 'tls=preferred', does: 'falls back to plain text, and checks nothing' },
    { option: 'tls=true', does: 'verifies against the system’s list: RDS is refused' },
  ],
  source: 'https://pkg.go.dev/github.com/go-sql-driver/mysql#RegisterTLSConfig',
}
