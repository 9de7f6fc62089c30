import { sentence, type Text } from './failure-text.ts'

const NOTHING = 'Nothing is known about the certificate: this neither proves nor refutes anything about a rotation.'

/** Why there was no handshake to judge. */
export const REACH_FAILURES = {
  'no-such-name': ({ detail, endpoint }) => ({
    happened: `The name does not exist for this machine’s resolver. ${sentence(detail)}`,
    means: `${NOTHING} Clients elsewhere may well resolve ${endpoint}.`,
    next: 'Check the spelling. For a private zone, run this where the clients are, or give the address with --address.',
  }),
  'name-server': ({ detail }) => ({
    happened: `The name server did not answer. ${sentence(detail)}`,
    means: NOTHING,
    next: 'Try again in a minute; check the resolver and the VPN. --address goes round it.',
  }),
  refused: ({ detail }) => ({
    happened: `The connection was refused. ${sentence(detail)}`,
    means: `${NOTHING} A database that restarts for its new certificate looks like this for some seconds.`,
    next: 'Check the port, whether the database is available, and whether the tunnel is up; then try again.',
  }),
  'no-route': ({ detail }) => ({
    happened: `There is no way there from here. ${sentence(detail)}`,
    means: NOTHING,
    next: 'Use a VPN or a bastion, and give the near end of the tunnel with --address.',
  }),
  'connect-failed': ({ detail }) => ({
    happened: sentence(detail),
    means: NOTHING,
    next: 'Look the code up, mend the network, and check again.',
  }),
  'timeout-resolve': ({ detail }) => ({
    happened: `Time ran out while looking up the name. ${sentence(detail)}`,
    means: NOTHING,
    next: 'Check the resolver and the VPN. --address goes round it.',
  }),
  'timeout-connect': ({ detail }) => ({
    happened: `Time ran out while connecting. ${sentence(detail)}`,
    means: `${NOTHING} Clients whose security group is allowed may well connect.`,
    next: 'Allow this machine in the database’s security group, or check through a bastion with --address.',
  }),
  'timeout-greeting': ({ detail }) => ({
    happened: `Time ran out before the server offered TLS. ${sentence(detail)}`,
    means: `${NOTHING} A database that is starting or out of connections looks like this; so does a service that waits for the client to speak first.`,
    next: 'Check engine and port. If they are right, look at the database’s state and log, then try again.',
  }),
  'timeout-tls': ({ detail }) => ({
    happened: `Time ran out in the TLS handshake. ${sentence(detail)}`,
    means: `${NOTHING} The server agreed to TLS and fell silent: an overloaded database, or a network that drops large packets (MTU).`,
    next: 'Try again. If it stays, compare from another network; through a VPN, lower the MTU.',
  }),
  'no-tls': ({ engine, endpoint, detail }) => ({
    happened: `No TLS is offered. ${sentence(detail)}`,
    means: `Whoever insists on TLS cannot connect, and whoever merely prefers it goes on in plain text (libpq prefer, MySQL PREFERRED). RDS always offers TLS, so something else answers at ${endpoint}, or stands in between (a pooler).`,
    next: `Check the ${engine} endpoint’s own name and port. If a pooler is in front, check the database behind it, and give the pooler TLS.`,
  }),
  'no-direct-tls': ({ detail }) => ({
    happened: `The server does not take direct TLS. ${sentence(detail)}`,
    means: `${NOTHING} PostgreSQL takes direct TLS from version 17 on; older servers, and poolers and proxies that wait for the request for TLS, hang up. Clients with sslnegotiation=direct fail here, whatever the CA.`,
    next: 'Check without --direct-tls, and leave sslnegotiation=direct out of clients until the server is new enough.',
  }),
  'not-a-database': ({ engine, detail }) => ({
    happened: `What answers does not speak ${engine}. ${sentence(detail)}`,
    means: NOTHING,
    next: 'Check host and port, and say which protocol is there with --engine postgres or --engine mysql. SQL Server, Oracle and Db2 cannot be checked.',
  }),
  'load-balancer-tls': ({ name, detail }) => ({
    happened: `${name} is a load balancer that seems to end TLS itself. ${sentence(detail)}`,
    means:
      'Databases agree on TLS inside their own protocol, which a TLS listener does not speak: no ordinary client can connect that way, whatever the CA.',
    next: 'Make the listener a TCP one, and check the databases by their own endpoints.',
  }),
  'host-blocked': ({ detail }) => ({
    happened: `The server blocks this address (MySQL error 1129). ${sentence(detail)}`,
    means:
      'Too many connections from here ended without a log-in. Applications that come from the same address are shut out too, whatever the CA. A successful log-in in time would have reset the count.',
    next: 'Have an administrator run FLUSH HOSTS (or TRUNCATE performance_schema.host_cache, or mysqladmin flush-hosts). Do not check again before that: each try counts.',
  }),
  'server-error': ({ detail }) => ({
    happened: sentence(detail),
    means: `${NOTHING} Its text is not shown: before TLS, anybody on the way may have written it.`,
    next: 'Look at the database’s own log and state, then try again.',
  }),
  'extra-bytes': ({ detail }) => ({
    happened: sentence(detail),
    means: 'No honest server does that (CVE-2021-23222). What it says about a certificate would not count.',
    next: 'Check from another network. If it stays, tell security: somebody may be between here and the database.',
  }),
  'closed-greeting': ({ detail }) => ({
    happened: sentence(detail),
    means: `${NOTHING} A restarting database, a tunnel without a far end, or a balancer without a healthy target looks like this.`,
    next: 'Check the database’s state and the tunnel’s far end, then try again.',
  }),
  'closed-tls': ({ detail }) => ({
    happened: sentence(detail),
    means: `${NOTHING} The server agreed to TLS and hung up: a firewall that inspects TLS, or a server that cannot read its own certificate.`,
    next: 'Look at the database’s log, and compare from another network.',
  }),
  'tls-too-old': ({ detail }) => ({
    happened: `The server speaks no TLS newer than 1.1. ${sentence(detail)}`,
    means:
      'Current clients (OpenSSL 3 at security level 2, Java 11 and newer, Node) cannot connect with TLS at all, whatever the CA: a rotation will not mend it.',
    next: 'Raise the lowest version first: ssl_min_protocol_version or tls_version in the parameter group; engines that know no TLS 1.2 must be upgraded.',
  }),
  'tls-failed': ({ detail }) => ({
    happened: sentence(detail),
    means: `${NOTHING} Client and server found no common version, cipher or key exchange, or one of them broke off.`,
    next: 'Compare the parameter group’s ciphers and versions with TLS 1.2 and 1.3’s own; look at the database’s log.',
  }),
  'no-certificate': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'An anonymous server cannot be told from an impostor; clients that verify refuse it. No RDS database does that.',
    next: 'Check the endpoint’s own name and port.',
  }),
  'broken-certificate': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'Strict clients refuse it, lenient ones may not: no proof for a rotation. RDS does not issue such certificates.',
    next: 'Check the endpoint’s own name and port; on a server of your own, issue the certificate anew.',
  }),
} as const satisfies Readonly<Record<string, Text>>
