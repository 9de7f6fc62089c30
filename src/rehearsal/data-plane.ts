/**
 * What the simulated Region's control plane asks of its data plane: a PKI shaped like Amazon's, database servers that
 * really serve TLS, and applications that really connect. Interfaces only; `open-data-plane.ts` makes the real one.
 */

import { REGION } from './world.ts'

/** The CAs that the simulated Region lists, and one that it has retired. */
export const CA_IDS = ['rds-ca-2019', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1'] as const
export type CaId = (typeof CA_IDS)[number]
export const RETIRED_CA = 'rds-ca-2015'

/** The CAs of a Region: the old one is left in the home Region alone, and has been retired everywhere else. */
export const caIdsOf = (region: string): readonly CaId[] =>
  region === REGION ? CA_IDS : CA_IDS.filter((id) => id !== 'rds-ca-2019')

export interface RehearsedCa {
  readonly id: CaId
  readonly rootPem: string
  /** SHA-1 of the root's DER, lower-case hex: what DescribeCertificates calls the thumbprint. */
  readonly thumbprint: string
  readonly validFrom: Date
  readonly validTill: Date
}

/** A leaf and its subordinate, as a server presents them. */
export interface ServerCertificate {
  readonly ca: CaId
  readonly keyPem: string
  /** Leaf, then subordinate. The root is not sent. */
  readonly chainPem: string
  readonly validFrom: Date
  readonly validTill: Date
}

/** What can be wrong with a certificate that a server presents. */
export const CERTIFICATE_FLAWS = [
  'expired-leaf',
  'expired-intermediate',
  'expired-root',
  'not-yet-valid',
  'missing-intermediate',
  'self-signed',
  'wrong-purpose',
  'weak-key',
  'name-constraint',
  'unknown-root',
  'proxy-certificate',
  'revoked',
] as const
export type CertificateFlaw = (typeof CERTIFICATE_FLAWS)[number]

/** What clients meet in place of a database as it should be. */
export type Disguise =
  /** The real server, with a certificate for this host name, with one thing wrong with it where a flaw is named. */
  | { readonly kind: 'certificate'; readonly hostName: string; readonly flaw?: CertificateFlaw }
  /** The real server, which offers no TLS, or TLS 1.1 at most. */
  | { readonly kind: 'no-tls' | 'old-tls' }
  /** Something else at its port; the server itself does not run meanwhile. */
  | { readonly kind: 'stand-in'; readonly is: StandIn }

/**
 * What can stand in a server's place: an SSH server; one that accepts and says nothing; one that falls silent once TLS is agreed on; one
 * that hangs up at once; a MySQL that blocks the address (error 1129).
 */
export type StandIn = 'ssh-server' | 'silent' | 'silent-in-tls' | 'hangs-up' | 'host-blocked'

/** The PKI of one Region. */
export interface Pki {
  readonly cas: readonly RehearsedCa[]
  /** The Region's trust bundle: the roots of these CAs (all when absent) and, as in AWS's, of a few other Regions. */
  bundle(ids?: readonly CaId[]): string
  /** A certificate whose common name is `hostName`; `alsoNamed` are the names that it has besides, as a cluster's members' have. */
  issue(ca: CaId, hostName: string, alsoNamed?: readonly string[]): Promise<ServerCertificate>
  /** The same identifier's root as another Region has it: what `--fault wrong-root` serves. */
  issueUnderWrongRoot(ca: CaId, hostName: string, alsoNamed?: readonly string[]): Promise<ServerCertificate>
  /** One with something wrong with it, under this CA where the flaw leaves it that. */
  issueFlawed(flaw: CertificateFlaw, ca: CaId, hostName: string): Promise<ServerCertificate>
  /** The root of {@link RETIRED_CA}, which has expired and is in no bundle of today: `expired-root` is issued under it. */
  readonly retiredRootPem: string
  /** The certificate of the HTTPS bundle server and the CA that vouches for it (not a database CA). */
  https(): Promise<{ readonly keyPem: string; readonly certPem: string; readonly caPem: string }>
}

export interface ServerSpec {
  /** The database's key. */
  readonly id: string
  readonly family: 'postgres' | 'mysql'
  readonly hostName: string
  /** Kept across restarts and kills. */
  readonly port: number
}

/** One real database server, serving TLS on 127.0.0.1. */
export interface DatabaseServer {
  readonly spec: ServerSpec
  readonly pid: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** What really runs: for example `PostgreSQL 18.4`, `MariaDB 10.11.18`. */
  readonly runs: string
  /** Puts a certificate in place and has the server read it without a restart: old sessions live on. */
  reload(certificate: ServerCertificate): Promise<void>
  /** Puts a certificate in place and restarts the server: every session ends. */
  restart(certificate: ServerCertificate): Promise<void>
  /** Puts a certificate in place for the next restart and leaves the running server alone. */
  stage(certificate: ServerCertificate): Promise<void>
  /**
   * From now on clients meet this, whatever certificate is put in place; with undefined they meet the server again, with the certificate
   * that was put in place last.
   */
  disguise(as: Disguise | undefined): Promise<void>
  stop(): Promise<void>
}

/** How an application of the rehearsal uses TLS. */
export const APPLICATION_TEMPERS = ['verifies', 'stale-store', 'does-not-verify', 'plain'] as const
export type ApplicationTemper = (typeof APPLICATION_TEMPERS)[number]

export interface ApplicationSpec {
  readonly name: string
  readonly owner: string
  readonly temper: ApplicationTemper
  /** The database user that it logs in with; also its application_name. */
  readonly user: string
  readonly databases: readonly string[]
  /** Its own trust store, a PEM file; absent when it does not verify. */
  readonly trustStore?: string
}

/** What one application has lived through: the proof that a wrong order breaks somebody. */
export interface ApplicationReport {
  readonly name: string
  readonly database: string
  readonly connected: boolean
  readonly lastError?: string
  readonly connections: number
  readonly failures: number
}

/**
 * Applications hold one session to each of their databases, reconnect when it ends, and connect anew at a steady pace
 * (every two seconds, however fast the rehearsal is), re-reading their trust store each time.
 */
export interface Applications {
  reports(): readonly ApplicationReport[]
  stop(): Promise<void>
}

export interface DataPlane {
  /** The home Region's. */
  readonly pki: Pki
  /** Another Region's, made when it is first asked for. */
  pkiOf(region: string): Promise<Pki>
  /** Whether a real MariaDB or MySQL server was found; when not, the second pair is PostgreSQL playing an engine that must restart. */
  readonly mysqlServer:
    | {
        readonly found: true
        readonly program: string
        /** What it is; read off the program's name when absent. */
        readonly kind?: 'mariadb' | 'mysql'
      }
    | { readonly found: false; readonly looked: readonly string[] }
  /** Starts the server, or takes over the one that a killed rehearsal left behind (`pidLeftBehind`, checked to be it). */
  startServer(spec: ServerSpec, certificate: ServerCertificate, pidLeftBehind?: number): Promise<DatabaseServer>
  startApplications(applications: readonly ApplicationSpec[], servers: readonly DatabaseServer[]): Promise<Applications>
}

export interface DataPlaneOptions {
  /** The rehearsal's folder. Everything is made beside its final place and renamed, so that a kill leaves nothing half-made. */
  readonly directory: string
  readonly region: string
  /** Milliseconds from one log-in of an application to its next; two seconds where nothing is said. */
  readonly pace?: number
}
