/** A fleet drawn from a seed: accounts, databases, twins, waves; and the sessions that operators open on it. */
import { runbook } from '../../../steps/index.ts'
import { applicationsOf } from '../../../src/config/applications.ts'
import { declaredBy } from '../../../src/config/declared.ts'
import { namesOf, qualifiedName } from '../../../src/config/names.ts'
import { configSchema, type Config } from '../../../src/config/schema.ts'
import { inOrder } from '../../../src/fleet/fleet.ts'
import type { Subject } from '../../../src/rules/words.ts'
import { sendingApplier } from '../../../src/runner/apply.ts'
import type { RunnerDeps } from '../../../src/runner/deps.ts'
import { openDesk } from '../../../src/runner/desk.ts'
import type { Session } from '../../../src/ui/session.ts'
import { memoryProgress, type MemoryProgress } from '../memory-progress.ts'
import { WHO } from '../scenario.ts'
import { NEW_CA, REGION } from '../scripted-region.ts'
import { seeded } from '../seeded.ts'
import { MovingClock } from './moving-clock.ts'
import { SimulatedAccount, type SimulatedDatabase } from './simulated-account.ts'
import { Trouble, worldOf, writerOf, type Surroundings } from './simulated-ports.ts'

export type Random = ReturnType<typeof seeded>

const MINUTE = 60_000
export const OWN = '123456789012'
export const OTHER = '210987654321'

export interface Fleet {
  readonly random: Random
  readonly clock: MovingClock
  readonly trouble: Trouble
  readonly own: SimulatedAccount
  readonly other: SimulatedAccount
  readonly accounts: readonly SimulatedAccount[]
  readonly progress: MemoryProgress
  /** The configuration as its owners keep it; they follow a database that was renamed. */
  config: Config
  /** Lists the fleet and opens a session on it, as starting the program does; on another machine with progress of its own. */
  open(progress?: MemoryProgress): Promise<Session>
}

export const keyOf = (account: SimulatedAccount, name: string): string => `${account.account}/${REGION}/${name}`

/** Which groups of databases there are beside the first pair. */
interface Drawn {
  readonly billing: boolean
  readonly ledger: boolean
  readonly shop: boolean
  readonly elsewhere: boolean
  /** One of the replicas has a replica of its own. */
  readonly cascade?: boolean
}

function populate(own: SimulatedAccount, other: SimulatedAccount, drawn: Drawn): Record<string, string> {
  const twins: Record<string, string> = {}
  const twin = (account: SimulatedAccount, name: string, of: string) => {
    twins[keyOf(account, name)] = keyOf(own, of)
  }
  own.create('orders-staging', 'postgres')
  own.create('orders-production', 'postgres')
  twin(own, 'orders-production', 'orders-staging')
  if (drawn.billing || drawn.ledger) {
    own.create('billing-staging', 'mariadb')
    own.create('billing-production', 'mariadb')
    twin(own, 'billing-production', 'billing-staging')
  }
  if (drawn.ledger) {
    own.create('ledger', 'mariadb', { replicas: ['ledger-r1', 'ledger-r2'] })
    const deeper = drawn.cascade ? ['ledger-r2-r'] : []
    own.create('ledger-r1', 'mariadb', { replicaSource: 'ledger' })
    own.create('ledger-r2', 'mariadb', { replicaSource: 'ledger', replicas: deeper })
    for (const name of deeper) own.create(name, 'mariadb', { replicaSource: 'ledger-r2' })
    for (const name of ['ledger', 'ledger-r1', 'ledger-r2', ...deeper]) twin(own, name, 'billing-staging')
  }
  if (drawn.shop) {
    const names = ['shop-1', 'shop-2', 'shop-3']
    for (const name of names) own.create(name, 'aurora-postgresql', { clusterId: 'shop' })
    for (const name of names) twin(own, name, 'orders-staging')
    own.clusters.set('shop', {
      kind: 'cluster',
      id: 'shop',
      arn: `arn:aws:rds:${REGION}:${OWN}:cluster:shop`,
      resourceId: 'cluster-SHOP',
      engine: 'aurora-postgresql',
      engineVersion: '16.4',
      engineMode: 'provisioned',
      status: 'available',
      ca: '',
      pendingOther: {},
      endpoint: { host: `shop.cluster-c${OWN}.${REGION}.rds.example`, port: 5432 },
      customEndpoints: [],
      members: names.map((id) => ({ id, writer: id === 'shop-1', parameterGroupStatus: 'in-sync' })),
      replicas: [],
      parameterGroups: [],
      tags: {},
      iamAuth: false,
    })
  }
  if (drawn.elsewhere) {
    other.create('orders-production', 'postgres')
    twin(other, 'orders-production', 'orders-staging')
  }
  return twins
}

