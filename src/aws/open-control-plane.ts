import type { Parameter } from '@aws-sdk/client-rds'
import {
  CannotAsk,
  type BlueGreenRecord,
  type CaRecord,
  type ChangeEventRecord,
  type ClusterRecord,
  type ControlPlane,
  type CustomEndpointRecord,
  type DatabaseRecord,
  type EngineRecord,
  type EventRecord,
  type GlobalClusterRecord,
  type Identity,
  type MaintenanceRecord,
  type Named,
  type ProxyRecord,
} from '../ports/control-plane.ts'
import type { Instant } from '../rules/words.ts'
import { isCode } from './aws-error.ts'
import type { AwsOptions } from './aws-options.ts'
import { changeEventsOf } from './change-events.ts'
import { clusterRecord } from './cluster-record.ts'
import { databaseRecord } from './database-record.ts'
import { identityOf } from './identity.ts'
import { listed } from './listed.ts'
import type { ReadOperation } from './operations.ts'
import { proxiesOf } from './proxies.ts'
import { Questions } from './questions.ts'
import { caRecord, engineRecord, eventRecord } from './records.ts'
import {
  blueGreenRecord,
  customEndpointRecord,
  globalClusterRecord,
  maintenanceRecords,
} from './surrounding-records.ts'
import { unlessAborted } from './unless-aborted.ts'

/** AWS keeps events for 14 days and answers about no longer time; in minutes. */
const EVENTS_KEPT = 14 * 24 * 60

/**
 * The control plane of one account in one Region, through the AWS SDK, which is loaded by the first question. Where no Region is
 * given, `region` is known once something was asked, and throws before. Aborted questions throw the signal's reason.
 */
export const openControlPlane = (options: AwsOptions): ControlPlane => new AwsControlPlane(options)

class AwsControlPlane implements ControlPlane {
  readonly #questions: Questions
  /** Asked again for each database of a fleet; what an engine version supports does not change while a session lasts. */
  readonly #engines = new Map<string, Promise<EngineRecord | undefined>>()

  constructor(options: AwsOptions) {
    this.#questions = new Questions(options)
  }

  get region(): string {
    return this.#questions.region
  }

  identity(signal?: AbortSignal): Promise<Identity> {
    return identityOf(this.#questions, signal)
  }

  async *databases(signal?: AbortSignal): AsyncGenerator<readonly DatabaseRecord[]> {
    yield* this.#databases({}, signal)
  }

  async *#databases(
    input: { DBInstanceIdentifier?: string },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<DatabaseRecord[]> {
    const pages = this.#questions.pages('DescribeDBInstances', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBInstances({ client: rds }, input, http),
    )
    for await (const { DBInstances } of pages)
      yield listed(DBInstances, 'DescribeDBInstances').map((one) => databaseRecord(one))
  }

  database(id: string, signal?: AbortSignal): Promise<DatabaseRecord | undefined> {
    return named(id, this.#databases({ DBInstanceIdentifier: id }, signal), 'DBInstanceNotFound')
  }

  async *clusters(signal?: AbortSignal): AsyncGenerator<readonly ClusterRecord[]> {
    yield* this.#clusters({}, signal)
  }

  async *#clusters(
    input: { DBClusterIdentifier?: string },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ClusterRecord[]> {
    const pages = this.#questions.pages('DescribeDBClusters', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBClusters({ client: rds }, input, http),
    )
    for await (const { DBClusters } of pages)
      yield listed(DBClusters, 'DescribeDBClusters').map((one) => clusterRecord(one))
  }

  cluster(id: string, signal?: AbortSignal): Promise<ClusterRecord | undefined> {
    return named(id, this.#clusters({ DBClusterIdentifier: id }, signal), 'DBClusterNotFound')
  }

  async customEndpoints(clusterId: string, signal?: AbortSignal): Promise<readonly CustomEndpointRecord[]> {
    const answers = await this.#questions.all('DescribeDBClusterEndpoints', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBClusterEndpoints({ client: rds }, { DBClusterIdentifier: clusterId }, http),
    )
    return answers
      .flatMap(({ DBClusterEndpoints }) => listed(DBClusterEndpoints, 'DescribeDBClusterEndpoints'))
      .map((one) => customEndpointRecord(one))
      .filter((one) => one !== undefined)
  }

  async proxies(signal?: AbortSignal): Promise<readonly ProxyRecord[]> {
    return proxiesOf(this.#questions, signal)
  }

  async globalClusters(signal?: AbortSignal): Promise<readonly GlobalClusterRecord[]> {
    const answers = await this.#questions.all('DescribeGlobalClusters', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeGlobalClusters({ client: rds }, {}, http),
    )
    return answers.flatMap(({ GlobalClusters }) =>
      listed(GlobalClusters, 'DescribeGlobalClusters').map((one) => globalClusterRecord(one)),
    )
  }

