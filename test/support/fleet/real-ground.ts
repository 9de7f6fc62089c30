/**
 * A fleet on real servers: the simulated Region over HTTP with PostgreSQL and MariaDB behind it, the program's own adapters in front, and
 * faults drawn from a seed. What its operator may do about what is named, he does through AWS's API and in the applications' files.
 */
import { copyFile, readFile, rename } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ModifyDBInstanceCommand, RebootDBInstanceCommand } from '@aws-sdk/client-rds'
import { parse } from 'yaml'
import { openSession, REAL_PATIENCE, savedProgress } from '../../../src/commands/open-session.ts'
import { regionCredentials } from '../../../src/commands/rehearsal-operator.ts'
import { configSchema, type Config } from '../../../src/config/schema.ts'
import { HANDSHAKE_LIMITS } from '../../../src/manners/limits.ts'
import type { JoinedRegion } from '../../../src/rehearsal/join.ts'
import { worldOf } from '../../../src/rules/words.ts'
import type { RunnerEvent } from '../../../src/runner/events.ts'
import { look } from '../../../src/runner/look.ts'
import { rdsClient } from '../../rehearsal/control-plane/support/region.ts'
import { NEW_CA } from '../scripted-region.ts'
import { seeded } from '../seeded.ts'
import { never, StartAgain, type Case, type Ground, type Hand, type Hands } from './ground.ts'
import { Killed } from './simulated-ports.ts'

export const SPEED = 600
const MINUTE = 60_000

/** What the simulated Region does by itself, once, and what lasts until somebody sees to it. */
const ONCE = ['restored-mid-run', 'changed-by-iac', 'scheduled-in-console'] as const
const LASTING = [
  'throttle',
  'expired-token',
  'lost-response',
  'refused-modify',
  'old-certificate',
  'stuck-modifying',
  'pending-change',
  'pending-reboot-parameter',
] as const
const EVERYWHERE: ReadonlySet<string> = new Set(['throttle', 'expired-token'])
/** Where the program dies: with an intent on disk, with a receipt on disk, and having looked. */
const DEATHS = ['sending', 'answered', 'looked'] as const
const DATABASES = ['orders-staging', 'orders-production', 'billing-staging', 'billing-production'] as const

export interface Drawn {
  readonly faults: readonly string[]
  readonly deaths: readonly RunnerEvent['kind'][]
}

/** Eight things that go wrong. */
export function drawnFor(seed: number): Drawn {
  const random = seeded(seed)
  const faults: string[] = []
  const deaths: RunnerEvent['kind'][] = []
  for (let count = 0; count < 8; count += 1) {
    const name = random.oneOf([...ONCE, ...LASTING, ...DEATHS])
    const database = random.oneOf(DATABASES)
    const isDeath = (DEATHS as readonly string[]).includes(name)
    if (isDeath) deaths.push(name as RunnerEvent['kind'])
    else faults.push(EVERYWHERE.has(name) ? name : `${name}:${database}`)
  }
  return { faults, deaths }
}

/** `join`: joins the Region of this folder, with these faults switched on, or with those that are. */
export type Join = (faults?: readonly string[]) => Promise<JoinedRegion>

export async function realGround(directory: string, drawn: Drawn, join: Join): Promise<Ground> {
  let faults = drawn.faults
  const deaths = [...drawn.deaths]
  const { info } = await join(faults)
  const config = await declared(info.config)
  const rds = rdsClient(info.endpoint)
  const stateDir = joinPath(directory, 'state')

  /** Takes faults back. Those that strike once would strike anew, and have had their turn. */
  const drop = async (...names: readonly string[]): Promise<void> => {
    const isOver = (fault: string) => [...names, ...ONCE].some((name) => fault === name || fault.startsWith(`${name}:`))
    if (!faults.some((fault) => names.some((name) => fault === name || fault.startsWith(`${name}:`)))) return
    faults = faults.filter((fault) => !isOver(fault))
    await join(faults)
  }
  const pause = (milliseconds: number) => wait(Math.ceil(milliseconds / SPEED))
  /** What keeps AWS busy comes to an end. */
  const sleep = async (milliseconds: number): Promise<void> => {
    await pause(milliseconds)
    await drop('stuck-modifying', 'refused-modify')
  }
  const asks = async (command: ModifyDBInstanceCommand | RebootDBInstanceCommand): Promise<void> => {
    // It may be refused, or its answer lost, as anybody's: what came of it is looked at.
    await rds.send(command).catch(() => undefined)
    await pause(5 * MINUTE)
  }
  const reboots = ({ desk }: Case) => asks(new RebootDBInstanceCommand({ DBInstanceIdentifier: desk.about.name }))

  return {
    worlds: [worldOf(info.accountId, info.endpoint)],
    progress: savedProgress(stateDir),
    clock: { now: Date.now, sleep },
    hands: handsWith({ drop, pause, reboots, asks }),
    logIn: () => drop('expired-token'),
    makeRoom: () => undefined,
    async open() {
      const { info: now } = await join()
      const session = await openSession({
        stateDir,
        bundles: joinPath(directory, 'bundles'),
        config,
        connect: new Map(now.databases.map(({ host, port }) => [`${host}:${port}`, `127.0.0.1:${port}`])),
        bundleUrl: now.bundleUrl,
        bundleCa: await readFile(now.bundleCa, 'utf8'),
        region: now.region,
        endpoint: now.endpoint,
        keys: { accessKeyId: 'REHEARSAL', secretAccessKey: 'rehearsal' },
        execute: true,
        credentials: regionCredentials(now),
        patience: { observe: REAL_PATIENCE.observe / SPEED, settle: 10_000, every: 200 },
        limits: { ...HANDSHAKE_LIMITS, window: Math.ceil(HANDSHAKE_LIMITS.window / SPEED) },
        handshakes: joinPath(directory, 'handshakes'),
        remedies: [],
        notices: [],
        worldName: (account) => account,
        signal: never,
      })
      session.listen(({ kind }) => {
        if (kind !== deaths[0]) return
        deaths.shift()
        throw new Killed(kind)
      })
      return session
    },
  }
}

