/**
 * One account's databases in one Region, as AWS keeps them: what is asked for takes its time, the API is behind, and the wire is not the
 * API. Its clock is AWS's own. Every request that would change something is in its log, with what came of it.
 */
import type { ClusterRecord, DatabaseRecord } from '../../../src/ports/control-plane.ts'
import type { Change, Outcome } from '../../../src/rules/change.ts'
import { worldOf } from '../../../src/rules/words.ts'
import { NEW_CA, OLD_CA, REGION } from '../scripted-region.ts'
import { DAY, NOW } from '../scenario.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface SimulatedDatabase {
  readonly record: Mutable<DatabaseRecord>
  /** The CA of the certificate that the server presents, and which certificate of that CA it is. */
  served: string
  leaf: number
  /** When the server process started, and when its clients last connected. */
  startedAt: number
  connectedAt: number
  /** What AWS is doing to it: nothing else is taken meanwhile. */
  busy: boolean
  /** What it owes: a parameter or a staged certificate that comes with the next restart. */
  atRestart: (() => void)[]
}

/** One request as AWS saw it. `before`: the truth at that moment, whatever the API showed. */
export interface RequestSeen {
  readonly at: number
  readonly account: string
  readonly name: string
  /** The resource id that the request was for, and that of what the name belonged to. */
  readonly meant: string
  readonly met: string | undefined
  readonly ca: string
  readonly took: boolean
  readonly before: { readonly ca: string; readonly busy: boolean; readonly pending: readonly string[] } | undefined
  /**
   * Those for the same clients that AWS was changing, as far as it could be known: by a request of ours, or because AWS showed it. What
   * somebody else has begun is shown by no call for a while, CloudTrail's included.
   * And those that had to come before it and were not on the target.
   */
  readonly othersBusy: readonly string[]
  readonly leftBehind: readonly string[]
  /** The CA that every database served, by resource id. */
  readonly served: ReadonlyMap<string, string>
  /** Whether each trust store held the target's root when it was last read. */
  readonly sawRoot: ReadonlyMap<string, boolean>
}

/** How long AWS takes for a change, in milliseconds. */
export interface Pace {
  readonly shown: number
  readonly begun: number
  readonly applied: number
  readonly over: number
}

/** What goes wrong with the next change of one database. */
export interface Mishap {
  /** The certificate is staged, the API says that it is done, and the old one is served until a restart. */
  readonly staged?: true
  /** It stays in `modifying` for so much longer. */
  readonly hangs?: number
}

export const recordOf = (
  account: string,
  name: string,
  engine: string,
  resourceId: string,
): Mutable<DatabaseRecord> => ({
  kind: 'database',
  id: name,
  arn: `arn:aws:rds:${REGION}:${account}:db:${name}`,
  resourceId,
  engine,
  engineVersion: '16.4',
  instanceClass: 'db.m7g.large',
  status: 'available',
  ca: OLD_CA,
  leafValidTill: NOW + 200 * DAY,
  pendingOther: {},
  endpoint: { host: `${name}.c${account}.${REGION}.rds.example`, port: /mysql|maria/.test(engine) ? 3306 : 5432 },
  replicas: [],
  multiAz: true,
  maintenanceWindow: 'sun:03:00-sun:04:00',
  backupWindow: '01:00-02:00',
  parameterGroups: [],
  statusInfos: [],
  tags: {},
  iamAuth: false,
})

export class SimulatedAccount {
  readonly account: string
  readonly world: string
  readonly databases = new Map<string, SimulatedDatabase>()
  readonly clusters = new Map<string, Mutable<ClusterRecord>>()
  readonly requests: RequestSeen[] = []
  readonly mishaps = new Map<string, Mishap>()
  /** Resource ids of those that have ever served the target CA, and of which one each that was restored took the place, and when. */
  readonly everOnTarget = new Set<string>()
  readonly replaced = new Map<string, { readonly id: string; readonly at: number }>()
  readonly #now: () => number
  readonly #pace: () => Pace
  readonly #truth: () => Pick<RequestSeen, 'served' | 'sawRoot'>
  #agenda: { readonly at: number; readonly deed: () => void }[] = []
  #ids = 0

  constructor(
    account: string,
    now: () => number,
    pace: () => Pace,
    truth: () => Pick<RequestSeen, 'served' | 'sawRoot'>,
  ) {
    this.account = account
    this.world = worldOf(account, 'http://127.0.0.1:1')
    this.#now = now
    this.#pace = pace
    this.#truth = truth
  }

  create(name: string, engine: string, more: Partial<DatabaseRecord> = {}): SimulatedDatabase {
    const record = { ...recordOf(this.account, name, engine, `db-${this.account}-${(this.#ids += 1)}`), ...more }
    const made = { record, served: OLD_CA, leaf: 1, startedAt: NOW - DAY, connectedAt: NOW - DAY, busy: false }
    const database: SimulatedDatabase = { ...made, atRestart: [] }
    this.databases.set(name, database)
    return database
  }

  /** Does something when AWS's clock has come so far. */
  in(milliseconds: number, deed: () => void): void {
    this.#agenda.push({ at: this.#now() + milliseconds, deed })
  }

