import type { DatabaseServer, Pki } from '../data-plane.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import { errorText } from '../region-unusable.ts'
import type { Act, DatabaseState } from '../state/database-state.ts'
import { asServerCertificate, type DatabaseCertificates } from '../state/region-state.ts'
import type { RegionStore } from '../state/region-store.ts'
import { CertificateSource, type Provision } from './certificate-source.ts'
import { serverEffectOf } from './server-effect.ts'
import { applied, begun, rebooted, restarting, settled, unstaged, windowOpened } from './transitions.ts'

/** What the conductor works with. */
export interface Stage {
  readonly store: RegionStore
  readonly pki: Pki
  readonly faults: ActiveFaults
  readonly servers: ReadonlyMap<string, DatabaseServer>
  speed(): number
  /** A server has been restarted. */
  restarted(id: string): Promise<void>
  /** Something went wrong that no client sees. */
  report(problem: string): void
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
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #performing = new Map<string, Promise<void>>()
  #stopped = false

  constructor(stage: Stage) {
    this.#stage = stage
    this.#certificates = new CertificateSource(stage.pki, stage.faults)
  }

  /** Takes up every database's agenda where it stands. */
  start(): void {
    for (const { id } of this.#stage.store.state.databases) this.attend(id)
  }

  /** Looks at one database's agenda anew. */
  attend(id: string): void {
    clearTimeout(this.#timers.get(id))
    if (this.#stopped || this.#performing.has(id)) return
    const act = this.#database(id).agenda[0]
    if (!act || this.#isHeld(id, act)) return
    this.#wait(id, act, Math.max(0, act.at - Date.now()))
  }

  /** Lets what is being done finish, and begins nothing more. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all(this.#performing.values())
  }

  #wait(id: string, act: Act, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#performing.set(id, this.#performOrRetry(id, act))
    }, milliseconds)
    this.#timers.set(id, timer)
  }

  async #performOrRetry(id: string, act: Act): Promise<void> {
    let failed = false
    try {
      await this.#perform(id, act)
    } catch (error) {
      failed = true
      this.#stage.report(`${act.act} of ${id} failed and will be tried again: ${errorText(error)}`)
    }
    this.#performing.delete(id)
    if (!failed) this.attend(id)
    else if (!this.#stopped) this.#wait(id, act, RETRY)
  }

  async #perform(id: string, { act }: Act): Promise<void> {
    const { store } = this.#stage
    const database = this.#database(id)
    switch (act) {
      case 'open-window':
        return store.commit(windowOpened(database, { now: Date.now(), speed: this.#stage.speed() }))
      case 'begin':
        return store.commit(begun(database))
      case 'apply':
        return this.#apply(database)
      case 'reboot':
        return this.#reboot(database)
      case 'unstage':
        return this.#unstage(database)
      case 'settle':
        return store.commit(settled(database, Date.now()))
    }
  }

  async #apply(database: DatabaseState): Promise<void> {
    const { store } = this.#stage
    const { id } = database
    const effect = serverEffectOf(database)
    const now = store.certificates(id)
    if (effect.method === 'restart') {
      store.commit(restarting(database, Date.now()))
      const provision = effect.ca
        ? await this.#certificates.forChange(database, effect.ca, now)
        : await this.#certificates.forRestart(database, now)
      await this.#restart(id, provision)
      const leaf = effect.ca ? provision.leaf : undefined
      return this.#save(applied(this.#database(id), effect, leaf, Date.now()), { live: provision.certificate })
    }
    if (effect.ca === undefined) return store.commit(applied(database, effect, undefined, Date.now()))
    const { certificate, leaf } = await this.#certificates.forChange(database, effect.ca, now)
    if (effect.method === 'stage') {
      await this.#server(id).stage(asServerCertificate(certificate))
      return this.#save(applied(this.#database(id), effect, undefined, Date.now()), { ...now, staged: certificate })
    }
    await this.#server(id).reload(asServerCertificate(certificate))
    this.#save(applied(this.#database(id), effect, leaf, Date.now()), { live: certificate })
  }

  async #reboot(database: DatabaseState): Promise<void> {
    const { store } = this.#stage
    store.commit(restarting(database, Date.now()))
    const provision = await this.#certificates.forRestart(database, store.certificates(database.id))
    await this.#restart(database.id, provision)
    this.#save(rebooted(this.#database(database.id), provision.leaf, Date.now()), { live: provision.certificate })
  }

  async #unstage(database: DatabaseState): Promise<void> {
    const { live } = this.#stage.store.certificates(database.id)
    await this.#server(database.id).stage(asServerCertificate(live))
    this.#save(unstaged(this.#database(database.id)), { live })
  }

  async #restart(id: string, { certificate }: Provision): Promise<void> {
    await this.#server(id).restart(asServerCertificate(certificate))
    await this.#stage.restarted(id)
  }

  #save(database: DatabaseState, certificates: DatabaseCertificates): void {
    this.#stage.store.commit(database, { certificates, pid: this.#server(database.id).pid })
  }

  #isHeld(id: string, { act }: Act): boolean {
    return act === 'apply' && this.#stage.faults.of(id).some((fault) => fault.holdsChanges)
  }

  #database(id: string): DatabaseState {
    const database = this.#stage.store.database(id)
    if (!database) throw new Error(`Bug: no database ${id}`)
    return database
  }

  #server(id: string): DatabaseServer {
    const server = this.#stage.servers.get(id)
    if (!server) throw new Error(`Bug: no server for ${id}`)
    return server
  }
}
