/** The ports of a session on simulated accounts: what this machine can ask, see and send, with what may go wrong on the way. */
import { CannotAsk, type ControlPlane, type ControlPlaneWriter } from '../../../src/ports/control-plane.ts'
import { CannotLogIn, type SqlSession } from '../../../src/ports/sql.ts'
import { CannotReach, type WireProof } from '../../../src/ports/wire.ts'
import type { DeclaredApplication, World } from '../../../src/ports/world.ts'
import { RESTARTING } from './records.ts'
import type { MovingClock } from './moving-clock.ts'
import { DAY, NOW } from '../scenario.ts'
import { scriptedRegion } from '../scripted-region.ts'
import type { SimulatedAccount, SimulatedDatabase } from './simulated-account.ts'

/** The process dies: between what AWS has done and what is on record of it. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** What becomes of the next request for one database. `lost`: it arrives, and its answer does not. */
export type OnTheWay = 'lost' | 'lost-before' | 'refused' | 'dies-before' | 'dies-after'

/** What may go wrong between this machine and the world. */
export class Trouble {
  throttledReads = 0
  throttledSends = 0
  expired = false
  unreachable = 0
  noLogIn = 0
  /** Applications whose trust stores hold the old root alone. */
  readonly stale = new Set<string>()
  /** Whether the new root was in a store when it was last read, by account and place. */
  readonly sawRoot = new Map<string, boolean>()
  /** By resource id. */
  readonly onTheWay = new Map<string, OnTheWay>()
  /** Databases whose clients' batch job comes back no earlier than this (the world's time), by resource id. */
  readonly awayUntil = new Map<string, number>()

  asked(operation: string): void {
    if (this.expired)
      throw new CannotAsk('ExpiredToken', operation, `${operation}: the security token has expired. Log in again.`)
    if (this.throttledReads > 0) {
      this.throttledReads -= 1
      throw new CannotAsk('Throttling', operation, `${operation}: rate exceeded`)
    }
  }
}

export interface Surroundings {
  readonly account: SimulatedAccount
  /** All accounts: what listens is reached whoever's it is. */
  readonly accounts: readonly SimulatedAccount[]
  readonly clock: MovingClock
  readonly trouble: Trouble
  readonly applications: ReadonlyMap<string, DeclaredApplication>
}

const base = scriptedRegion([])

/** The proof of a CA's root, as `scriptedRegion` makes it for a database of that CA. */
const rootsOf = async (ca: string, now: () => number): Promise<WireProof['root']> =>
  (await base.world(now).bundles.fetch('', new AbortController().signal)).certificates.find(({ pem }) => pem === ca)

export function worldOf(around: Surroundings): World {
  const { clock } = around
  const plain = base.world(clock.now)
  return {
    ...plain,
    control: controlOf(around, plain.control),
    wire: { verify: async ({ host }) => proofOf(around, host) },
    sql: { logIn: async ({ host }) => sessionOf(around, host) },
    trustStores: {
      read: async (store) => {
        const location = 'path' in store ? store.path : store.kind
        const all = (await plain.bundles.fetch('', new AbortController().signal)).certificates
        const stale = [...around.trouble.stale].some((name) => location === `/etc/${name}/ca.pem`)
        around.trouble.sawRoot.set(`${around.account.account} ${location}`, !stale)
        return { location, sha256: 'd'.repeat(64), certificates: stale ? all.slice(0, 1) : all, findings: [] }
      },
    },
    applications: around.applications,
  }
}

function controlOf({ account, trouble }: Surroundings, plain: ControlPlane): ControlPlane {
  const asking =
    <A extends readonly unknown[], R>(operation: string, answer: (...args: A) => R) =>
    async (...args: A): Promise<Awaited<R>> => {
      account.pass()
      trouble.asked(operation)
      return await answer(...args)
    }
  return {
    ...plain,
    identity: asking('GetCallerIdentity', () => ({
      account: account.account,
      arn: `arn:aws:iam::${account.account}:user/anna`,
    })),
    database: asking('DescribeDBInstances', (name: string) => account.instance(name)),
    cluster: asking('DescribeDBClusters', (name: string) => account.cluster(name)),
    cas: asking('DescribeCertificates', plain.cas),
    engine: asking('DescribeDBEngineVersions', async (engine: string, version: string) => ({
      supportedCas: (await plain.engine(engine, version))?.supportedCas ?? [],
      rotatesWithoutRestart: version !== RESTARTING && (engine.endsWith('postgres') || engine === 'aurora-postgresql'),
    })),
    maintenance: asking('DescribePendingMaintenanceActions', (arn: string) => account.maintenanceOf(arn)),
    events: asking('DescribeEvents', () => []),
    blueGreens: asking('DescribeBlueGreenDeployments', () => []),
    changeEvents: asking('LookupEvents', () => undefined),
  }
}

