import { sentence, type Text } from './failure-text.ts'

/** Why the dates fail. */
export const DATE_FAILURES = {
  'expired-leaf': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'Clients that verify refuse this database now; those that do not verify notice nothing. It is an outage: waiting for a window makes it longer.',
    next: 'Have the server certificate renewed at once: rotate the CA with “now”, or apply the pending server-certificate-rotation. The runbook lets steps be waived for this.',
  }),
  'expired-intermediate': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'Clients that verify refuse this database now, however long its own certificate is valid. A new certificate from the same intermediate would not help.',
    next: 'Rotate to a CA that AWS lists today, with “now”. On a server of your own, replace the intermediate in the certificate file.',
  }),
  'expired-root': ({ detail, ca }) => ({
    happened: sentence(detail),
    means: `The CA${ca ? ` (${ca})` : ''} is over: OpenSSL’s clients refuse everything below it, Java may go on. Renewing the server certificate under the same CA changes nothing, and rolling back to it is impossible.`,
    next: 'Put the current bundle into all clients, then rotate to a CA that AWS lists today. If the server already serves a new chain, the store holds only the old root: replace it.',
  }),
  'not-yet-valid': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'Clients refuse the database until then. Most often a clock is wrong: here, or where the certificate was made.',
    next: 'Compare this machine’s clock with the real time (UTC). If it is right, wait until that date before you rotate on this.',
  }),
} as const satisfies Readonly<Record<string, Text>>

/** Why the name fails, and the controls. */
export const NAME_FAILURES = {
  'wrong-name': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'verify-full and VERIFY_IDENTITY refuse the connection; weaker modes do not notice. A rotation keeps the names, so this stays.',
    next: 'Connect by a name that is in the certificate. With an address or a tunnel, name the real endpoint with --name.',
  }),
  'other-database': ({ name, serves }) => ({
    happened: `Another database answered: asked for ${name}, the server has a certificate for ${serves}.`,
    means:
      'This is the case that tells verify-ca from verify-full: every database of this CA in the Region has the same root, so verify-ca and ssl-mode=VERIFY_CA connect to any of them behind a spoofed name. Whoever owns one, in any account, could stand here: take the password or token of whoever logs in, read every query, and answer with data of their own. Only the name tells that this is not yours.',
    next: 'Look at DNS, the tunnel and --address: something leads to another database. Rotate nothing until the right one answers, and move clients to verify-full. If nobody of yours did this, tell security and change the passwords that were sent here.',
  }),
  cname: ({ name, serves }) => ({
    happened: `${name} is an alias: a CNAME, a Route 53 record or a name of your own leads to a server with a certificate for ${serves}.`,
    means:
      'verify-full and VERIFY_IDENTITY fail under the alias, before and after any rotation; verify-ca does not notice. RDS certificates name the AWS endpoint alone.',
    next: 'Use the endpoint’s own name in clients, or tell them both: libpq host=ENDPOINT hostaddr=…, Node servername. Prove it here with --name ENDPOINT.',
  }),
  tunnel: ({ name, serves, endpoint }) => ({
    happened: `${name} is the near end of a tunnel: the server behind it has a certificate for ${serves}.`,
    means: 'Under the tunnel’s address verify-full cannot pass, and that says nothing about a rotation.',
    next: `Give the real endpoint as HOST and the tunnel with --address: check ENDPOINT:PORT --address ${endpoint}.`,
  }),
  'load-balancer': ({ name, serves }) => ({
    happened: `${name} is a load balancer that passes TLS through: behind it is a server with a certificate for ${serves}.`,
    means:
      'verify-full fails under the balancer’s name, before and after any rotation. Different targets may serve different CAs: one check proves one of them.',
    next: 'Check every database by its own endpoint; through the balancer, with --name ENDPOINT --address ADDRESS.',
  }),
  'name-rules-differ': ({ detail }) => ({
    happened: sentence(detail),
    means:
      'Some clients connect with verify-full and others refuse: the table below tells which. That is no proof for all of them.',
    next: 'Connect by a name that stands in the certificate letter by letter, without a trailing dot; for an address, as IP SAN.',
  }),
  'control-passed': ({ name, detail, serves }) => ({
    happened: `A control that must fail passed: ${detail}. The certificate is for ${serves}.`,
    means: `A certificate that passes for everything proves nothing about ${name}. The proof is refused.`,
    next: 'Look at the names in the served certificate. If they are ordinary, keep the JSON of this check (--json) and report it as a bug.',
  }),
} as const satisfies Readonly<Record<string, Text>>
