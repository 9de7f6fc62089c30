import type { DatabaseServer, Pki } from '../data-plane.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import { errorText } from '../region-unusable.ts'
import type { Clock } from './clock.ts'
import type { Act, DatabaseState } from '../state/database-state.ts'
import { asServerCertificate, type DatabaseCertificates } from '../state/region-state.ts'
import { certificatesOf, findDatabase, type Store } from '../state/store.ts'
import { CertificateSource, leafOf, type Provision } from './certificate-source.ts'
import { serverEffectOf } from './server-effect.ts'
import { applied, begun, rebooted, restarting, settled, unstaged, windowOpened } from './transitions.ts'

/** What the conductor works with. */
export interface Stage {
  readonly store: Store
  readonly pkis: ReadonlyMap<string, Pki>
  readonly faults: ActiveFaults
  readonly servers: Servers
  readonly clock: Clock
  speed(): number
  /** A server has been restarted. */
  restarted(database: DatabaseState): Promise<void>
  /** Something went wrong that no client sees. */
  report(problem: string): void
}

/** The servers of the databases that have one. */
export interface Servers {
  get(key: string): Pick<DatabaseServer, 'pid' | 'reload' | 'restart' | 'stage'> | undefined
  /** Starts the server of a new database. */
  start(database: DatabaseState): Promise<void>
}

/** Milliseconds before an act that failed is tried again. */
const RETRY = 1_000

/**
 * Carries out the agendas: waits until an act is due, does it to the real server, and saves what came of it. Acts are
 * repeatable: a kill between the deed and its record makes the next Region do it again.
 */
export class Conductor {
  readonly #stage: Stage
  readonly #certificates: CertificateSource
  readonly #timers = new Map<string, () => void>()
  readonly #performing = new Map<string, Promise<void>>()
  #stopped = false

  constructor(stage: Stage) {
    this.#stage = stage
    const { pkis, faults, store } = stage
    this.#certificates = new CertificateSource(pkis, faults, () => store.state.clusters)
  }

  /** Takes up every database's agenda where it stands. */
  start(): void {
    for (const { key } of this.#stage.store.state.databases) this.attend(key)
  }

  /** Looks at one database's agenda anew. */
  attend(key: string): void {
    this.#timers.get(key)?.()
    this.#timers.delete(key)
    if (this.#stopped || this.#performing.has(key)) return
    const database = findDatabase(this.#stage.store, key)
    const act = database?.agenda[0]
    if (!database || !act || this.#isHeld(database, act)) return
    this.#wait(key, act, Math.max(0, act.at - this.#stage.clock.now()))
  }

  /** Resolves when nothing is being done to any database. */
  async idle(): Promise<void> {
    while (this.#performing.size > 0) await Promise.all(this.#performing.values())
  }

  /** Lets what is being done finish, and begins nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const callOff of this.#timers.values()) callOff()
    await Promise.all(this.#performing.values())
  }

  #wait(key: string, act: Act, milliseconds: number): void {
    const callOff = this.#stage.clock.after(milliseconds, () => {
      this.#performing.set(key, this.#performOrRetry(key, act))
    })
    this.#timers.set(key, callOff)
  }

  async #performOrRetry(key: string, act: Act): Promise<void> {
    let failed = false
    try {
      await this.#perform(key, act)
    } catch (error) {
      failed = true
      this.#stage.report(`${act.act} of ${key} failed and will be tried again: ${errorText(error)}`)
    }
    this.#performing.delete(key)
    if (!failed) this.attend(key)
    else if (!this.#stopped) this.#wait(key, act, RETRY)
  }

  async #perform(key: string, { act }: Act): Promise<void> {
    const { clock, store } = this.#stage
    const database = findDatabase(store, key)
    // It may have been deleted, or its agenda replaced, since the timer was set.
    if (database?.agenda[0]?.act !== act) return
    switch (act) {
      case 'open-window':
        return store.commit(windowOpened(database, { now: clock.now(), speed: this.#stage.speed() }))
      case 'begin':
        return store.commit(begun(database))
      case 'apply':
        return this.#apply(database)
      case 'reboot':
        return this.#reboot(database)
      case 'unstage':
        return this.#unstage(database)
      case 'create':
        return this.#create(database)
      case 'settle':
        return store.commit(settled(database, clock.now()))
    }
  }

  /** A new database's server starts, with a certificate of its own. */
  async #create(database: DatabaseState): Promise<void> {
    const { servers, store } = this.#stage
    const live = await this.#certificates.issue(database, database.ca)
    const { from, till } = leafOf(live)
    store.commit({ ...this.#now(database), leaf: { from, till } }, { certificates: { live } })
    await servers.start(database)
    store.commit(unstaged(this.#now(database)))
  }

  async #apply(database: DatabaseState): Promise<void> {
    const { clock, store } = this.#stage
    const effect = serverEffectOf(database)
    const certificates = certificatesOf(store, database.key)
    if (effect.method === 'restart') {
      store.commit(restarting(database, clock.now()))
      const provision = effect.ca
        ? await this.#certificates.forChange(database, effect.ca, certificates)
        : await this.#certificates.forRestart(database, certificates)
      await this.#restart(database, provision)
      const leaf = effect.ca ? provision.leaf : undefined
      return this.#save(applied(this.#now(database), effect, leaf, clock.now()), { live: provision.certificate })
    }
    if (effect.ca === undefined) return store.commit(applied(database, effect, undefined, clock.now()))
    const { certificate, leaf } = await this.#certificates.forChange(database, effect.ca, certificates)
    if (effect.method === 'stage') {
      await this.#server(database)?.stage(asServerCertificate(certificate))
      const staged = { ...certificates, staged: certificate }
      return this.#save(applied(this.#now(database), effect, undefined, clock.now()), staged)
    }
    await this.#server(database)?.reload(asServerCertificate(certificate))
    this.#save(applied(this.#now(database), effect, leaf, clock.now()), { live: certificate })
  }

  async #reboot(database: DatabaseState): Promise<void> {
    const { clock, store } = this.#stage
    store.commit(restarting(database, clock.now()))
    const provision = await this.#certificates.forRestart(database, certificatesOf(store, database.key))
    await this.#restart(database, provision)
    this.#save(rebooted(this.#now(database), provision.leaf, clock.now()), { live: provision.certificate })
  }

  async #unstage(database: DatabaseState): Promise<void> {
    const { live } = certificatesOf(this.#stage.store, database.key)
    await this.#server(database)?.stage(asServerCertificate(live))
    this.#save(unstaged(this.#now(database)), { live })
  }

  async #restart(database: DatabaseState, { certificate }: Provision): Promise<void> {
    await this.#server(database)?.restart(asServerCertificate(certificate))
    await this.#stage.restarted(database)
  }

  #save(database: DatabaseState, certificates: DatabaseCertificates): void {
    this.#stage.store.commit(database, { certificates, pid: this.#server(database)?.pid })
  }

  #isHeld(database: DatabaseState, { act }: Act): boolean {
    return act === 'apply' && this.#stage.faults.of(database).some((fault) => fault.holdsChanges)
  }

  /** The database as it is after what was done to its server; one that was deleted meanwhile as it was. */
  #now(database: DatabaseState): DatabaseState {
    return findDatabase(this.#stage.store, database.key) ?? database
  }

  #server({ key }: DatabaseState): ReturnType<Servers['get']> {
    return this.#stage.servers.get(key)
  }
}
