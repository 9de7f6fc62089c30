import { randomBytes } from 'node:crypto'
import type { ApplicationReport, DataPlane, Pki } from '../data-plane.ts'
import { namesIn, parseFault, type ActiveFaults } from '../faults/active-faults.ts'
import { machineClock } from '../lifecycle/clock.ts'
import { Conductor } from '../lifecycle/conductor.ts'
import type { RegionInfo } from '../region-info.ts'
import { errorText } from '../region-unusable.ts'
import type { DatabaseState } from '../state/database-state.ts'
import type { Effect } from '../state/effect.ts'
import type { RegionStore } from '../state/region-store.ts'
import type { ApplicationsRunning } from './applications-running.ts'
import { Clients } from './clients.ts'
import type { Controlled, JoinWish } from './control-path.ts'
import { describeRegion } from './describe-region.ts'
import { noteIn, type RegionFolder } from './region-folder.ts'
import type { ServersRunning } from './servers-running.ts'
import { checkedSpeed } from './speed.ts'
import type { Undo } from './undo.ts'

/** Milliseconds that a Region without clients waits before it ends, and that it waits for the first one. */
const GRACE = 2_000
const FIRST_GRACE = 60_000

/** A Region that this process serves. */
export interface RunningRegion {
  info(): RegionInfo
  reports(): readonly ApplicationReport[]
  /** Programs that are joined now. */
  readonly clients: Pick<Clients, 'count'>
  /**
   * From now on it ends by itself when no program has been joined for `grace` milliseconds; `first` is how long the
   * first one may take.
   */
  endWhenAlone(grace?: number, first?: number): void
  /** Ends it cleanly: applications, servers, listeners. Idempotent. */
  stop(): Promise<void>
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
}

/** What a Region consists of once everything runs. */
export interface Parts {
  readonly folder: RegionFolder
  readonly dataPlane: DataPlane
  readonly store: RegionStore
  readonly pkis: ReadonlyMap<string, Pki>
  readonly servers: ServersRunning
  readonly applications: ApplicationsRunning
  readonly faults: ActiveFaults
  readonly checkProgram: string
  readonly undo: Undo
}

export class Region implements RunningRegion, Controlled {
  readonly token = randomBytes(32).toString('base64url')
  readonly clients = new Clients(() => this.end())
  readonly ended: Promise<void>
  readonly #parts: Parts
  readonly #conductor: Conductor
  readonly #ended = Promise.withResolvers<void>()
  #speed: number
  #isUp = true

  constructor(parts: Parts, speed: number) {
    const { faults, folder, pkis, servers, store } = parts
    this.#parts = parts
    this.#speed = speed
    this.ended = this.#ended.promise
    this.#conductor = new Conductor({
      store,
      faults,
      servers,
      pkis,
      clock: machineClock,
      speed: () => this.#speed,
      restarted: (database) => this.#restarted(database),
      report: (problem) => noteIn(folder, problem),
    })
  }

  get speed(): number {
    return this.#speed
  }

  /** Lets the faults that are switched on prepare the databases and disguise their servers, and takes up what is due. */
  async begin(): Promise<void> {
    this.#prepareFaults()
    await this.#disguiseServers()
    this.#conductor.start()
  }

  /** A request changed the world. */
  attend({ databases = [], gone = [] }: Effect): void {
    for (const { key } of databases) this.#conductor.attend(key)
    for (const key of gone)
      this.#parts.servers.end(key).catch((error: unknown) => noteIn(this.#parts.folder, errorText(error)))
  }

  info(): RegionInfo {
    const { checkProgram, dataPlane, faults, folder, servers, store } = this.#parts
    const settings = { speed: this.#speed, faults: faults.names, checkProgram }
    return describeRegion(folder, store.state, dataPlane, servers, settings)
  }

  reports(): readonly ApplicationReport[] {
    return this.#parts.applications.reports()
  }

  /** Speed and faults are the Region's: the client that asks last decides. */
  async adopt({ speed, faults }: JoinWish): Promise<void> {
    const settings = faults?.map((fault) => parseFault(fault, namesIn(this.#parts.store.state)))
    if (speed !== undefined) this.#speed = checkedSpeed(speed)
    if (!settings) return
    this.#parts.faults.replace(settings)
    await this.begin()
  }

  isUp(): boolean {
    return this.#isUp
  }

  endWhenAlone(grace: number = GRACE, first: number = FIRST_GRACE): void {
    this.clients.endWhenAlone(grace, first)
  }

  end(): void {
    void this.stop()
  }

  async stop(): Promise<void> {
    await this.#parts.undo.run()
    this.#ended.resolve()
  }

  /** Takes no new clients, and lets what is being done to a database finish. */
  async rest(): Promise<void> {
    this.#isUp = false
    this.clients.stop()
    await this.#conductor.stop()
  }

  async #restarted(database: DatabaseState): Promise<void> {
    const { applications, faults } = this.#parts
    if (faults.of(database).some((fault) => fault.losesClients)) await applications.lose(database.key)
  }

  /** Each server behind the disguise of the fault that was named last for it, or without one. */
  async #disguiseServers(): Promise<void> {
    const { faults, servers, store } = this.#parts
    await Promise.all(
      store.state.databases.map(async (database) => {
        const disguises = faults.of(database).map(({ disguise }) => disguise?.(database))
        await servers.get(database.key)?.disguise(disguises.findLast((one) => one !== undefined))
      }),
    )
  }

  #prepareFaults(): void {
    const { faults, store } = this.#parts
    for (const database of store.state.databases) {
      const now = Date.now()
      const prepared = faults.of(database).reduce((state, { prepares }) => prepares?.(state, now) ?? state, database)
      if (prepared !== database) store.commit(prepared)
    }
  }
}
