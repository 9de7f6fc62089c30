/** A Region whose ports answer from tables, for tests of what a screen shows. What is behind the ports is tested elsewhere. */
import type { BundledCertificate } from '../../src/ports/bundles.ts'
import type { ControlPlane, ControlPlaneWriter, DatabaseRecord } from '../../src/ports/control-plane.ts'
import type { DeclaredApplication, World } from '../../src/ports/world.ts'
import type { CertificateSeen, HandshakesWait, WireProof } from '../../src/ports/wire.ts'
import type { Outcome } from '../../src/rules/change.ts'
import { DAY, NOW } from './scenario.ts'

export const OLD_CA = 'rds-ca-2019'
export const NEW_CA = 'rds-ca-rsa2048-g1'
const SHA1 = { [OLD_CA]: 'a'.repeat(40), [NEW_CA]: 'b'.repeat(40) } as const
const CAS = [OLD_CA, NEW_CA] as const
export const REGION = 'eu-central-1'
export const ACCOUNT = '123456789012'

type Changing = { -readonly [K in keyof DatabaseRecord]: DatabaseRecord[K] }

const certificate = (subject: string, sha1: string): CertificateSeen => ({
  subject,
  issuer: subject,
  serial: '01',
  notBefore: NOW - DAY,
  notAfter: NOW + 365 * DAY,
  sha1,
  sha256: sha1.repeat(2).slice(0, 64),
  key: 'rsa2048',
  isCa: true,
  names: [],
})

const root = (ca: (typeof CAS)[number]): BundledCertificate => ({
  ...certificate(`CN=Amazon RDS ${REGION} Root ${ca}`, SHA1[ca]),
  pem: ca,
  region: REGION,
  selfSigned: true,
})