  async blueGreens(signal?: AbortSignal): Promise<readonly BlueGreenRecord[]> {
    const answers = await this.#questions.all('DescribeBlueGreenDeployments', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeBlueGreenDeployments({ client: rds }, {}, http),
    )
    return answers.flatMap(({ BlueGreenDeployments }) =>
      listed(BlueGreenDeployments, 'DescribeBlueGreenDeployments').map((one) => blueGreenRecord(one)),
    )
  }

  async cas(signal?: AbortSignal): Promise<readonly CaRecord[]> {
    try {
      const answers = await this.#questions.all('DescribeCertificates', signal, (sdk, { rds }, http) =>
        sdk.paginateDescribeCertificates({ client: rds }, {}, http),
      )
      const ids = answers.map((answer) => answer.DefaultCertificateForNewLaunches)
      const defaultId = ids.find((id) => id !== undefined)
      return answers.flatMap(({ Certificates }) =>
        listed(Certificates, 'DescribeCertificates').map((one) => caRecord(one, defaultId)),
      )
    } catch (error) {
      // A Region that lists none may say so with an error.
      if (isCode(causeOf(error), 'CertificateNotFound')) return []
      throw error
    }
  }

  async engine(engine: string, version: string, signal?: AbortSignal): Promise<EngineRecord | undefined> {
    const key = `${engine} ${version}`
    let asked = this.#engines.get(key)
    if (!asked) {
      // Shared by all who ask for it meanwhile: nobody's signal may end it for the others. What fails is asked again next time.
      asked = this.#engine(engine, version).catch((error: unknown) => {
        this.#engines.delete(key)
        throw error
      })
      this.#engines.set(key, asked)
    }
    return unlessAborted(asked, signal)
  }

  async #engine(engine: string, version: string): Promise<EngineRecord | undefined> {
    // Without IncludeAll, AWS leaves out deprecated versions, which databases still run.
    const input = { Engine: engine, EngineVersion: version, IncludeAll: true }
    const pages = this.#questions.pages('DescribeDBEngineVersions', undefined, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBEngineVersions({ client: rds }, input, http),
    )
    for await (const { DBEngineVersions } of pages) {
      const found = listed(DBEngineVersions, 'DescribeDBEngineVersions').find((one) => one.EngineVersion === version)
      if (found) return engineRecord(found)
    }
    return undefined
  }

  async maintenance(arn: string, signal?: AbortSignal): Promise<readonly MaintenanceRecord[]> {
    const all = await this.#maintenance({ ResourceIdentifier: arn }, signal)
    return all.filter(({ resource }) => resource === arn)
  }

  maintenanceOfAll(signal?: AbortSignal): Promise<readonly MaintenanceRecord[]> {
    return this.#maintenance({}, signal)
  }

  async #maintenance(
    input: { ResourceIdentifier?: string },
    signal: AbortSignal | undefined,
  ): Promise<MaintenanceRecord[]> {
    const answers = await this.#questions.all('DescribePendingMaintenanceActions', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribePendingMaintenanceActions({ client: rds }, input, http),
    )
    return answers
      .flatMap(({ PendingMaintenanceActions }) =>
        listed(PendingMaintenanceActions, 'DescribePendingMaintenanceActions'),
      )
      .flatMap((one) => maintenanceRecords(one))
  }

  async events({ kind, id }: Named, since: Instant, signal?: AbortSignal): Promise<readonly EventRecord[]> {
    // Counted back from AWS's own now: a start time from this clock could lie before the 14 days, or in the future.
    const Duration = Math.min(EVENTS_KEPT, Math.max(1, Math.ceil((Date.now() - since) / 60_000)))
    const SourceType = kind === 'cluster' ? 'db-cluster' : 'db-instance'
    const input = { SourceType, SourceIdentifier: id, Duration } as const
    const answers = await this.#questions.all('DescribeEvents', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeEvents({ client: rds }, input, http),
    )
    return answers
      .flatMap(({ Events }) => listed(Events, 'DescribeEvents').map((one) => eventRecord(one)))
      .filter((event) => event !== undefined)
      .filter((event) => event.at >= since)
  }

  async parameter(group: string, name: string, signal?: AbortSignal): Promise<string | undefined> {
    const input = { DBParameterGroupName: group, Filters: [{ Name: 'parameter-name', Values: [name] }] }
    const pages = this.#questions.pages('DescribeDBParameters', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBParameters({ client: rds }, input, http),
    )
    return valueOf(name, 'DescribeDBParameters', pages)
  }

  async clusterParameter(group: string, name: string, signal?: AbortSignal): Promise<string | undefined> {
    const input = { DBClusterParameterGroupName: group, Filters: [{ Name: 'parameter-name', Values: [name] }] }
    const pages = this.#questions.pages('DescribeDBClusterParameters', signal, (sdk, { rds }, http) =>
      sdk.paginateDescribeDBClusterParameters({ client: rds }, input, http),
    )
    return valueOf(name, 'DescribeDBClusterParameters', pages)
  }

  async changeEvents(
    id: string,
    since: Instant,
    signal?: AbortSignal,
  ): Promise<readonly ChangeEventRecord[] | undefined> {
    try {
      return await changeEventsOf(this.#questions, id, since, signal)
    } catch (error) {
      if (error instanceof CannotAsk && error.permission !== undefined) return undefined
      throw error
    }
  }
}

/** The one of that name; undefined when AWS knows none, which it says with an error. */
async function named<R extends { readonly id: string }>(
  id: string,
  pages: AsyncIterable<readonly R[]>,
  notFound: string,
): Promise<R | undefined> {
  try {
    for await (const page of pages) {
      // AWS takes names in any case, and answers with the one that it knows.
      const found = page.find((record) => record.id.toLowerCase() === id.toLowerCase())
      if (found) return found
    }
    return undefined
  } catch (error) {
    if (isCode(causeOf(error), notFound)) return undefined
    throw error
  }
}

async function valueOf(
  name: string,
  operation: ReadOperation,
  pages: AsyncIterable<{ readonly Parameters?: Parameter[] | undefined }>,
): Promise<string | undefined> {
  for await (const { Parameters } of pages) {
    const found = listed(Parameters, operation).find(({ ParameterName }) => ParameterName === name)
    if (found) return found.ParameterValue
  }
  return undefined
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined)
