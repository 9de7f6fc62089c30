import { expect, test } from 'vitest'
import { FAILURES, type FailureCode } from '../../src/check/failures.ts'
import type { Words } from '../../src/check/failure-text.ts'
import { failureLines } from '../../src/check/report.ts'

const ENDPOINT = 'orders.abc123.eu-west-1.rds.amazonaws.com'
const SUBORDINATE = 'Amazon RDS eu-west-1 Subordinate CA RSA2048 G1.A.1'

/** What the judge and the connection say in each case. */
const DETAILS: Readonly<Record<FailureCode, string>> = {
  'empty-store': '',
  'unknown-root': 'the server\'s chain ends at "Example Root", which is not among the trusted roots',
  'unknown-rds-root': `the server's chain ends at "${SUBORDINATE}", whose issuer (CN=Amazon RDS eu-west-1 Root CA RSA2048 G1) is not among the trusted roots`,
  'rds-proxy':
    'the server\'s chain ends at "Amazon RSA 2048 M02", whose issuer (CN=Amazon Root CA 1) is not among the trusted roots',
  'missing-intermediate': `the server sent "${ENDPOINT}" alone, and its issuer (CN=${SUBORDINATE}) is neither sent nor among the trusted roots`,
  'intermediate-only': `the trusted roots hold "${SUBORDINATE}", which is no root: its issuer (CN=Amazon RDS eu-west-1 Root CA RSA2048 G1) must be there`,
  'self-signed': `the server's certificate "MariaDB Server" is signed by itself and is not among the trusted roots`,
  'bad-signature': `"${ENDPOINT}" claims to be issued by "${SUBORDINATE}", but its signature is not that one's`,
  'wrong-purpose': `the leaf "${ENDPOINT}" is not for TLS servers (extendedKeyUsage 1.3.6.1.5.5.7.3.2)`,
  'not-a-ca': 'the intermediate "Example" issued the certificate below it without being a CA (basicConstraints)',
  'path-length': 'the root "Example Root" allows 0 CAs below it and has 1',
  'too-long': 'no path was found within 10 certificates and 500 tries',
  'weak-key': 'the leaf "db" has a key (rsa1024) that is too weak for OpenSSL\'s security level 2',
  'weak-signature':
    'the leaf "db" is signed with an algorithm (1.2.840.113549.1.1.5) that is too weak for OpenSSL\'s security level 2',
  'name-constraint': 'the leaf "db" has a name that a CA above it must not issue for (nameConstraints)',
  'unknown-extension': 'the leaf "db" has a critical extension that clients do not know (1.2.3.4.5)',
  revoked: 'a certificate of the chain is revoked by the list of its issuer',
  'no-crl': 'a CA of the chain has no revocation list among those that were given',
  'stale-crl': 'a revocation list is past its next update',
  'bad-crl': 'a revocation list is not signed by the CA that it names',
  'judges-disagree':
    "OpenSSL refused the chain in the handshake (CERT_HAS_EXPIRED), but our own reading of it finds no fault; compare this machine's clock",
  'expired-leaf': `the leaf "${ENDPOINT}" expired on 2026-11-20 10:00:00 UTC`,
  'expired-intermediate': `the intermediate "${SUBORDINATE}" expired on 2026-11-20 10:00:00 UTC`,
  'expired-root': 'the root "Amazon RDS Root 2019 CA" expired on 2024-08-22 17:08:50 UTC',
  'not-yet-valid': `the leaf "${ENDPOINT}" is not valid before 2027-01-01 00:00:00 UTC`,
  'wrong-name': 'the certificate is not for "db.example.com" but for DNS:other.example.com',
  'other-database': '',
  cname: '',
  tunnel: '',
  'load-balancer': '',
  'name-rules-differ': '"db.test" passes only by the rules of libpq (psql, psycopg): the certificate is for DNS:*.test',
  'control-passed': 'the certificate was accepted under a wrong name',
  'no-such-name': `cannot connect to ${ENDPOINT}:5432: ENOTFOUND; the name does not exist, or not for the resolver of this machine (a private zone, a VPN)`,
  'name-server': `cannot connect to ${ENDPOINT}:5432: EAI_AGAIN; the name server did not answer`,
  refused: `cannot connect to ${ENDPOINT}:5432: ECONNREFUSED; nothing listens there: check the port, and the tunnel if there is one`,
  'no-route': `cannot connect to ${ENDPOINT}:5432: EHOSTUNREACH; there is no route from here: a VPN, a bastion or --connect may be needed`,
  'connect-failed': `cannot connect to ${ENDPOINT}:5432: EMFILE`,
  'timeout-resolve': `no answer from ${ENDPOINT}:5432 within 10000 ms, looking up the name`,
  'timeout-connect': `no answer from ${ENDPOINT}:5432 within 10000 ms, connecting: a firewall or security group may drop the packets`,
  'timeout-greeting': `no answer from ${ENDPOINT}:5432 within 10000 ms, waiting for the database to offer TLS`,
  'timeout-tls': `no answer from ${ENDPOINT}:5432 within 10000 ms, in the TLS handshake`,
  'no-tls': `the server does not offer TLS (ssl = off), or something in front of it does not`,
  'not-a-database': `the server does not speak PostgreSQL: the engine or the port is not the right one`,
  'load-balancer-tls': `the server does not speak PostgreSQL: the engine or the port is not the right one`,
  'host-blocked': `the server blocks this address after too many interrupted connections`,
  'server-error': `the server answered the request for TLS with an error: it may be out of connections or starting; see its log`,
  'extra-bytes': `the server sent more than one byte before TLS: somebody on the way may have put it there`,
  'closed-greeting': `${ENDPOINT}:5432 closed the connection before it offered TLS`,
  'no-direct-tls': `${ENDPOINT}:5432 closed the connection in the TLS handshake`,
  'closed-tls': `${ENDPOINT}:5432 closed the connection in the TLS handshake`,
  'tls-too-old': `the TLS handshake with ${ENDPOINT}:5432 failed: ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION`,
  'tls-failed': `the TLS handshake with ${ENDPOINT}:5432 failed: ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE`,
  'no-certificate': `${ENDPOINT}:5432 sent no certificate`,
  'broken-certificate': `${ENDPOINT}:5432 sent a certificate that cannot be read`,
}

