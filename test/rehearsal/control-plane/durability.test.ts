import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { join as joinPath } from 'node:path'
import { DescribeDBInstancesCommand, ModifyDBInstanceCommand } from '@aws-sdk/client-rds'
import { describe, expect, it } from 'vitest'
import { describeDatabase, newFolder, requestLog, settledOn, startRegion, until } from './support/region.ts'
import { entryFor } from './support/entry.ts'

const TARGET = 'rds-ca-rsa2048-g1'
const change = (id: string, immediately = true): ModifyDBInstanceCommand =>
  new ModifyDBInstanceCommand({
    DBInstanceIdentifier: id,
    CACertificateIdentifier: TARGET,
    ApplyImmediately: immediately,
  })

/** Every file that a set-up makes, in order: a kill once each of them is there. */
const MILESTONES = [
  'region.lock',
  'memory-pki/roots.json',
  'applications/orders-api/ca.pem',
  'applications/billing-ledger/ca.pem',
  'state.json',
  'bundle-server-ca.pem',
  'rds-ca-runbook.config.yaml',
  'control.json',
]

describe('a kill', () => {
  it.each(MILESTONES)('during set-up, once %s is there, leaves nothing half-made', async (milestone) => {
    const directory = await newFolder()
    const { command, args } = entryFor(directory, '--json')
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const ended = new Promise((resolve) => child.once('close', resolve))
    while (!existsSync(joinPath(directory, milestone))) await delay(1)
    child.kill('SIGKILL')
    await ended
    const { rds, plane, region } = await startRegion({ directory })
    const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({}))
    expect(DBInstances).toHaveLength(2)
    const store = readFileSync(joinPath(directory, 'applications', 'billing-api', 'ca.pem'), 'utf8')
    for (const { rootPem } of plane.pki.cas) expect(store).toContain(rootPem)
    expect(readFileSync(region.info().bundleFile, 'utf8')).toBe(plane.pki.bundle())
  })

  it('in the middle of a line of the request log loses only that line, which was never answered', async () => {
    const first = await startRegion()
    await first.rds.send(change('orders-staging', false))
    await first.region.stop()
    const log = joinPath(first.directory, 'requests.jsonl')
    const whole = readFileSync(log, 'utf8')
    appendFileSync(log, whole.slice(0, whole.length / 2))
    const again = await startRegion({ directory: first.directory })
    expect(readFileSync(log, 'utf8')).toBe(whole)
    expect((await describeDatabase(again.rds, 'orders-staging')).PendingModifiedValues).toEqual({
      CACertificateIdentifier: TARGET,
    })
  })

  it('between a line and the next snapshot loses nothing: the log carries the effect', async () => {
    const first = await startRegion({ speed: 1 })
    const state = joinPath(first.directory, 'state.json')
    const before = readFileSync(state, 'utf8')
    await first.rds.send(change('orders-staging'))
    expect(readFileSync(state, 'utf8')).toBe(before)
    await first.region.stop()
    writeFileSync(state, before)
    const again = await startRegion({ directory: first.directory, speed: 1 })
    expect((await describeDatabase(again.rds, 'orders-staging')).PendingModifiedValues).toEqual({
      CACertificateIdentifier: TARGET,
    })
  })
})

