/** What goes wrong in a fleet, by name. Each strikes one database, or all, at a time that is drawn. */
import { ProgressUnusable } from '../../../src/ports/progress.ts'
import { haltWaves } from '../../../src/runner/halt.ts'
import { NEW_CA } from '../scripted-region.ts'
import { keyOf, type Fleet } from './seeded-fleet.ts'
import type { SimulatedAccount, SimulatedDatabase } from './simulated-account.ts'
import type { OnTheWay } from './simulated-ports.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Struck {
  readonly fleet: Fleet
  readonly account: SimulatedAccount
  readonly database: SimulatedDatabase
}
type Strike = (struck: Struck) => void

const id = ({ database }: Struck): string => database.record.resourceId
const isStaging = ({ database }: Struck): boolean => database.record.id.endsWith('staging')
const isThere = ({ account, database }: Struck): boolean =>
  account.databases.get(database.record.id)?.record === database.record
/** AWS and people do these things only to a database that nobody is changing. */
const idle = (struck: Struck): boolean =>
  isThere(struck) && !struck.database.busy && struck.database.record.status === 'available'

/** Strikes within the first hour and a half, where it can strike then. */
const later =
  (strike: Strike, can: (struck: Struck) => boolean = isThere): Strike =>
  (struck) => {
    const { account, fleet } = struck
    account.in(fleet.random.below(90 * MINUTE), () => {
      if (can(struck)) strike(struck)
    })
  }

const onTheWay =
  (way: OnTheWay): Strike =>
  (struck) =>
    void struck.fleet.trouble.onTheWay.set(id(struck), way)

/** It is in a status of its own for a while, and AWS takes nothing. */
const inStatus =
  (status: string): Strike =>
  ({ account, database, fleet }) => {
    database.record.status = status
    account.in(5 * MINUTE + fleet.random.below(HOUR), () => {
      if (database.record.status === status) database.record.status = 'available'
    })
  }

/** Takes a name out of everything that AWS says of others. */
function unlist({ account, database: { record } }: Struck, as?: string): void {
  account.databases.delete(record.id)
  const renamed = (name: string) => (name !== record.id ? [name] : as === undefined ? [] : [as])
  for (const { record: other } of account.databases.values()) {
    other.replicas = other.replicas.flatMap(renamed)
    if (other.replicaSource === record.id && as !== undefined) other.replicaSource = as
  }
  for (const cluster of account.clusters.values())
    cluster.members = cluster.members.flatMap((one) => renamed(one.id).map((name) => ({ ...one, id: name })))
}

function rename(struck: Struck): void {
  const { account, database, fleet } = struck
  const old = database.record.id
  const name = `${old}-new`
  unlist(struck, name)
  account.rename(database, name)
  // Its owners follow: a declaration by the old name would mean nobody.
  const from = keyOf(account, old)
  const text = JSON.stringify(fleet.config).replaceAll(`"${from}"`, `"${keyOf(account, name)}"`)
  fleet.config = JSON.parse(text) as Fleet['config']
}

const failsOver: Strike = ({ account }) => {
  for (const cluster of account.clusters.values()) {
    const at = cluster.members.findIndex(({ writer }) => writer)
    cluster.members = cluster.members.map((one, index) => ({
      ...one,
      writer: index === (at + 1) % cluster.members.length,
    }))
  }
}

/** A reader is added by autoscaling, with the account's default CA. */
const scalesOut: Strike = ({ account, fleet }) => {
  for (const cluster of account.clusters.values()) {
    const name = `shop-auto-${cluster.members.length}`
    const made = account.create(name, 'aurora-postgresql', { clusterId: cluster.id, ca: NEW_CA })
    made.served = NEW_CA
    cluster.members = [...cluster.members, { id: name, writer: false, parameterGroupStatus: 'in-sync' }]
    const { config } = fleet
    const like = config.databases[keyOf(account, 'shop-1')] ?? {}
    const applications = Object.entries(config.applications).map(([key, { databases, ...one }]) => ({
      [key]: { ...one, databases: [...databases, keyOf(account, name)] },
    }))
    fleet.config = {
      ...config,
      databases: { ...config.databases, [keyOf(account, name)]: like },
      applications: Object.assign({}, ...applications) as Fleet['config']['applications'],
    }
  }
}