/** The name asked for, where the failure is about that. */
const NAMES: Partial<Record<FailureCode, string>> = {
  cname: 'orders-db.example.com',
  tunnel: '127.0.0.1',
  'load-balancer': 'orders-0123.elb.eu-west-1.amazonaws.com',
  'load-balancer-tls': 'orders-0123.elb.eu-west-1.amazonaws.com',
  'other-database': 'orders-prod.abc123.eu-west-1.rds.amazonaws.com',
}

const wordsFor = (code: FailureCode): Words => ({
  endpoint: code === 'tunnel' ? '127.0.0.1:15432' : `${ENDPOINT}:5432`,
  name: NAMES[code] ?? ENDPOINT,
  engine: 'PostgreSQL',
  detail: DETAILS[code],
  store: '/etc/ssl/rds.pem',
  ca: code === 'expired-root' ? 'rds-ca-2019' : 'rds-ca-rsa2048-g1 of eu-west-1',
  held: 'which holds us-east-1',
  serves: ENDPOINT,
})

const codes = Object.keys(FAILURES) as FailureCode[]

test('every failure says what happened, what it means for a rotation and what to do next', async () => {
  const pages = codes.map((code) => {
    const failure = { code, check: 'chain' as const, ...FAILURES[code](wordsFor(code)) }
    return [code, ...failureLines(failure, 80)].join('\n')
  })
  await expect(`${pages.join('\n\n')}\n`).toMatchFileSnapshot('goldens/failures.txt')
})

test.each(codes)('%s is three whole sentences or more, none of them wider than 80 columns', (code) => {
  const text = FAILURES[code](wordsFor(code))
  for (const part of [text.happened, text.means, text.next]) expect(part).toMatch(/^\S.*\.$/)
  for (const line of failureLines({ code, check: 'chain', ...text }, 80)) expect(line.length).toBeLessThanOrEqual(80)
})