  /** Brings everything up to AWS's time. */
  pass(): void {
    for (;;) {
      const due = this.#agenda.filter(({ at }) => at <= this.#now()).sort((a, b) => a.at - b.at)[0]
      if (!due) return
      this.#agenda = this.#agenda.filter((one) => one !== due)
      due.deed()
    }
  }

  /** The first of those that it replicates from, or itself. */
  #sourceOf({ record }: SimulatedDatabase): string {
    const source = this.databases.get(record.replicaSource ?? '')
    return source ? this.#sourceOf(source) : record.resourceId
  }

  /** Who shares its clients: members of its cluster; all that replicate from one source, and that. */
  groupOf(database: SimulatedDatabase): SimulatedDatabase[] {
    const { record } = database
    return [...this.databases.values()].filter(
      (one) =>
        one !== database &&
        ((record.clusterId !== undefined && one.record.clusterId === record.clusterId) ||
          this.#sourceOf(one) === this.#sourceOf(database)),
    )
  }

  /** Those that come first: the readers of a writer, the replicas of a source and theirs. */
  #before({ record }: SimulatedDatabase): SimulatedDatabase[] {
    const members = this.clusters.get(record.clusterId ?? '')?.members ?? []
    const writes = members.some(({ id, writer }) => writer && id === record.id)
    const readers = writes ? members.flatMap(({ id, writer }) => (writer ? [] : [id])) : []
    const replicas = record.replicas.flatMap((name) => this.databases.get(name) ?? [])
    return [
      ...readers.flatMap((name) => this.databases.get(name) ?? []),
      ...replicas.flatMap((one) => [...this.#before(one), one]),
    ]
  }

  #isKnownBusy({ busy, record }: SimulatedDatabase): boolean {
    const isOurs = this.requests.some(({ took, met }) => took && met === record.resourceId)
    return busy && (isOurs || record.status !== 'available' || record.pendingCa !== undefined)
  }

  /** ModifyDBInstance. What it takes, it does in its own time. */
  modify({ input, resourceId }: Change): Outcome {
    this.pass()
    const name = String(input['DBInstanceIdentifier'])
    const ca = String(input['CACertificateIdentifier'])
    const found = this.databases.get(name)
    const no = (code: string): Outcome => ({ kind: 'refused', code, message: `${code} for ${name}` })
    const outcome: Outcome = !found
      ? no('DBInstanceNotFound')
      : found.busy || found.record.status !== 'available'
        ? no('InvalidDBInstanceState')
        : { kind: 'accepted', requestId: `request-${this.requests.length + 1}` }
    const took = outcome.kind === 'accepted'
    this.requests.push({
      at: this.#now(),
      account: this.account,
      name,
      meant: resourceId,
      met: found?.record.resourceId,
      ca,
      took,
      before: found && { ca: found.record.ca, busy: found.busy, pending: Object.keys(found.record.pendingOther) },
      othersBusy: found ? this.groupOf(found).flatMap((one) => (this.#isKnownBusy(one) ? [one.record.id] : [])) : [],
      leftBehind: found ? this.#before(found).flatMap(({ record }) => (record.ca === ca ? [] : [record.id])) : [],
      ...this.#truth(),
    })
    if (found && took) this.begin(found, ca)
    return outcome
  }

  /** A change of CA from its acceptance to its end, whoever asked for it. */
  begin(database: SimulatedDatabase, ca: string): void {
    const { shown, begun, applied, over } = this.#pace()
    const { record } = database
    const mishap = this.mishaps.get(record.resourceId) ?? {}
    this.mishaps.delete(record.resourceId)
    const hangs = mishap.hangs ?? 0
    const restarts = record.engine !== 'postgres' && record.engine !== 'aurora-postgresql'
    database.busy = true
    this.in(shown, () => (record.pendingCa = ca))
    this.in(begun, () => (record.status = 'modifying'))
    this.in(applied + hangs, () => {
      delete record.pendingCa
      record.ca = ca
      if (mishap.staged) database.atRestart.push(() => this.present(database, ca))
      else this.present(database, ca)
      if (restarts && !mishap.staged) this.restart(database)
    })
    this.in(over + hangs, () => {
      record.status = 'available'
      database.busy = false
    })
  }

  /** The server presents a new certificate of this CA. */
  present(database: SimulatedDatabase, ca: string): void {
    database.served = ca
    database.leaf += 1
    if (ca === NEW_CA) this.everOnTarget.add(database.record.resourceId)
  }

  /** Its process is started anew: what waited for that comes, and every client connects again a moment later. */
  restart(database: SimulatedDatabase): void {
    for (const deed of database.atRestart.splice(0)) deed()
    database.startedAt = this.#now()
    database.connectedAt = this.#now() + 1_000
  }

  /** Deleted, and made anew under the same name: another database. */
  restore(name: string): void {
    const old = this.databases.get(name)
    if (!old) return
    const { engine, replicas, tags, resourceId: id } = old.record
    const { record } = this.create(name, engine, { replicas, tags })
    this.replaced.set(record.resourceId, { id, at: this.#now() })
  }
}

/** The CA that the server presents, and both that there are. */
export const CAS = [OLD_CA, NEW_CA] as const
