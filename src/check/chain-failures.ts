import { sentence, type Text } from './failure-text.ts'

const happened = ({ detail }: { readonly detail: string }): string => sentence(detail)
const REFUSED = 'Every client that verifies refuses this database now, and would after a rotation.'

/** Why the signature chain fails. Signatures come first: without them neither dates nor names mean anything. */
export const CHAIN_FAILURES = {
  'empty-store': ({ store }) => ({
    happened: `There is no root certificate in ${store}.`,
    means: 'A client with this store trusts nobody: it refuses this database before and after any rotation.',
    next: 'Put the trust bundle of the database’s Region into the store, then check again.',
  }),
  'unknown-root': (words) => ({
    happened: `${happened(words)} This root is unknown to ${words.store}.`,
    means:
      'A client with this store cannot tell this server from an impostor, and refuses it. Nothing here shows that it is an RDS database at all.',
    next: 'Make sure that host and port are the database’s own. If they are, add the root’s certificate to the store from a source that you trust, not from this connection.',
  }),
  'unknown-rds-root': (words) => ({
    happened: `The served chain names ${words.ca} as its CA, and that root is not in ${words.store}${words.held ? `, ${words.held}` : ''}. ${happened(words)}`,
    means:
      'Clients with this store refuse the database as long as it serves this CA. If this is the CA to rotate to, rotating now would cut them off.',
    next: 'Get the trust bundle of that Region (step 03 of the runbook saves it), put it into every client’s store beside the roots that are there, and check again before anything is rotated.',
  }),
  'rds-proxy': (words) => ({
    happened: `A certificate from Amazon’s public authorities is served, as RDS Proxy does (and Aurora Serverless v1). Their root is not in ${words.store}. ${happened(words)}`,
    means:
      'A proxy has a certificate of its own from ACM: rotating the database’s CA changes nothing for clients that come through it, and the RDS bundle does not verify it.',
    next: 'For clients of the proxy, trust Amazon Root CA 1 to 4 and Starfield Services Root G2 (amazontrust.com/repository) beside the RDS bundle. To prove the database itself, check its own endpoint.',
  }),
  'missing-intermediate': (words) => ({
    happened: `The intermediate certificate is missing. ${happened(words)}`,
    means:
      'Clients that hold only roots, as AWS advises, cannot verify the server. RDS sends its intermediates, so something in between or a store of only old intermediates is likely.',
    next: 'Check the endpoint’s own name and port without anything in between. On a server of your own, put the intermediate behind the certificate in its file. Do not add it to clients: AWS replaces intermediates without notice.',
  }),
  'intermediate-only': (words) => ({
    happened: happened(words),
    means:
      'Clients that use OpenSSL refuse an intermediate in place of a root. Java accepts it, until AWS renews the certificate from another intermediate; then it fails without any rotation.',
    next: 'Replace the intermediate in the store with the root CA from the Region’s bundle.',
  }),
  'self-signed': (words) => ({
    happened: happened(words),
    means:
      'This is not an RDS certificate: a server with its own settings, MariaDB’s zero-configuration TLS, or somebody in between. No rotation of an RDS CA changes it.',
    next: 'Make sure that host and port are the database’s own. If it is a server of yours, give it a certificate from a CA that clients trust.',
  }),
  'bad-signature': (words) => ({
    happened: happened(words),
    means: 'The certificate is forged or damaged. Do not rotate on what this connection says.',
    next: 'Check from another network. If it stays, tell security: somebody may be between here and the database.',
  }),
  'wrong-purpose': (words) => ({
    happened: `The certificate is for another purpose. ${happened(words)}`,
    means: `${REFUSED} RDS does not issue such certificates.`,
    next: 'Make sure that host and port are the database’s own. On a server of your own, issue a certificate for TLS servers (serverAuth) from a CA that may sign.',
  }),
  'not-a-ca': (words) => ({
    happened: happened(words),
    means: `${REFUSED} Whoever holds an ordinary certificate could make such a chain: it may be an attack.`,
    next: 'Check from another network, and make sure that host and port are the database’s own. If it stays, tell security.',
  }),
  'path-length': (words) => ({
    happened: happened(words),
    means: `${REFUSED} The chain has more intermediates than its CA allows.`,
    next: 'Check the endpoint’s own name and port. On a private CA, issue from an authority that may have CAs below it.',
  }),
  'too-long': (words) => ({
    happened: happened(words),
    means: 'The chain is a maze that no honest server sends. Nothing is proven for a rotation.',
    next: 'Make sure that host and port are the database’s own; look at what stands in between.',
  }),
  'weak-key': (words) => ({
    happened: happened(words),
    means:
      'Clients at OpenSSL’s security level 2 (Debian, Ubuntu, RHEL, Node 24.5 and newer) refuse it; older ones still accept it, so a rotation would fail for some clients and not for others.',
    next: 'Rotate to a CA with RSA of 2048 bits or more or an EC key. Every rds-ca-*-g1 has that.',
  }),
  'weak-signature': (words) => ({
    happened: happened(words),
    means:
      'Clients at OpenSSL’s security level 2 refuse it; older ones still accept it, so a rotation would fail for some clients and not for others.',
    next: 'Rotate to a CA that signs with SHA-256 or better. Every rds-ca-*-g1 does.',
  }),
  'name-constraint': (words) => ({
    happened: happened(words),
    means: `${REFUSED} RDS’s CAs have no name constraints: a private CA or something in between serves this.`,
    next: 'Check the endpoint’s own name and port. On a private CA, issue from an authority that may issue for this name.',
  }),
  'unknown-extension': (words) => ({
    happened: happened(words),
    means: `${REFUSED} RFC 5280 forbids accepting what it cannot understand.`,
    next: 'Make sure that host and port are the database’s own. On a private CA, issue without that critical extension.',
  }),
  revoked: (words) => ({
    happened: happened(words),
    means:
      'Its CA has taken the certificate back. Clients that read revocation lists refuse it; node-pg, mysql2 and most others read none and go on.',
    next: 'Have the server certificate renewed, and find out why it was revoked before you trust this endpoint with anything.',
  }),
  'no-crl': (words) => ({
    happened: happened(words),
    means:
      'OpenSSL asks for a list of every CA in the chain once there is one, as libpq does with sslcrl. Clients with the same lists refuse the database. Nothing says that the certificate is revoked.',
    next: 'Add the missing list, or check without --crl.',
  }),
  'stale-crl': (words) => ({
    happened: happened(words),
    means:
      'Clients with the same list refuse the database, now and after a rotation. Nothing says that the certificate is revoked.',
    next: 'Fetch the list again, and see to it that clients do so in time.',
  }),
  'bad-crl': (words) => ({
    happened: happened(words),
    means: 'The list is damaged, forged, or of another CA with the same name. Clients with it refuse the database.',
    next: 'Fetch the list again from the CA, over a connection that you trust.',
  }),
  'judges-disagree': (words) => ({
    happened: happened(words),
    means:
      'Two independent judges of one chain differ, so one is wrong: nothing is proven, and nothing may be rotated on it.',
    next: 'Compare this machine’s clock with the real time. If it is right, keep the JSON of this check (--json) and report it as a bug.',
  }),
} as const satisfies Readonly<Record<string, Text>>