const record = (id: string, engine: string): Changing => ({
  kind: 'database',
  id,
  arn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:${id}`,
  resourceId: `db-${id.toUpperCase()}`,
  engine,
  engineVersion: '16.4',
  instanceClass: 'db.m7g.large',
  status: 'available',
  ca: OLD_CA,
  leafValidTill: NOW + 200 * DAY,
  pendingOther: {},
  endpoint: { host: `${id}.c0.${REGION}.rds.example`, port: engine === 'postgres' ? 5432 : 3306 },
  replicas: [],
  multiAz: true,
  maintenanceWindow: 'sun:03:00-sun:04:00',
  backupWindow: '01:00-02:00',
  parameterGroups: [],
  statusInfos: [],
  tags: {},
  iamAuth: false,
})

export interface ScriptedRegion {
  readonly databases: ReadonlyMap<string, Changing>
  /** Requests that were sent, by the name of the database. */
  readonly sent: string[]
  /** Whether the trust store of `reports` holds the new root. */
  storeIsStale: boolean
  /** How AWS answers a change, and how many looks its status takes to settle. */
  outcome: Outcome
  looksToSettle: number
  /** How often a database has been looked at while AWS was changing it. */
  looks: number
  /** A look at the databases fails with this. */
  failure: Error | undefined
  /** A handshake has to wait, with this. */
  handshakesWait: HandshakesWait | undefined
  /** A look never ends, and does not listen to its signal. */
  hangs: boolean
  /** What the applications' people sent back. */
  answers: World['answers']
  readonly applications: ReadonlyMap<string, DeclaredApplication>
  world(now: () => number): World
  writer(now: () => number): ControlPlaneWriter
}

export function scriptedRegion(databases: readonly (readonly [name: string, engine: string])[]): ScriptedRegion {
  const records = new Map(databases.map(([name, engine]) => [name, record(name, engine)]))
  const applications = new Map<string, DeclaredApplication>(
    ['orders-api', 'reports'].map((name) => [
      name,
      {
        name,
        databases: [...records.keys()],
        verification: 'verify-full',
        users: [name.replace('-', '_')],
        sessionNames: [],
        addresses: [],
        route: 'direct',
        hosts: {},
        trustStores: [{ kind: 'pem', path: `/etc/${name}/ca.pem` }],
      },
    ]),
  )
  const region: ScriptedRegion = {
    databases: records,
    sent: [],
    storeIsStale: true,
    outcome: { kind: 'accepted', requestId: 'req-1' },
    looksToSettle: 2,
    looks: 0,
    failure: undefined,
    handshakesWait: undefined,
    hangs: false,
    answers: { of: async () => [] },
    applications,
    world: (now) => worldOf(region, now),
    writer: (now) => ({
      async send(change, clearance) {
        clearance.use(change, now())
        const name = String(change.input['DBInstanceIdentifier'])
        region.sent.push(name)
        const changed = records.get(name)
        if (region.outcome.kind === 'accepted' && changed) changed.status = 'modifying'
        return region.outcome
      },
    }),
  }
  return region
}

function worldOf(region: ScriptedRegion, now: () => number): World {
  const control: ControlPlane = {
    region: REGION,
    identity: async () => ({ account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/anna` }),
    async *databases() {
      yield [...region.databases.values()]
    },
    async database(id) {
      if (region.hangs) await Promise.withResolvers<never>().promise
      if (region.failure) throw region.failure
      const found = region.databases.get(id)
      if (found?.status === 'modifying' && (region.looks += 1) > region.looksToSettle) {
        Object.assign(found, { status: 'available', ca: NEW_CA })
        region.looks = 0
      }
      return found && { ...found }
    },
    cas: async () =>
      CAS.map((id) => ({
        id,
        thumbprint: SHA1[id],
        validFrom: NOW - DAY,
        validTill: NOW + (id === OLD_CA ? 90 : 3650) * DAY,
        isDefault: id === NEW_CA,
      })),
    engine: async (engine) => ({ supportedCas: CAS, rotatesWithoutRestart: engine === 'postgres' }),
    maintenance: async () => [],
    maintenanceOfAll: async () => [],
    events: async () => [],
    parameter: async () => undefined,
    clusterParameter: async () => undefined,
    async *clusters() {
      yield []
    },
    cluster: async () => undefined,
    customEndpoints: async () => [],
    proxies: async () => [],
    globalClusters: async () => [],
    blueGreens: async () => [],
    changeEvents: async () => undefined,
  }
  return {
    control,
    wire: {
      verify: async ({ host }) => {
        if (region.handshakesWait) throw region.handshakesWait
        return proofFrom(region, host, now())
      },
    },
    sql: {
      logIn: async () => ({
        place: { kind: 'here' },
        server: { flavour: 'postgres', version: '16.4' },
        tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', leaf: 'c'.repeat(64), leafEnds: NOW + 300 * DAY },
        census: async () => ({
          at: now(),
          clock: now(),
          view: { complete: true },
          clients: ['orders_api', 'reports', 'dbadmin'].map((user) => ({
            user,
            application: user === 'dbadmin' ? 'psql' : user,
            address: '10.0.0.7',
            transport: 'tls',
            sessions: 2,
            newest: now(),
          })),
          tlsEnforced: true,
        }),
        close: async () => undefined,
      }),
    },
    credentials: { find: async () => ({ user: 'postgres', password: 'rehearsal' }) },
    bundles: bundlesOf(now),
    trustStores: {
      read: async (store) => {
        const location = 'path' in store ? store.path : store.kind
        return {
          location,
          sha256: 'd'.repeat(64),
          certificates:
            location.includes('reports') && region.storeIsStale ? [root(OLD_CA)] : CAS.map((ca) => root(ca)),
          findings: [],
        }
      },
    },
    answers: { of: (world, application) => region.answers.of(world, application) },
    checks: {
      run: async () => ({ passed: true, ended: '0', output: 'connected', ms: 5 }),
      addressOf: async () => undefined,
    },
    sightings: { of: async () => undefined },
    applications: region.applications,
    pollEvery: 5_000,
    now,
  }
}

function bundlesOf(now: () => number): World['bundles'] {
  const bundle = {
    source: `https://truststore.pki.rds.example/${REGION}/${REGION}-bundle.pem`,
    fetchedAt: now(),
    sha256: 'e'.repeat(64),
    bytes: 4_096,
    certificates: CAS.map((ca) => root(ca)),
    findings: [],
    file: `/home/anna/bundles/${REGION}.pem`,
  }
  return { fetch: async () => ({ ...bundle, fetchedAt: now() }), saved: async () => bundle }
}

function proofFrom(region: ScriptedRegion, host: string, at: number): WireProof {
  const ca = region.databases.get(host.split('.')[0] ?? '')?.ca === NEW_CA ? NEW_CA : OLD_CA
  return {
    place: { kind: 'here' },
    at,
    ms: 9,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    served: [certificate(`CN=${host}`, 'c'.repeat(40))],
    root: root(ca),
    chain: { passed: true },
    dates: { passed: true },
    name: { passed: true },
    strict: true,
    controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
  }
}
