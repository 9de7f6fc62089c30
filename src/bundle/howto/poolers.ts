import type { Howto } from './howto.ts'

/** Measured with 1.18 and PostgreSQL 15, the waiting and the reload too. */
export const PGBOUNCER: Howto = {
  id: 'pgbouncer',
  name: 'PgBouncer, towards the database',
  changes: [
    {
      where: 'In pgbouncer.ini, under [pgbouncer]; each host under [databases] is the endpoint’s own name ({HOST})',
      code: ['server_tls_sslmode = verify-full', 'server_tls_ca_file = {BUNDLE}'],
    },
    {
      where: 'Then, in its console (database pgbouncer); the file is read anew even where its path stays',
      code: ['RELOAD;'],
    },
  ],
  check: [
    'SHOW SERVERS (console) has protocol and cipher in the column tls. That is encryption; it does not show that anything was verified.',
    'Write a name under [databases] that the certificate does not have, in a PgBouncer beside: its log must say: not present in server certificate.',
  ],
  refusal:
    'TLS handshake error: handshake failed: … certificate verify failed (in PgBouncer’s log; or: failed to load CA, where the file is missing or empty)',
  traps: [
    'Clients are told nothing when the database is refused: they wait for query_wait_timeout (120 s), and new ones too. Watch the log after RELOAD, with one PgBouncer first.',
    'RELOAD closes the connections to the database as they are released, and opens new ones: try it before the rotation, not in it. Versions before 1.16 read the file at a restart only.',
    'Connections that are open go on without a new handshake, in a rotation too where the engine does not restart: RECONNECT shows what would happen at the next.',
    'An address as host, or a CNAME, fails with verify-full: there is no hostaddr. Behind a tunnel, let /etc/hosts lead the name there.',
    'What applications verify is PgBouncer’s own certificate (client_tls_*): a rotation of the database does not change it.',
  ],
  looksRight: [
    { option: 'server_tls_sslmode = prefer, allow', does: 'encrypts if it happens to, and checks nothing' },
    {
      option: 'server_tls_sslmode = require with server_tls_ca_file',
      does: 'checks nothing (unlike libpq); the file is decoration',
    },
    {
      option: 'server_tls_sslmode = verify-ca',
      does: 'checks the chain and not the name: any other RDS database of that Region passes',
    },
    { option: 'client_tls_ca_file', does: 'is for the certificates of clients, not for the database’s' },
  ],
  source: 'https://www.pgbouncer.org/config.html#tls-settings',
}

export const PROXYSQL: Howto = {
  id: 'proxysql',
  name: 'ProxySQL, towards the database (MySQL)',
  changes: [
    {
      where: 'In the admin interface, for every server',
      code: [
        "SET mysql-ssl_p2s_ca='{BUNDLE}';",
        'LOAD MYSQL VARIABLES TO RUNTIME; SAVE MYSQL VARIABLES TO DISK;',
        "UPDATE mysql_servers SET use_ssl=1 WHERE hostname='{HOST}';",
        'LOAD MYSQL SERVERS TO RUNTIME; SAVE MYSQL SERVERS TO DISK;',
      ],
    },
    {
      where: 'From 2.6 on, where servers need different roots; what stands here goes before the variable',
      code: [
        'INSERT INTO mysql_servers_ssl_params (hostname, port, ssl_ca)',
        "  VALUES ('{HOST}', 3306, '{BUNDLE}');",
        'LOAD MYSQL SERVERS TO RUNTIME; SAVE MYSQL SERVERS TO DISK;',
      ],
    },
  ],
  check: [
    'The monitor connects on its own: SELECT hostname, connect_error FROM monitor.mysql_server_connect_log ORDER BY time_start_us DESC LIMIT 5;',
    'Through it, SHOW SESSION STATUS LIKE "Ssl_cipher" names a cipher. That is encryption; it does not show that anything was verified.',
  ],
  refusal:
    'SSL connection error: unable to get local issuer certificate (or: self-signed certificate in certificate chain)',
  traps: [
    'It checks the chain and never the name: any other RDS database of that Region passes. Declare its applications with verification: verify-ca.',
    'Connections in its pool go on without a new handshake: what is wrong shows when the pool opens one, at night or at a failover.',
    'Servers that it finds by itself (Aurora, replication) may be added without use_ssl: look at runtime_mysql_servers.',
    'A server that is refused is shunned: applications see a timeout, not the reason, which is in proxysql.log.',
    'What applications verify is ProxySQL’s own certificate (proxysql-cert.pem): a rotation of the database does not change it.',
  ],
  looksRight: [
    { option: 'use_ssl=1 without a CA', does: 'encrypts if the server offers it, and checks nothing' },
    { option: 'use_ssl in mysql_users', does: 'is about applications’ connections to ProxySQL' },
    { option: 'mysql-have_ssl', does: 'lets applications use TLS; it says nothing of the database' },
  ],
  source: 'https://proxysql.com/documentation/ssl-support/',
}
