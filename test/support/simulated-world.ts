/**
 * The simulated Region's own code (API, lifecycle, faults) with a clock that is moved by hand, no disk, no sockets and
 * certificates of paper: a world for seeded runs, of which hundreds fit into seconds.
 *
 *     const world = await simulatedWorld({ plan: FULL_WORLD, faults: ['throttle'] })
 *     const control = simulatedControlPlane(world, HOME)        // the port that steps look through
 *     world.ask(HOME, 'ModifyDBInstance', { … })                // one call, as a value; throws Refused or Lost
 *     await world.move(60_000)                                  // what is due by then is done
 *     world.happen('shop-production-2', failsOver)              // something happens by itself
 *     world.presents('orders-staging')                          // what its server shows on the wire
 */
import type { Call } from '../../src/rehearsal/api/call.ts'
import { perform, type Backend } from '../../src/rehearsal/api/carry-out.ts'
import { asJson } from '../../src/rehearsal/api/json.ts'
import { XmlList, type Xml } from '../../src/rehearsal/api/xml.ts'
import type { Pki, ServerCertificate } from '../../src/rehearsal/data-plane.ts'
import { ActiveFaults, namesIn, parseFault } from '../../src/rehearsal/faults/active-faults.ts'
import { FULL_WORLD } from '../../src/rehearsal/fleet/full-world.ts'
import { portsOf, type WorldPlan } from '../../src/rehearsal/fleet/world-plan.ts'
import { Conductor } from '../../src/rehearsal/lifecycle/conductor.ts'
import type { Happening } from '../../src/rehearsal/lifecycle/happenings.ts'
import { newWorld } from '../../src/rehearsal/process/set-up.ts'
import type { DatabaseState } from '../../src/rehearsal/state/database-state.ts'
import { withEffect, type Effect } from '../../src/rehearsal/state/effect.ts'
import type { RegionState } from '../../src/rehearsal/state/region-state.ts'
import type { RequestLine } from '../../src/rehearsal/state/request-log.ts'
import { asksForChange, withCommitted, type Kept, type Store } from '../../src/rehearsal/state/store.ts'
import type { Place } from '../../src/rehearsal/world.ts'
import { paperOf, paperPki, type Paper } from './paper-pki.ts'
import { SimulatedClock } from './simulated-clock.ts'

export interface SimulatedWish {
  /** What the world consists of; the full one when absent. */
  readonly plan?: WorldPlan
  readonly faults?: readonly string[]
  /** How much faster than AWS; 1 when absent: the clock costs nothing. */
  readonly speed?: number
  readonly start?: number
}

/** AWS said no. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  readonly status: number
  constructor(code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** The answer never came; what was asked for may have been done. */
export class Lost extends Error {
  override readonly name = 'Lost'
}

export type Parameters = Readonly<Record<string, string | boolean | number>>

export interface SimulatedWorld {
  readonly clock: SimulatedClock
  readonly state: RegionState
  readonly faults: ActiveFaults
  readonly pkis: ReadonlyMap<string, Pki>
  /** Every call, in order, with what it changed. */
  readonly requests: readonly RequestLine[]
  /** One call, parameters by their wire names; its result with lists as arrays and instants as dates. Throws {@link Refused} and {@link Lost}. */
  ask(place: Place, action: string, parameters?: Parameters, service?: Call['service']): Record<string, unknown>
  /** Moves the clock; everything that is due by then has been done to its end when this resolves. */
  move(milliseconds: number): Promise<void>
  /** Something happens to a database, by its key. False where it cannot. */
  happen(key: string, happening: Happening): boolean
  /** Switches these faults on, and all others off. */
  switchOn(...faults: readonly string[]): void
  /** What the server of a database presents now; undefined where there is none. */
  presents(key: string): Paper | undefined
}

const START = Date.parse('2026-11-22T09:00:00Z')