function at({ accounts }: Surroundings, host: string): SimulatedDatabase {
  for (const account of accounts) account.pass()
  const all = accounts.flatMap(({ databases }) => [...databases.values()])
  const answersAt = ({ record, members = [] }: SimulatedDatabase) =>
    record.endpoint?.host === host || members.some((name) => host.startsWith(`${name}.`))
  const found = all.find((one) => answersAt(one))
  if (!found || found.record.status === 'stopped')
    throw new CannotReach('ECONNREFUSED', 'connect', `${host} refuses connections`)
  return found
}

async function proofOf(around: Surroundings, host: string): Promise<WireProof> {
  const { account, clock, trouble } = around
  if (trouble.unreachable > 0) {
    trouble.unreachable -= 1
    throw new CannotReach('ETIMEDOUT', 'connect', `${host} does not answer`)
  }
  const { served, leaf, expired = false } = at(around, host)
  const root = await rootsOf(served, clock.now)
  if (!root) throw new Error(`there is no root of ${served} in ${account.account}`)
  const sha256 = `${leaf}`.padStart(64, '0')
  return {
    place: { kind: 'here' },
    at: clock.now(),
    ms: 9,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    served: [{ ...root, subject: `CN=${host}`, sha256, isCa: false, ...(expired && { notAfter: NOW - DAY }) }],
    root,
    chain: { passed: true },
    dates: expired
      ? { passed: false, code: 'expired', detail: 'the server certificate has expired' }
      : { passed: true },
    name: { passed: true },
    strict: !expired,
    controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
  }
}

/** Sessions are renewed by the pools every ten minutes, and all of them after a restart. */
const POOLS_RENEW = 600_000

async function sessionOf(around: Surroundings, host: string): Promise<SqlSession> {
  const { clock, trouble } = around
  if (trouble.noLogIn > 0) {
    trouble.noLogIn -= 1
    throw new CannotLogIn('AUTHENTICATION', `${host} refuses the log-in`)
  }
  const database = at(around, host)
  const newest = Math.max(database.connectedAt, Math.floor(clock.true / POOLS_RENEW) * POOLS_RENEW)
  const away = (trouble.awayUntil.get(database.record.resourceId) ?? 0) > clock.true && database.leaf > 1
  return {
    place: { kind: 'here' },
    server: { flavour: 'postgres', version: '16.4' },
    tls: {
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      leaf: `${database.leaf}`.padStart(64, '0'),
      leafEnds: NOW + 200 * DAY,
    },
    census: async () => ({
      at: clock.now(),
      clock: clock.true,
      view: { complete: true },
      clients: ['orders_api', 'reports']
        .filter((user) => user !== 'reports' || !away)
        .map((user) => ({ user, application: user, address: '10.0.0.7', transport: 'tls', sessions: 2, newest })),
      tlsEnforced: true,
      serverStarted: database.startedAt,
    }),
    close: async () => undefined,
  }
}

export const writerOf = ({ account, clock, trouble }: Surroundings): ControlPlaneWriter => ({
  async send(change, clearance) {
    clearance.use(change, clock.now())
    if (change.world !== account.world) throw new Error(`a request for ${change.world} came to ${account.world}`)
    if (trouble.expired) return { kind: 'refused', code: 'ExpiredToken', message: 'the security token has expired' }
    if (trouble.throttledSends > 0) {
      trouble.throttledSends -= 1
      return { kind: 'refused', code: 'Throttling', message: 'Rate exceeded' }
    }
    const way = trouble.onTheWay.get(change.resourceId)
    trouble.onTheWay.delete(change.resourceId)
    if (way === 'dies-before') throw new Killed('before it was sent')
    if (way === 'lost-before') return { kind: 'unknown', cause: 'ECONNRESET' }
    if (way === 'refused') return { kind: 'refused', code: 'InvalidDBInstanceState', message: 'not now' }
    const outcome = account.modify(change)
    if (way === 'dies-after') throw new Killed('before the answer was on record')
    return way === 'lost' ? { kind: 'unknown', cause: 'ECONNRESET' } : outcome
  },
})
