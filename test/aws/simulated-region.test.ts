import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import { openWriter } from '../../src/aws/open-writer.ts'
import type { ControlPlane, DatabaseRecord } from '../../src/ports/control-plane.ts'
import { serveRegion } from '../../src/rehearsal/serve.ts'
import type { Change } from '../../src/rules/change.ts'
import { Clearance } from '../../src/rules/clearance.ts'
import { worldOf } from '../../src/rules/words.ts'
import { openMemoryDataPlane } from '../support/memory-data-plane.ts'

const TARGET = 'rds-ca-rsa2048-g1'

async function rehearsed(...faults: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'rds-ca-runbook-region-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const region = await serveRegion({
    directory: join(folder, 'region'),
    speed: 10_000,
    checkProgram: '/check.js',
    faults,
    openDataPlane: (options) => openMemoryDataPlane(options),
  })
  onTestFinished(() => region.stop())
  const info = region.info()
  const options = {
    region: info.region,
    endpoint: info.endpoint,
    keys: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
  }
  const world = worldOf(info.accountId, info.endpoint)
  const asked = async (action: string): Promise<number> =>
    (await readFile(info.requestLog, 'utf8')).split('\n').filter((line) => line.includes(`"action":"${action}"`)).length
  return {
    control: openControlPlane(options),
    writer: await openWriter({ ...options, world, now: Date.now }),
    world,
    asked,
    info,
  }
}

const changeOf = (record: DatabaseRecord, world: string, region: string): Change => ({
  api: 'ModifyDBInstance',
  world,
  region,
  resourceId: record.resourceId,
  input: { DBInstanceIdentifier: record.id, CACertificateIdentifier: TARGET, ApplyImmediately: true },
})

/** Asks until it is so; the test's own time limit ends it otherwise. */
async function until(
  control: ControlPlane,
  id: string,
  holds: (record: DatabaseRecord) => boolean,
): Promise<DatabaseRecord> {
  for (;;) {
    const record = await control.database(id)
    if (record && holds(record)) return record
  }
}

test('every read of a runbook, over the simulated Region’s pages of two', async () => {
  const { control, info } = await rehearsed()
  expect(await control.identity()).toMatchObject({ account: info.accountId })
  const pages: (readonly DatabaseRecord[])[] = []
  for await (const page of control.databases()) pages.push(page)
  expect(pages.map((page) => page.length)).toEqual([2, 2])
  const [record] = pages.flat()
  if (!record) throw new Error('no database')
  expect(await control.database(record.id)).toEqual(record)
  expect(await control.database('no-such-database')).toBeUndefined()
  expect((await control.cas()).map(({ id }) => id)).toEqual(expect.arrayContaining(['rds-ca-2019', TARGET]))
  expect((await control.engine(record.engine, record.engineVersion))?.supportedCas).toContain(TARGET)
  expect(await control.engine(record.engine, '0.0')).toBeUndefined()
  expect(await control.maintenance(record.arn)).toEqual(expect.any(Array))
  expect(await control.events({ kind: 'database', id: record.id }, Date.now() - 3_600_000)).toEqual(expect.any(Array))
  expect(await control.parameter(record.parameterGroups[0]?.name ?? '', 'no_such_parameter')).toBeUndefined()
})

test('a change that is accepted takes effect, and the events of its restart are read', async () => {
  const { control, writer, world, asked, info } = await rehearsed()
  const before = await until(control, 'billing-staging', () => true)
  const change = changeOf(before, world, info.region)
  const since = Date.now()
  expect(await writer.send(change, Clearance.grant(change, 'i', Date.now() + 10_000))).toMatchObject({
    kind: 'accepted',
  })
  const after = await until(
    control,
    'billing-staging',
    (record) => record.ca === TARGET && record.status === 'available',
  )
  expect(after.resourceId).toBe(before.resourceId)
  expect((await control.events({ kind: 'database', id: 'billing-staging' }, since)).length).toBeGreaterThan(0)
  expect(await asked('ModifyDBInstance')).toBe(1)
})

test('a change whose answer is lost was sent once, is unknown, and is found to have been taken', async () => {
  const { control, writer, world, asked, info } = await rehearsed('lost-response')
  const change = changeOf(await until(control, 'orders-staging', () => true), world, info.region)
  expect(await writer.send(change, Clearance.grant(change, 'i', Date.now() + 10_000))).toMatchObject({
    kind: 'unknown',
  })
  expect(await asked('ModifyDBInstance')).toBe(1)
  await until(control, 'orders-staging', (record) => record.ca === TARGET)
})

test('what the Region refuses is refused with its own code', async () => {
  const { control, writer, world, info } = await rehearsed()
  const record = await until(control, 'orders-staging', () => true)
  const change = {
    ...changeOf(record, world, info.region),
    input: { DBInstanceIdentifier: record.id, CACertificateIdentifier: 'rds-ca-2015' },
  }
  expect(await writer.send(change, Clearance.grant(change, 'i', Date.now() + 10_000))).toMatchObject({
    kind: 'refused',
    code: 'CertificateNotFound',
  })
})

test('reads that are not permitted name the permission', async () => {
  const { control } = await rehearsed('reads-denied')
  await expect(control.maintenance('arn:aws:rds:ap-northeast-1:000000000000:db:orders-staging')).rejects.toMatchObject({
    code: 'AccessDenied',
    permission: 'rds:DescribePendingMaintenanceActions',
  })
})