describe('the request log', () => {
  it('has one line for each call, in order, before its answer, and grows on across restarts', async () => {
    const first = await startRegion()
    await describeDatabase(first.rds, 'orders-staging')
    expect(await requestLog(first.directory)).toHaveLength(1)
    await first.rds.send(change('orders-staging'))
    expect((await requestLog(first.directory)).at(-1)).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      action: 'ModifyDBInstance',
      parameters: {
        DBInstanceIdentifier: 'orders-staging',
        CACertificateIdentifier: TARGET,
        ApplyImmediately: 'true',
      },
      status: 200,
      region: 'ap-northeast-1',
      account: '000000000000',
    })
    await first.region.stop()
    const again = await startRegion({ directory: first.directory })
    await describeDatabase(again.rds, 'orders-staging')
    const lines = await requestLog(first.directory)
    expect(lines.map(({ action }) => action)).toEqual([
      'DescribeDBInstances',
      'ModifyDBInstance',
      'DescribeDBInstances',
    ])
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(3)
  })

  it.skipIf(!existsSync('/dev/full'))('that cannot be written refuses the call, and nothing has changed', async () => {
    const first = await startRegion()
    await first.region.stop()
    const log = joinPath(first.directory, 'requests.jsonl')
    rmSync(log)
    symlinkSync('/dev/full', log)
    const full = await startRegion({ directory: first.directory })
    await expect(full.rds.send(change('orders-staging'))).rejects.toMatchObject({
      name: 'InternalFailure',
      message: expect.stringMatching(/No space left/),
    })
    await full.region.stop()
    rmSync(log)
    const again = await startRegion({ directory: first.directory })
    expect((await describeDatabase(again.rds, 'orders-staging')).PendingModifiedValues).toEqual({})
    await again.rds.send(change('orders-staging'))
    await until(again.rds, 'orders-staging', settledOn(TARGET))
  })
})

describe('the folder', () => {
  it('that is none, or whose lock is damaged, is named with what to do', async () => {
    const folder = await newFolder()
    writeFileSync(folder, '')
    await expect(startRegion({ directory: folder })).rejects.toMatchObject({
      code: 'NO_ACCESS',
      message: expect.stringMatching(/No access while making the rehearsal's folder .*--state-dir/),
    })
    const { region, directory } = await startRegion()
    await region.stop()
    writeFileSync(joinPath(directory, 'region.lock'), 'no database '.repeat(100))
    await expect(startRegion({ directory })).rejects.toMatchObject({
      code: 'NO_ACCESS',
      message: expect.stringMatching(/region\.lock cannot be taken.*delete it/),
    })
  })
})

describe('saved state', () => {
  it.each([
    ['is not JSON', '{"formatVersion":2,', 'CORRUPT', /state\.json cannot be read.*--reset/],
    ['lacks what it must have', '{"formatVersion":2}', 'CORRUPT', /state\.json cannot be read.*--reset/s],
    ['comes from a newer version', '{"formatVersion":3}', 'NEWER_FORMAT', /has format 3.*knows 2 at most/],
    ['comes from an older version', '{"formatVersion":1}', 'OLDER_FORMAT', /an earlier version.*--reset/],
  ])('that %s is refused by name and left alone, until a reset', async (_what, text, code, message) => {
    const first = await startRegion()
    await first.region.stop()
    const state = joinPath(first.directory, 'state.json')
    writeFileSync(state, text)
    await expect(startRegion({ directory: first.directory })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(readFileSync(state, 'utf8')).toBe(text)
    const anew = await startRegion({ directory: first.directory, reset: true })
    expect((await describeDatabase(anew.rds, 'orders-staging')).CACertificateIdentifier).toBe('rds-ca-2019')
  })

  it('that includes more of the request log than there is is refused', async () => {
    const first = await startRegion()
    await first.rds.send(change('orders-staging'))
    await until(first.rds, 'orders-staging', settledOn(TARGET))
    await first.region.stop()
    writeFileSync(joinPath(first.directory, 'requests.jsonl'), '')
    await expect(startRegion({ directory: first.directory })).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringMatching(/requests\.jsonl was altered/),
    })
  })

  it('is emptied by a reset that was killed, at the next start', async () => {
    const first = await startRegion()
    const { DbiResourceId: resource } = await describeDatabase(first.rds, 'orders-staging')
    const [root] = first.plane.pki.cas.map(({ rootPem }) => rootPem)
    await first.region.stop()
    writeFileSync(joinPath(first.directory, 'reset-under-way'), '')
    const anew = await startRegion({ directory: first.directory })
    expect((await describeDatabase(anew.rds, 'orders-staging')).DbiResourceId).not.toBe(resource)
    expect(anew.plane.pki.cas.map(({ rootPem }) => rootPem)).not.toContain(root)
    expect(existsSync(joinPath(first.directory, 'reset-under-way'))).toBe(false)
  })
})
