import type { CertificateFlaw, Disguise, StandIn } from '../data-plane.ts'
import type { DatabaseState } from '../state/database-state.ts'
import { hostNameOf } from '../world.ts'
import { bundleWithRetiredRoot } from './bad-bundles.ts'
import type { Fault } from './fault.ts'

/** The other database of a pair. */
const siblingOf = ({ id }: DatabaseState): string =>
  id.endsWith('-staging') ? id.replace(/staging$/, 'production') : id.replace(/production$/, 'staging')

const disguised = (name: string, sentence: string, disguise: NonNullable<Fault['disguise']>): Fault => ({
  name,
  sentence,
  perDatabase: true,
  disguise,
})

const flawed = (flaw: CertificateFlaw, sentence: string, name: string = flaw): Fault =>
  disguised(name, sentence, ({ hostName }) => ({ kind: 'certificate', hostName, flaw }))

const insteadOf = (name: string, is: StandIn, sentence: string): Fault =>
  disguised(name, sentence, () => ({ kind: 'stand-in', is }))

const always =
  (as: Disguise): NonNullable<Fault['disguise']> =>
  () =>
    as

/** What clients can meet on the wire, from when the fault is switched on until it is switched off. */
export const WIRE_FAULTS: readonly Fault[] = [
  disguised(
    'spoofed-name',
    "Behind the database's name answers another one of the same CA, the other of its pair: verify-ca connects, verify-full refuses.",
    (database) => ({ kind: 'certificate', hostName: hostNameOf(siblingOf(database), database) }),
  ),
  disguised('wrong-name', 'The server presents a certificate that names another host, of another domain.', () => ({
    kind: 'certificate',
    hostName: 'db.internal.example',
  })),
  flawed('unknown-root', 'The server presents a chain of a private CA that is in no bundle.'),
  flawed('missing-intermediate', 'The server presents its own certificate without the intermediate above it.'),
  flawed('self-signed', 'The server presents a certificate that is signed by its own key.'),
  flawed('expired-leaf', "The server's own certificate expired yesterday."),
  flawed('expired-intermediate', 'The intermediate certificate expired yesterday.'),
  {
    ...flawed(
      'expired-root',
      'The server presents a chain of the root of 2015, which expired in 2020 and is still in the bundle.',
    ),
    bundle: bundleWithRetiredRoot,
  },
  flawed('not-yet-valid', "The server's own certificate is valid from the day after tomorrow."),
  flawed('wrong-purpose', "The server's certificate is for TLS clients."),
  flawed('weak-key', "The server's key is RSA-1024."),
  flawed('name-constraint', 'The intermediate may issue for names below example.com alone.'),
  flawed(
    'revoked',
    "The server's certificate is on the revocation list of its CA (pki/revocation-lists.pem, for --crl).",
    'revoked-leaf',
  ),
  flawed('proxy-certificate', "The server presents an RDS Proxy's certificate: from ACM, under a public Amazon root."),
  disguised('no-tls', 'The server offers no TLS.', always({ kind: 'no-tls' })),
  disguised('old-tls', 'The server speaks TLS 1.1 at most.', always({ kind: 'old-tls' })),
  insteadOf('not-a-database', 'ssh-server', "An SSH server answers at the database's port."),
  insteadOf('silent-server', 'silent', 'Connections are accepted and nothing is ever said.'),
  insteadOf('silent-handshake', 'silent-in-tls', 'The server agrees to TLS and then falls silent.'),
  insteadOf('hangs-up', 'hangs-up', 'Every connection is closed at once.'),
  disguised('host-blocked', 'A MySQL server blocks this address (error 1129, max_connect_errors).', ({ family }) =>
    family === 'mysql' ? { kind: 'stand-in', is: 'host-blocked' } : undefined,
  ),
]