export async function simulatedWorld(wish: SimulatedWish = {}): Promise<SimulatedWorld> {
  const { plan = FULL_WORLD, faults = [], speed = 1, start = START } = wish
  const clock = new SimulatedClock(start)
  const pkis = new Map(plan.regions.map((region) => [region, paperPki(region, clock.now)]))
  // Twenty more than there are servers and endpoints, for databases that come later.
  const ports = Array.from({ length: portsOf(plan) + 20 }, (_, index) => 20_000 + index)
  const mysql = { found: true, program: 'mariadbd' } as const
  const made = await newWorld(plan, mysql, pkis, { now: start, speed }, ports)
  const store = new MemoryStore({ ...made, ports: { api: 1, bundles: 2 }, logBytes: 0 })
  const active = new ActiveFaults([])
  const servers = paperServers(store)
  const problems: string[] = []
  const conductor = new Conductor({
    store,
    pkis,
    faults: active,
    servers,
    clock,
    speed: () => speed,
    restarted: async () => undefined,
    report: (problem) => problems.push(problem),
  })
  const changed = ({ databases = [] }: Effect): void => {
    for (const { key } of databases) conductor.attend(key)
  }
  const backend: Backend = {
    store,
    pkis,
    faults: active,
    logIn: () => ({ user: 'runbook', database: 'app' }),
    speed: () => speed,
    changed,
  }
  const apply = (effect: Effect): void => {
    store.apply(effect)
    changed(effect)
  }
  const switchOn = (...names: readonly string[]): void => {
    active.replace(names.map((name) => parseFault(name, namesIn(store.state))))
    for (const database of store.state.databases) {
      const prepared = active.of(database).reduce((one, { prepares }) => prepares?.(one, clock.now()) ?? one, database)
      if (prepared !== database) apply({ databases: [prepared] })
    }
  }
  switchOn(...faults)
  conductor.start()
  let requests = 0
  return {
    clock,
    faults: active,
    pkis,
    requests: store.requests,
    get state() {
      return store.state
    },
    ask(place, action, parameters = {}, service = 'rds') {
      const texts = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
      const call: Call = { ...place, service, action, parameters: texts, accessKey: '', at: clock.now() }
      const { result, error, cut } = perform(call, backend, `request-${(requests += 1)}`)
      if (error) throw new Refused(error.code, error.status, error.message)
      if (cut) throw new Lost(`The answer to ${action} was lost`)
      return plain(result)
    },
    async move(milliseconds) {
      await clock.move(milliseconds, () => conductor.idle())
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
    happen(key, happening) {
      const database = store.state.databases.find((one) => one.key === key)
      const effect = database && happening(database, store.state, { now: clock.now(), speed })
      if (effect) apply(effect)
      return effect !== undefined
    },
    switchOn,
    presents: (key) => servers.presents(key),
  }
}

/** A result as the SDK would give it: lists as arrays, instants as dates. */
const plain = (result: Readonly<Record<string, Xml>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result).map(([name, value]) => [name, plainValue(value)]))

function plainValue(value: Xml): unknown {
  if (value instanceof Date) return value
  if (value instanceof XmlList) return value.items.map((item) => plainValue(item))
  return typeof value === 'object' ? plain(value) : asJson(value)
}

class MemoryStore implements Store {
  state: RegionState
  readonly requests: RequestLine[] = []

  constructor(state: RegionState) {
    this.state = state
  }

  get trail(): readonly RequestLine[] {
    return this.requests.filter((line) => asksForChange(line))
  }

  record(line: RequestLine): void {
    this.requests.push(line)
    if (line.effect) this.apply(line.effect)
  }

  apply(effect: Effect): void {
    this.state = withEffect(this.state, effect)
  }

  commit(database: DatabaseState, kept?: Kept): void {
    this.state = withCommitted(this.state, database, kept)
  }
}

/** Servers that present the certificate that they were given last; one that was staged, after the next restart. */
function paperServers(store: Store) {
  const presented = new Map<string, ServerCertificate>()
  const put = (key: string) => async (certificate: ServerCertificate) => void presented.set(key, certificate)
  const isServed = (key: string): boolean =>
    store.state.databases.some((database) => database.key === key && database.family !== 'none')
  return {
    get: (key: string) =>
      isServed(key) ? { pid: 1, reload: put(key), restart: put(key), stage: async () => undefined } : undefined,
    start: async () => undefined,
    presents(key: string): Paper | undefined {
      const first = store.state.certificates[key]?.live
      const certificate = presented.get(key) ?? first
      return isServed(key) && certificate ? paperOf(certificate) : undefined
    },
  }
}