/** Three waves: the canary, and the rest by kind or by what it is for. */
const wavesDrawn = (random: Random): unknown[] => {
  const rest = () => ({ atOnce: 1 + random.below(3), bake: random.oneOf(['0s', '30m', '1h']) })
  const second = random.oneOf([
    ['*-r1', '*-r2', 'shop-2', 'shop-3'],
    ['orders-*', 'billing-*'],
    ['ledger*', 'shop-*'],
  ])
  return [
    { name: 'canary', environment: 'staging', ...rest() },
    { name: 'second', names: second, ...rest() },
    { name: 'third', names: ['*'], ...rest() },
  ]
}

export function configOf(
  accounts: readonly SimulatedAccount[],
  twins: Readonly<Record<string, string>>,
  waves: readonly unknown[],
): Config {
  const keys = accounts.flatMap((account) => [...account.databases.keys()].map((name) => keyOf(account, name)))
  const application = (name: string, users: string[]) => ({
    databases: keys,
    verification: 'verify-full',
    users,
    trustStores: [{ kind: 'pem', path: `/etc/${name}/ca.pem` }],
  })
  return configSchema.parse({
    formatVersion: 1,
    databases: Object.fromEntries(
      keys.map((key) => [
        key,
        {
          target: NEW_CA,
          ...(key.endsWith('staging') && { environment: 'staging' }),
          ...(twins[key] !== undefined && { twin: twins[key] }),
        },
      ]),
    ),
    applications: {
      'orders-api': application('orders-api', ['orders_api']),
      reports: application('reports', ['reports']),
    },
    waves,
  })
}

export interface Wished {
  readonly drawn?: Drawn
  readonly waves?: readonly unknown[]
}

export function seededFleet(seed: number, wished: Wished = {}): Fleet {
  const random = seeded(seed)
  const clock = new MovingClock()
  const trouble = new Trouble()
  const pace = () => {
    const shown = random.oneOf([0, 30_000, 4 * MINUTE])
    const begun = shown + 1 + random.below(2 * MINUTE)
    const applied = begun + MINUTE + random.below(3 * MINUTE)
    return { shown, begun, applied, over: applied + MINUTE }
  }
  const accounts: SimulatedAccount[] = []
  const truth = () => ({
    served: new Map(
      accounts.flatMap(({ databases }) =>
        [...databases.values()].map(({ record, served }) => [record.resourceId, served] as const),
      ),
    ),
    sawRoot: new Map(trouble.sawRoot),
  })
  const own = new SimulatedAccount(OWN, () => clock.true, pace, truth)
  const other = new SimulatedAccount(OTHER, () => clock.true, pace, truth)
  accounts.push(own, other)
  const some = () => random.below(2) === 0
  const drawn = wished.drawn ?? { billing: some(), ledger: some(), shop: some(), elsewhere: some() }
  const twins = populate(own, other, drawn)
  const progress = memoryProgress({ who: WHO, now: clock.now })
  let ids = 0
  const fleet: Fleet = {
    random,
    clock,
    trouble,
    own,
    other,
    accounts,
    progress,
    config: configOf(accounts, twins, wished.waves ?? wavesDrawn(random)),
    open: (on = progress) => openSession(fleet, on, () => `id-${(ids += 1)}`),
  }
  return fleet
}

async function openSession(fleet: Fleet, progress: MemoryProgress, newId: () => string): Promise<Session> {
  const { accounts, clock, config, trouble } = fleet
  for (const account of accounts) account.pass()
  const listed = accounts.flatMap((account) =>
    [...account.databases.values()].map((database) => ({ account, database, ...aboutOf(account, database) })),
  )
  const names = namesOf(listed.map(({ about }) => about))
  const isStaging = (name: string) => config.databases[name]?.environment === 'staging'
  const ordered = inOrder(
    listed.map((one) =>
      names.isAmbiguous(one.about.name) ? { ...one, about: { ...one.about, called: qualifiedName(one.about) } } : one,
    ),
    config,
    names,
    ({ about }) => isStaging(qualifiedName(about)),
  )
  const around = (subject: Subject): Surroundings => {
    const account = accounts.find(({ world }) => world === subject.world)
    if (!account) throw new Error(`there is no account of ${subject.world}`)
    return { account, accounts, clock, trouble, applications: applicationsOf(config) }
  }
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: { open: async (subject) => worldOf(around(subject)) },
    declared: declaredBy(config, names),
    who: WHO,
    patience: { observe: 10 * MINUTE, settle: 30 * MINUTE, every: 30_000 },
    notify: () => undefined,
    now: clock.now,
    sleep: clock.sleep,
    newId,
  }
  const databases = await Promise.all(
    ordered.map(async ({ about, database }) => ({ desk: await openDesk(deps, about), record: database.record })),
  )
  return {
    runbook,
    badge: { world: 'SIMULATED', mode: 'EXECUTE', region: REGION },
    databases,
    applier: sendingApplier({ open: async (subject) => writerOf(around(subject)) }),
    waves: config.waves,
    remedies: [],
    notices: [],
    now: clock.now,
    takeReplies: async () => [],
    listen: () => () => undefined,
  }
}

const aboutOf = ({ world }: SimulatedAccount, { record }: SimulatedDatabase) => ({
  about: {
    subject: { kind: 'database' as const, world, region: REGION, id: record.resourceId },
    name: record.id,
  },
})
