/** A session over the real rules, the real steps and the real runner; only what lies behind the ports is scripted. */
import { runbook } from '../../steps/index.ts'
import { answersOf } from '../../src/rules/asking.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import { digestOf, worldOf, type Subject } from '../../src/rules/words.ts'
import type { About } from '../../src/rules/step.ts'
import type { WaveDeclared } from '../../src/rules/waves.ts'
import { sendingApplier, showingApplier } from '../../src/runner/apply.ts'
import type { RunnerDeps } from '../../src/runner/deps.ts'
import { openDesk } from '../../src/runner/desk.ts'
import type { RunnerEvent } from '../../src/runner/events.ts'
import type { Remedy, Session } from '../../src/ui/session.ts'
import { pastedReplies } from '../../src/commands/people/pasted-replies.ts'
import { memoryProgress, type MemoryProgress } from './memory-progress.ts'
import { NOW, WHO } from './scenario.ts'
import { ACCOUNT, NEW_CA, REGION, scriptedRegion, type ScriptedRegion } from './scripted-region.ts'

/** A clock that stands still until it is moved; sleepers wake when it has passed their time. */
export interface Clock {
  now(): number
  move(ms: number): void
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** How many are asleep. */
  sleeping(): number
}

export function pinnedClock(start = NOW): Clock {
  let now = start
  const sleepers = new Map<() => void, number>()
  return {
    now: () => now,
    move(ms) {
      now += ms
      for (const [wake, at] of sleepers) if (at <= now) wake()
    },
    async sleep(ms, signal) {
      signal.throwIfAborted()
      if (ms <= 0) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      sleepers.set(resolve, now + ms)
      const stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      await promise.finally(() => {
        sleepers.delete(resolve)
        signal.removeEventListener('abort', stop)
      })
    },
    sleeping: () => sleepers.size,
  }
}

export interface Wish {
  readonly execute?: boolean
  /** Name and engine; the default is a pair of PostgreSQL and a pair of MariaDB. */
  readonly databases?: readonly (readonly [string, string])[]
  /** What the configuration declares; the default leaves target and environment to the operator where `bare`. */
  readonly declared?: (name: string) => Partial<Decisions>
  readonly notices?: readonly string[]
  readonly remedies?: readonly Remedy[]
  readonly waves?: readonly WaveDeclared[]
  readonly declare?: NonNullable<Session['declare']>
}

export interface TestSession {
  readonly session: Session
  readonly region: ScriptedRegion
  readonly progress: MemoryProgress
  readonly clock: Clock
  readonly subjectOf: (name: string) => Subject
}

const PAIRS = [
  ['orders-staging', 'postgres'],
  ['orders-production', 'postgres'],
  ['billing-staging', 'mariadb'],
  ['billing-production', 'mariadb'],
] as const

export const WORLD = worldOf(ACCOUNT, 'http://127.0.0.1:1')

export const applicationsOnRecord: Decisions['applications'] = [
  { name: 'orders-api', verification: 'verify-full', users: ['orders_api'] },
  { name: 'reports', verification: 'verify-full', users: ['reports'] },
]

/** What mends a stale trust store here. */
export const mendStore = (region: () => ScriptedRegion): Remedy => ({
  label: 'put the bundle into this trust store',
  cures: (step, { shortfall }) => step === 'trust-stores' && shortfall.code === 'target-root-missing',
  run: async (_desk, { about }) => {
    region().storeIsStale = false
    return `the trust store of ${about?.name ?? 'it'} now holds the bundle`
  },
})

export async function testSession(wish: Wish = {}): Promise<TestSession> {
  const databases = wish.databases ?? PAIRS
  const clock = pinnedClock()
  const region = scriptedRegion(databases)
  const progress = memoryProgress({ who: WHO, now: clock.now })
  region.answers = {
    of: async (world, application) =>
      answersOf((await progress.open({ kind: 'application', world, id: application })).state),
  }
  const subjectOf = (name: string): Subject => ({
    kind: 'database',
    world: WORLD,
    region: REGION,
    id: `db-${name.toUpperCase()}`,
  })
  const declared = (name: string): Partial<Decisions> => ({
    environment: name.endsWith('staging') ? 'staging' : 'production',
    target: { ca: NEW_CA },
    applications: applicationsOnRecord,
    clients: [{ user: 'dbadmin', application: 'psql', as: 'not-ours', why: 'the DBA at work' }],
    twin: name.endsWith('staging')
      ? 'none'
      : {
          subject: subjectOf(name.replace('production', 'staging')),
          name: name.replace('production', 'staging'),
        },
  })
  const listeners = new Set<(event: RunnerEvent) => void>()
  let ids = 0
  const deps: RunnerDeps = {
    runbook,
    progress,
    worlds: { open: async () => region.world(clock.now) },
    declared: {
      decisionsFor: ({ name }: About) => (wish.declared ?? declared)(name),
      applicationDigest: (name) => digestOf(name),
    },
    who: WHO,
    patience: { observe: 60_000, settle: 600_000, every: 5_000 },
    notify: (event) => {
      for (const listener of listeners) listener(event)
    },
    now: clock.now,
    sleep: clock.sleep,
    newId: () => `id-${(ids += 1)}`,
  }
  const opened = await Promise.all(
    databases.map(async ([name]) => ({
      desk: await openDesk(deps, { subject: subjectOf(name), name }),
      ...present('record', region.databases.get(name)),
    })),
  )
  const execute = wish.execute ?? true
  const session: Session = {
    runbook,
    badge: { world: `REHEARSAL ${ACCOUNT}`, mode: execute ? 'EXECUTE' : 'DRY RUN', region: REGION },
    databases: opened,
    applier: execute ? sendingApplier({ open: async () => region.writer(clock.now) }) : showingApplier(),
    waves: wish.waves ?? [],
    ...(wish.declare && { declare: wish.declare }),
    remedies: wish.remedies ?? [mendStore(() => region)],
    notices: wish.notices ?? [],
    takeReplies: pastedReplies(progress, clock.now),
    now: clock.now,
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return { session, region, progress, clock, subjectOf }
}

const present = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
