import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { RDSClient, DescribeDBInstancesCommand, type DBInstance } from '@aws-sdk/client-rds'
import { expect, onTestFinished } from 'vitest'
import { serveRegion, type RunningRegion, type ServeOptions } from '../../../../src/rehearsal/serve.ts'
import { openMemoryDataPlane, type MemoryDataPlane } from '../../../support/memory-data-plane.ts'

/** Every delay of AWS becomes a few milliseconds. */
export const FAST = 10_000

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'region')
}

export interface TestRegion {
  readonly region: RunningRegion
  readonly plane: MemoryDataPlane
  readonly directory: string
  readonly rds: RDSClient
}

/** A Region in this process on the memory data plane; ended with the test. */
export async function startRegion(
  options: Partial<ServeOptions> & { readonly mysql?: boolean } = {},
): Promise<TestRegion> {
  const directory = options.directory ?? (await newFolder())
  let plane: MemoryDataPlane | undefined
  const region = await serveRegion({
    speed: FAST,
    checkProgram: '/check.js',
    ...options,
    directory,
    openDataPlane: async (asked) => (plane = await openMemoryDataPlane(asked, options.mysql ?? true)),
  })
  onTestFinished(() => region.stop())
  return { region, plane: plane!, directory, rds: rdsClient(region.info().endpoint) }
}

export function rdsClient(endpoint: string, region = 'ap-northeast-1', accessKeyId = 'anything'): RDSClient {
  const client = new RDSClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey: 'anything' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

export async function describeDatabase(rds: RDSClient, id: string): Promise<DBInstance> {
  const answer = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))
  return answer.DBInstances![0]!
}

export async function requestLog(directory: string): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(join(directory, 'requests.jsonl'), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Every page of a paginator. */
export async function collect<Page>(pages: AsyncIterable<Page>): Promise<readonly Page[]> {
  const all: Page[] = []
  for await (const page of pages) all.push(page)
  return all
}

/**
 * Describes a database again and again until it is as expected; the test's own time limit ends it otherwise. Asked without a pause, test
 * and Region take a core each for as long as a server restarts.
 */
export async function until(
  rds: RDSClient,
  id: string,
  holds: (database: DBInstance) => boolean,
  every = 20,
): Promise<DBInstance> {
  for (;;) {
    const database = await describeDatabase(rds, id)
    if (holds(database)) return database
    await pause(every)
  }
}

/** Settled on a CA, as an operator of AWS would define it. */
export const settledOn =
  (ca: string) =>
  (database: DBInstance): boolean =>
    database.DBInstanceStatus === 'available' &&
    database.CACertificateIdentifier === ca &&
    database.PendingModifiedValues?.CACertificateIdentifier === undefined

/** Looks again and again until what is seen is as expected; a busy machine may take its time. */
export const eventually = <Seen>(look: () => Seen | Promise<Seen>): ReturnType<typeof expect.poll<Seen>> =>
  expect.poll(look, { timeout: 50_000, interval: 20 })
