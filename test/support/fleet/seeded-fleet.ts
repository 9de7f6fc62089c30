/** A fleet drawn from a seed: accounts, databases, twins, waves; and the sessions that operators open on it. */
import { runbook } from '../../../steps/index.ts'
import { applicationsOf } from '../../../src/config/applications.ts'
import { declaredBy, declaredOf } from '../../../src/config/declared.ts'
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
import { arm, drawnBeside, keyOf, OTHER, OWN, populate, type Drawn, type Errand } from './drawn-fleet.ts'
import type { Ground } from './ground.ts'
import { handsIn } from './hands.ts'
import { MovingClock } from './moving-clock.ts'
import { multiAzClusterOf } from './records.ts'
import { SimulatedAccount, type SimulatedDatabase } from './simulated-account.ts'
import { Trouble, worldOf, writerOf, type Surroundings } from './simulated-ports.ts'

export { keyOf, OTHER, OWN, type Errand } from './drawn-fleet.ts'

export type Random = ReturnType<typeof seeded>

const MINUTE = 60_000

export interface Fleet extends Ground {
  readonly random: Random
  readonly clock: MovingClock
  readonly trouble: Trouble
  readonly own: SimulatedAccount
  readonly other: SimulatedAccount
  readonly accounts: readonly SimulatedAccount[]
  readonly errands: readonly Errand[]
  readonly progress: MemoryProgress
  /** The configuration as its owners keep it; they follow a database that was renamed. */
  config: Config
  /** Lists the fleet and opens a session on it, as starting the program does; on another machine with progress of its own. */
  open(progress?: MemoryProgress): Promise<Session>
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
  /** Instances, replicas and an Aurora cluster, through the waves, and nothing else. */
  readonly wavesAlone?: true
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
  const first = wished.drawn ?? { billing: some(), ledger: some(), shop: some(), elsewhere: some() }
  const drawn = (wished.drawn ?? wished.wavesAlone) ? first : drawnBeside(seed, first)
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
    errands: drawn.errands ?? [],
    worlds: accounts.map(({ world }) => world),
    progress,
    config: configOf(accounts, twins, wished.waves ?? wavesDrawn(random)),
    get hands() {
      return handsIn(fleet)
    },
    logIn: () => void (trouble.expired = false),
    makeRoom: () => progress.failWith(undefined),
    leaveWaveTo(name, names) {
      const waves = fleet.config.waves.map((wave) =>
        wave.name === name ? { ...wave, environment: undefined, names: undefined, databases: [...names] } : wave,
      )
      fleet.config = { ...fleet.config, waves }
    },
    open: (on = progress) => openSession(fleet, on, () => `id-${(ids += 1)}`),
  }
  for (const errand of fleet.errands) arm(own, errand)
  return fleet
}

async function openSession(fleet: Fleet, progress: MemoryProgress, newId: () => string): Promise<Session> {
  const { accounts, clock, trouble } = fleet
  // Whatever happens by now, a rename for example, its owners have followed.
  for (const account of accounts) account.pass()
  const { config } = fleet
  const listed = accounts.flatMap((account) =>
    [...account.databases.values()].map((database) => ({ account, database, ...aboutOf(account, database) })),
  )
  const names = namesOf(listed.map(({ about, database }) => ({ ...about, cluster: database.record.clusterId })))
  const ordered = inOrder(
    listed.map((one) =>
      names.isAmbiguous(one.about.name) ? { ...one, about: { ...one.about, called: qualifiedName(one.about) } } : one,
    ),
    config,
    names,
    ({ about }) => declaredOf(config, names.namesOf(about))?.environment === 'staging',
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
    ordered.map(async ({ about, database: { record, members } }) => ({
      desk: await openDesk(deps, about),
      meantBy: names.namesOf(about),
      record: members ? multiAzClusterOf(record, members) : record,
    })),
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

const aboutOf = ({ world }: SimulatedAccount, { record, members }: SimulatedDatabase) => ({
  about: {
    subject: {
      kind: members ? ('cluster' as const) : ('database' as const),
      world,
      region: REGION,
      id: record.resourceId,
    },
    name: record.id,
  },
})
