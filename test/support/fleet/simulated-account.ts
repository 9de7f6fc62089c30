/**
 * One account's databases in one Region, as AWS keeps them: what is asked for takes its time, the API is behind, and the wire is not the
 * API. Its clock is AWS's own. Every request that would change something is in its log, with what came of it.
 */
import type { ClusterRecord, DatabaseRecord, MaintenanceRecord } from '../../../src/ports/control-plane.ts'
import type { Change, Outcome } from '../../../src/rules/change.ts'
import { worldOf } from '../../../src/rules/words.ts'
import { NEW_CA, OLD_CA } from '../scripted-region.ts'
import { RENEWAL } from '../../../steps/maintenance.ts'
import { DAY, NOW } from '../scenario.ts'
import type { Mishap, Pace, RequestSeen, SimulatedDatabase } from './simulated-database.ts'
import { arnOf, carrierArn, multiAzClusterOf, multiAzMemberOf, recordOf, type Mutable } from './records.ts'

export type { SimulatedDatabase } from './simulated-database.ts'

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
  readonly #renewing = new Set<string>()
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

  create(
    name: string,
    engine: string,
    more: Partial<DatabaseRecord> = {},
    members?: readonly string[],
  ): SimulatedDatabase {
    const record = { ...recordOf(this.account, name, engine, `db-${this.account}-${(this.#ids += 1)}`), ...more }
    const made = { record, served: OLD_CA, leaf: 1, startedAt: NOW - DAY, connectedAt: NOW - DAY, busy: false }
    const database: SimulatedDatabase = { ...made, members, atRestart: [] }
    this.databases.set(name, database)
    return database
  }

  /** What DescribeDBInstances says of a name: the members of a Multi-AZ DB cluster are instances, and itself is none. */
  instance(name: string): DatabaseRecord | undefined {
    const found = this.databases.get(name)
    if (found) return found.members ? undefined : structuredClone(found.record)
    const cluster = [...this.databases.values()].find(({ members }) => members?.includes(name))
    return cluster && multiAzMemberOf(this.account, cluster.record, name)
  }

  cluster(name: string): ClusterRecord | undefined {
    const found = this.databases.get(name)
    if (found?.members) return structuredClone(multiAzClusterOf(found.record, found.members))
    return structuredClone(this.clusters.get(name))
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

  /** What AWS has pending for an ARN. It shows an action for a while after it was applied. */
  maintenanceOf(arn: string): MaintenanceRecord[] {
    const found = [...this.databases.values()].find(({ record, members }) => carrierArn(record, members) === arn)
    const optIn = found?.busy && this.#renewing.has(found.record.resourceId) ? { optIn: 'immediate' } : {}
    return found?.offered ? [{ resource: arn, action: RENEWAL, ...optIn }] : []
  }

  /** Any of the calls that change something. What it takes, it does in its own time. */
  modify({ api, input, resourceId }: Change): Outcome {
    this.pass()
    const arn = input['ResourceIdentifier']
    const name = String(input['DBInstanceIdentifier'] ?? input['DBClusterIdentifier'] ?? '')
    const found = [...this.databases.values()].find(
      ({ record, members }) => carrierArn(record, members) === arn || record.id === name,
    )
    const ca = String(input['CACertificateIdentifier'] ?? found?.record.ca)
    const no = (code: string): Outcome => ({ kind: 'refused', code, message: `${code} for ${name || String(arn)}` })
    const outcome: Outcome =
      !found || (arn === undefined && (found.members !== undefined) !== (api === 'ModifyDBCluster'))
        ? no('DBInstanceNotFound')
        : found.busy || found.record.status !== 'available'
          ? no('InvalidDBInstanceState')
          : arn !== undefined && !found.offered
            ? no('InvalidResourceState')
            : { kind: 'accepted', requestId: `request-${this.requests.length + 1}` }
    const took = outcome.kind === 'accepted'
    this.requests.push({
      api,
      at: this.#now(),
      account: this.account,
      name: found?.record.id ?? name,
      meant: resourceId,
      met: found?.record.resourceId,
      ca,
      took,
      before: found && {
        ca: found.record.ca,
        busy: found.busy,
        pending: Object.keys(found.record.pendingOther),
        expired: found.expired === true,
        offered: found.offered === true,
      },
      othersBusy: found ? this.groupOf(found).flatMap((one) => (this.#isKnownBusy(one) ? [one.record.id] : [])) : [],
      leftBehind: found ? this.#before(found).flatMap(({ record }) => (record.ca === ca ? [] : [record.id])) : [],
      ...this.#truth(),
    })
    if (found && took) {
      if (arn === undefined) this.begin(found, ca)
      else this.#renew(found)
    }
    return outcome
  }

  /** A new certificate under the same CA, with a restart. */
  #renew(database: SimulatedDatabase): void {
    const { begun, applied, over } = this.#pace()
    const { record } = database
    database.busy = true
    this.#renewing.add(record.resourceId)
    this.in(begun, () => (record.status = 'modifying'))
    this.in(applied, () => {
      this.present(database, record.ca)
      this.restart(database)
    })
    this.in(over, () => {
      record.status = 'available'
      database.busy = false
      this.#renewing.delete(record.resourceId)
    })
    this.in(over + 60_000, () => (database.offered = false))
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
    database.expired = false
    if (ca === NEW_CA) this.everOnTarget.add(database.record.resourceId)
  }

  /** Its process is started anew: what waited for that comes, and every client connects again a moment later. */
  restart(database: SimulatedDatabase): void {
    for (const deed of database.atRestart.splice(0)) deed()
    database.startedAt = this.#now()
    database.connectedAt = this.#now() + 1_000
  }

  /** It is called otherwise from now on: its ARN and its endpoint follow. */
  rename(database: SimulatedDatabase, name: string): void {
    const { record } = database
    const host = record.endpoint?.host.replace(record.id, name) ?? ''
    const port = record.endpoint?.port ?? 0
    this.databases.delete(record.id)
    Object.assign(record, { id: name, arn: arnOf(this.account, 'db', name), endpoint: { host, port } })
    this.databases.set(name, database)
  }

  /** Deleted, and made anew under the same name: another database. */
  restore(name: string): void {
    const old = this.databases.get(name)
    if (!old) return
    const { engine, replicas, tags, resourceId: id } = old.record
    const { record } = this.create(name, engine, { replicas, tags }, old.members)
    this.replaced.set(record.resourceId, { id, at: this.#now() })
  }
}

/** The CA that the server presents, and both that there are. */
export const CAS = [OLD_CA, NEW_CA] as const