export const FAULTS: Readonly<Record<string, Strike>> = {
  'AWS is busy for readers': later(({ fleet }) => void (fleet.trouble.throttledReads += 1 + fleet.random.below(15))),
  'AWS is busy for changes': later(({ fleet }) => void (fleet.trouble.throttledSends += 1 + fleet.random.below(8))),
  'the answer is lost': onTheWay('lost'),
  'the request is lost': onTheWay('lost-before'),
  'AWS refuses once': onTheWay('refused'),
  'the program is killed before it sends': onTheWay('dies-before'),
  'the program is killed before the answer': onTheWay('dies-after'),
  'the change hangs': (struck) =>
    void struck.account.mishaps.set(id(struck), { hangs: 10 * MINUTE + struck.fleet.random.below(5 * HOUR) }),
  'the certificate is staged': (struck) => void struck.account.mishaps.set(id(struck), { staged: true }),
  'a trust store is stale': ({ fleet }) => void fleet.trouble.stale.add(fleet.random.oneOf(['orders-api', 'reports'])),
  'a trust store is put back': later(
    ({ fleet }) => void fleet.trouble.stale.add(fleet.random.oneOf(['orders-api', 'reports'])),
  ),
  'credentials expire': later(({ fleet }) => void (fleet.trouble.expired = true)),
  'the wire is out of reach': later(({ fleet }) => void (fleet.trouble.unreachable += 1 + fleet.random.below(4))),
  'the log-in fails': later(({ fleet }) => void (fleet.trouble.noLogIn += 1 + fleet.random.below(3))),
  'another change is pending': later(({ database }) => {
    database.record.pendingOther = { DBInstanceClass: 'db.m7g.xlarge' }
  }, idle),
  'a parameter waits for a reboot': later(({ database }) => {
    database.record.parameterGroups = [{ name: 'custom', applyStatus: 'pending-reboot' }]
  }),
  'a backup runs': later(inStatus('backing-up'), idle),
  'storage is optimised': later(inStatus('storage-optimization'), idle),
  'somebody stops it': later(({ database }) => void (database.record.status = 'stopped'), idle),
  'it is restored under its name': later(
    ({ account, database }) => account.restore(database.record.id),
    (one) => idle(one) && !one.database.record.clusterId && !one.database.record.replicaSource,
  ),
  'it is deleted': later(
    (struck) => unlist(struck),
    (one) =>
      idle(one) && !isStaging(one) && one.database.record.replicas.length === 0 && !one.database.record.clusterId,
  ),
  'it is renamed': later(rename, idle),
  'the console changes it': later(({ account, database }) => {
    if (database.record.ca !== NEW_CA) account.begin(database, NEW_CA)
  }, idle),
  'the console leaves it to the window': later(({ account, database }) => {
    const { record } = database
    if (record.ca === NEW_CA || record.pendingCa !== undefined) return
    record.pendingCa = NEW_CA
    account.in(2 * HOUR, () => {
      if (record.pendingCa === NEW_CA && !database.busy) account.begin(database, NEW_CA)
    })
  }, idle),
  'the console wants another CA, and takes it back': later(({ account, database }) => {
    const { record } = database
    if (record.pendingCa !== undefined) return
    record.pendingCa = 'rds-ca-ecc384-g1'
    account.in(2 * HOUR, () => {
      if (record.pendingCa === 'rds-ca-ecc384-g1') delete record.pendingCa
    })
  }, idle),
  'the clock jumps ahead': later(({ fleet }) => void (fleet.clock.skew += HOUR + fleet.random.below(30 * HOUR))),
  'the clock is set back': later(({ fleet }) => void (fleet.clock.skew -= HOUR + fleet.random.below(30 * HOUR))),
  'the cluster fails over': later(failsOver, ({ account }) =>
    [...account.databases.values()].every((one) => one.record.clusterId === undefined || !one.busy),
  ),
  'a reader is scaled out': later(scalesOut),
  'a batch job stays away': (struck) =>
    void struck.fleet.trouble.awayUntil.set(id(struck), struck.fleet.clock.true + struck.fleet.random.below(12 * HOUR)),
  'somebody halts the waves': later(({ fleet, account }) => {
    haltWaves(fleet.progress, [account.world], 'pages are coming in').catch(() => undefined)
  }),
  'the disk is full': later(({ fleet }) =>
    fleet.progress.failWith(
      new ProgressUnusable('NO_SPACE', 'journal.jsonl', 'The disk is full. Make room, and start again.'),
    ),
  ),
}

/**
 * Draws so many faults, each for one database, and arms them. Returns their names. `after`: nobody asks for another CA any more once all
 * is done.
 */
export function strike(fleet: Fleet, count: number, when: 'before' | 'after' = 'before'): readonly string[] {
  const names = Object.keys(FAULTS).filter((name) => when === 'before' || !name.startsWith('the console'))
  const everybody = fleet.accounts.flatMap((account) =>
    [...account.databases.values()].map((database) => ({ fleet, account, database })),
  )
  return Array.from({ length: count }, () => {
    const name = fleet.random.oneOf(names)
    const struck = fleet.random.oneOf(everybody)
    FAULTS[name]?.(struck)
    return `${name}: ${struck.database.record.id}`
  })
}
