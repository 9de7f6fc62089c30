import type { Howto } from './howto.ts'

const PKIX = 'PKIX path building failed … unable to find valid certification path to requested target'
const SEEN =
  'Run once with -Djavax.net.debug=ssl:trustmanager: it lists each root that the driver loaded. keytool -importcert of the whole bundle would show only one.'

const MAKE_STORE = ['rds-ca-runbook bundle write {BUNDLE} \\', '  --format p12 --out {STORE}']

export const JDBC_POSTGRESQL: Howto = {
  id: 'jdbc-postgresql',
  name: 'JDBC for PostgreSQL (pgJDBC)',
  changes: [
    {
      where: 'In the JDBC URL (it reads the PEM file itself, all of it)',
      code: ['jdbc:postgresql://{HOST}:5432/DATABASE?sslmode=verify-full&sslrootcert={BUNDLE}'],
    },
    {
      where: 'With a JVM-wide store instead (RDS roots only: leave sslrootcert out)',
      code: [
        ...MAKE_STORE,
        'jdbc:postgresql://{HOST}:5432/DATABASE?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory',
        'java -Djavax.net.ssl.trustStore={STORE} -Djavax.net.ssl.trustStoreType=PKCS12 \\',
        '  -Djavax.net.ssl.trustStorePassword=changeit …',
      ],
    },
  ],
  check: [SEEN],
  refusal: `SSL error: ${PKIX}`,
  traps: [
    'Without sslfactory the JVM’s own trust store is not asked at all: javax.net.ssl.trustStore alone changes nothing.',
    'Without sslrootcert it reads ~/.postgresql/root.crt of the user that runs the JVM.',
    'A JVM-wide store replaces cacerts: HTTPS calls of the same JVM then trust the RDS roots alone.',
  ],
  looksRight: [
    {
      option: 'sslmode=require with sslrootcert',
      does: 'encrypts and checks nothing: unlike libpq, it ignores the file',
    },
    { option: 'sslmode=prefer (the default)', does: 'encrypts if it can, and checks nothing' },
    { option: 'sslfactory=…NonValidatingFactory', does: 'checks nothing, whatever sslmode says' },
    { option: 'sslmode=verify-ca', does: 'checks the chain and not the name' },
  ],
  source: 'https://jdbc.postgresql.org/documentation/ssl/',
}

export const JDBC_MYSQL: Howto = {
  id: 'jdbc-mysql',
  name: 'JDBC for MySQL (Connector/J 8 and 9)',
  changes: [
    {
      where: 'A trust store that Java accepts, made of the bundle',
      code: MAKE_STORE,
    },
    {
      where: 'As connection properties of jdbc:mysql://{HOST}:3306/DATABASE (in the URL: ?A=…&B=…)',
      code: [
        'sslMode=VERIFY_IDENTITY',
        'trustCertificateKeyStoreUrl=file:{STORE}',
        'trustCertificateKeyStoreType=PKCS12',
        'trustCertificateKeyStorePassword=changeit',
        'fallbackToSystemTrustStore=false',
      ],
    },
  ],
  check: [SEEN],
  refusal: PKIX,
  traps: [
    'trustCertificateKeyStoreType is JKS unless it is said: without PKCS12 an older driver cannot open the store.',
    'Without the three trustCertificateKeyStore… it asks the JVM’s cacerts, which has no RDS roots.',
    'The AWS JDBC Driver and connection pools pass these on only where they are properties of the target driver or stand in its URL.',
  ],
  looksRight: [
    { option: 'sslMode=PREFERRED (the default)', does: 'falls back to plain text, and checks nothing' },
    { option: 'sslMode=REQUIRED with a trust store', does: 'encrypts and checks nothing' },
    { option: 'useSSL=true', does: 'is sslMode=PREFERRED; with requireSSL=true it is REQUIRED' },
    { option: 'verifyServerCertificate=true', does: 'is VERIFY_CA (and only with useSSL=true): not the name' },
  ],
  source: 'https://dev.mysql.com/doc/connector-j/en/connector-j-connp-props-security.html',
}

export const JDBC_MARIADB: Howto = {
  id: 'jdbc-mariadb',
  name: 'JDBC for MariaDB (Connector/J 3)',
  changes: [
    {
      where: 'In the JDBC URL (it reads the PEM file itself, all of it)',
      code: ['jdbc:mariadb://{HOST}:3306/DATABASE?sslMode=verify-full&serverSslCert={BUNDLE}'],
    },
    {
      where: 'With Connector/J 2.x, which has no sslMode',
      code: ['jdbc:mariadb://{HOST}:3306/DATABASE?useSsl=true&serverSslCert={BUNDLE}'],
    },
    {
      where: 'With a trust store instead',
      code: [
        ...MAKE_STORE,
        'jdbc:mariadb://{HOST}:3306/DATABASE?sslMode=verify-full&trustStore={STORE}&trustStoreType=PKCS12&trustStorePassword=changeit',
      ],
    },
  ],
  check: [SEEN, "SHOW STATUS LIKE 'Ssl_cipher' must not be empty: see the first trap."],
  refusal: PKIX,
  traps: [
    'Options that it does not know are ignored in silence: sslMode=verify-full on 2.x connects in plain text.',
    'Where trustStore is set, serverSslCert is not read.',
    'sslMode of 3.x is disable unless it is said.',
  ],
  looksRight: [
    { option: 'sslMode=trust', does: 'encrypts and checks nothing' },
    { option: 'sslMode=REQUIRED', does: 'is another word for trust' },
    { option: 'trustServerCertificate=true (2.x)', does: 'checks nothing, also with serverSslCert' },
    { option: 'sslMode=verify-ca', does: 'checks the chain and not the name' },
  ],
  source: 'https://mariadb.com/docs/connectors/mariadb-connector-j/using-tls-ssl-with-mariadb-java-connector',
}