/** The rehearsal's declarations, with a target, and three waves. */
async function declared(path: string): Promise<Config> {
  const { databases, ...rest } = configSchema.parse(parse(await readFile(path, 'utf8')))
  return {
    ...rest,
    databases: Object.fromEntries(Object.entries(databases).map(([name, one]) => [name, { ...one, target: NEW_CA }])),
    waves: [
      { name: 'canary', environment: 'staging', atOnce: 2, bake: 0 },
      { name: 'orders', names: ['orders-*'], atOnce: 1, bake: 0 },
      { name: 'others', names: ['*'], atOnce: 1, bake: 0 },
    ],
  }
}

interface Means {
  drop(...names: readonly string[]): Promise<void>
  pause(milliseconds: number): Promise<void>
  reboots(one: Case): Promise<void>
  asks(command: ModifyDBInstanceCommand): Promise<void>
}

/** Copies the bundle into a trust store, as its owner would: the application must never find half of it. */
async function mendsStore({ desk, args }: Case): Promise<void> {
  const detail = desk.assess().steps.get('bundle')?.facts?.detail
  if (!detail || !('file' in detail)) throw new Error('there is no bundle')
  const store = String(args['store'])
  await copyFile(String(detail.file), `${store}.new`)
  await rename(`${store}.new`, store)
}

function handsWith({ drop, pause, reboots, asks }: Means): Hands {
  const hand = (named: RegExp, ...deeds: readonly ((one: Case) => Promise<void>)[]): Hand => ({
    named,
    async does(one) {
      for (const deed of deeds) await deed(one)
      await look(one.desk, one.step, never)
    },
  })
  const looksAt = (step: string, named: RegExp): Hand => ({
    named,
    does: async ({ desk }) => void (await look(desk, step, never)),
  })
  const startsAgain = hand(/tart again from the list/, async ({ desk }) => {
    throw new StartAgain(desk.about.name)
  })
  const waits = () => pause(5 * MINUTE)
  return {
    gone: startsAgain,
    replaced: startsAgain,
    'staging not-on-target': startsAgain,
    'cannot-ask': hand(/Check credentials and network/, () => drop('expired-token', 'throttle')),
    'cannot-reach': hand(/look from a host that reaches it/, waits),
    'staging cannot-reach': hand(/If it is stopped, start it/, waits),
    'cannot-log-in': hand(/Check the credentials/, waits),
    'target-root-missing': hand(/Put the bundle of 03 into that store/, mendsStore),
    'not-available': hand(/Wait until it is available/, waits),
    'status-changed': looksAt('preflight', /Look at 06 again when it is available/),
    'pending-change': hand(
      /Apply or cancel it first/,
      () => drop('pending-change'),
      ({ desk: { about } }) =>
        asks(new ModifyDBInstanceCommand({ DBInstanceIdentifier: about.name, ApplyImmediately: true })),
    ),
    'pending-reboot': hand(/Reboot for them/, () => drop('pending-reboot-parameter'), reboots),
    'pending-ca': hand(/Let it come, or cancel it, then look again/, () => pause(30 * MINUTE)),
    'wrong-root': hand(
      /Check for a staged certificate that waits for a restart/,
      () => drop('old-certificate'),
      reboots,
    ),
    'client-missing': hand(/Wait for it and look again/, waits),
    'ca-changed': looksAt('identify', /Look at 01 again/),
    'ca-pending': looksAt('identify', /Look at 01 again/),
    'outside-gone': looksAt('identify', /Look at 01 again/),
    'pending-appeared': looksAt('preflight', /Look at 06 again/),
  }
}
