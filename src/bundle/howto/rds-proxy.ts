import type { Howto } from './howto.ts'

export const RDS_PROXY: Howto = {
  id: 'rds-proxy',
  name: 'Clients of RDS Proxy',
  changes: [
    {
      where:
        'For the rotation of a database behind it: nothing. The proxy verifies the database itself; clients see the proxy’s certificate, which is ACM’s',
      code: ['# RDS Proxy: no change for a CA rotation'],
    },
    {
      where: 'For verifying the proxy: Amazon’s public roots, as the system has them',
      code: [
        'psql "host={HOST} dbname=DATABASE user=USER sslmode=verify-full sslrootcert=system"',
        '# libpq before 16, and MySQL clients: a file with Amazon Root CA 1 to 4 from',
        '# https://www.amazontrust.com/repository/  in place of the RDS bundle',
      ],
    },
    {
      where: 'For an application that goes both ways, to the proxy and to the database',
      code: ['cat AmazonRootCA1.pem AmazonRootCA2.pem AmazonRootCA3.pem \\', '  AmazonRootCA4.pem {BUNDLE} > both.pem'],
    },
  ],
  control: 'Give the client the RDS bundle alone: it must refuse to connect to the proxy.',
  check: [
    'The proxy’s endpoint has ".proxy-" in its name. Its chain ends at an Amazon Root CA, a database’s at "Amazon RDS REGION Root CA".',
    'rds-ca-runbook check {HOST} says which of the two is served.',
  ],
  refusal: 'certificate verify failed, or: unable to get local issuer certificate',
  traps: [
    'A client with the RDS bundle alone fails at a proxy, and one with the Amazon roots alone at the database: change roots and endpoint together, or give it both lists.',
    'Public roots vouch for the whole internet: with them a check of the chain without the name proves nothing at all. verify-full, VERIFY_IDENTITY or verifyIdentity is a must.',
    'mysql2’s ssl: "Amazon RDS" passes at both, by trusting both lists, and never checks the name.',
  ],
  looksRight: [
    { option: 'RequireTLS on the proxy', does: 'makes clients encrypt; what they verify is theirs' },
    { option: 'verify-ca with Amazon’s public roots', does: 'accepts anybody with a certificate of Amazon’s' },
  ],
  source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls',
}
