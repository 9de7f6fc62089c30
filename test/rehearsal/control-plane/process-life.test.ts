import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join as joinPath } from 'node:path'
import { ModifyDBInstanceCommand, RebootDBInstanceCommand } from '@aws-sdk/client-rds'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import {
  describeDatabase,
  eventually,
  newFolder,
  rdsClient,
  requestLog,
  settledOn,
  startRegion,
  until,
} from './support/region.ts'
import { gone, isAlive, join, serve, startProgram } from './support/processes.ts'
import { AlreadyServed } from '../../../src/rehearsal/serve.ts'

const TARGET = 'rds-ca-rsa2048-g1'
const change = (id: string): ModifyDBInstanceCommand =>
  new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, CACertificateIdentifier: TARGET, ApplyImmediately: true })

const kill = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL')
  await gone(pid)
}

/** A database as the Region has saved it. */
function saved(directory: string, wanted: string): unknown {
  const state = JSON.parse(readFileSync(joinPath(directory, 'state.json'), 'utf8')) as { databases: { id: string }[] }
  return state.databases.find(({ id }) => id === wanted)
}

describe('joining', () => {
  it('starts one Region however many ask at once, and it ends by itself when the last has left', async () => {
    const directory = await newFolder()
    const joined = await Promise.all([1, 2, 3].map(() => join(directory)))
    const [first] = joined
    expect(new Set(joined.map(({ info }) => info.pid)).size).toBe(1)
    expect(new Set(joined.map(({ info }) => info.endpoint)).size).toBe(1)
    expect(await first!.reports()).toHaveLength(16)
    for (const one of joined) one.leave()
    await gone(first!.info.pid)
    expect(existsSync(joinPath(directory, 'control.json'))).toBe(false)
    await expect(first!.reports()).rejects.toThrow(/has gone/)
  })

  it('comes back with the same ports, names and resource ids, and goes on where it stood', async () => {
    const directory = await newFolder()
    const before = await join(directory)
    const rds = rdsClient(before.info.endpoint)
    const { DbiResourceId: resource } = await describeDatabase(rds, 'orders-staging')
    await rds.send(change('orders-staging'))
    await kill(before.info.pid)
    await before.ended
    const after = await join(directory)
    expect({ ...after.info, pid: 0 }).toEqual({ ...before.info, pid: 0 })
    const settled = await until(rds, 'orders-staging', settledOn(TARGET))
    expect(settled.DbiResourceId).toBe(resource)
    const sent = (await requestLog(directory)).filter(({ action }) => action === 'ModifyDBInstance')
    expect(sent).toMatchObject([{ status: 200, parameters: { DBInstanceIdentifier: 'orders-staging' } }])
  })

  it('has what it answered on disk: a kill right after the answer loses nothing, again and again', async () => {
    const directory = await newFolder()
    for (const id of ['orders-staging', 'billing-staging', 'billing-production']) {
      const { info } = await join(directory)
      const answer = await rdsClient(info.endpoint).send(change(id))
      process.kill(info.pid, 'SIGKILL')
      expect(answer.DBInstance!.PendingModifiedValues!.CACertificateIdentifier).toBe(TARGET)
      expect((await requestLog(directory)).at(-1)).toMatchObject({ action: 'ModifyDBInstance', status: 200 })
      await gone(info.pid)
    }
    const { info } = await join(directory)
    const rds = rdsClient(info.endpoint)
    for (const id of ['orders-staging', 'billing-staging', 'billing-production'])
      await until(rds, id, settledOn(TARGET))
  })

  it('keeps what is staged across a kill', async () => {
    const directory = await newFolder()
    const { info } = await join(directory)
    const rds = rdsClient(info.endpoint)
    await rds.send(
      new ModifyDBInstanceCommand({ ...change('billing-staging').input, CertificateRotationRestart: false }),
    )
    await eventually(() => saved(directory, 'billing-staging')).toMatchObject({ staged: true, agenda: [] })
    await kill(info.pid)
    await join(directory)
    expect(await describeDatabase(rds, 'billing-staging')).toMatchObject({
      CACertificateIdentifier: 'rds-ca-2019',
      PendingModifiedValues: { CACertificateIdentifier: TARGET },
    })
    await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'billing-staging' }))
    await until(rds, 'billing-staging', settledOn(TARGET))
  })

  it('tells speed and faults to a Region that lives already, and refuses what makes no sense', async () => {
    const directory = await newFolder()
    await join(directory)
    const second = await join(directory, { speed: 1000, faults: ['access-denied'] })
    expect(second.info).toMatchObject({ speed: 1000, faults: ['access-denied'] })
    await expect(rdsClient(second.info.endpoint).send(change('orders-staging'))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    expect((await join(directory)).info).toMatchObject({ speed: 1000, faults: ['access-denied'] })
    expect((await join(directory, { faults: [] })).info.faults).toEqual([])
    await expect(join(directory, { faults: ['gremlins'] })).rejects.toMatchObject({ code: 'UNKNOWN_FAULT' })
    await expect(join(directory, { speed: 0 })).rejects.toMatchObject({ code: 'BAD_OPTION' })
  })

  it('notices that a program was killed: nobody is left, and the Region ends', async () => {
    const directory = await newFolder()
    const { child, line } = await startProgram('join-process.ts', directory)
    child.kill('SIGKILL')
    await gone(Number(line))
    expect(existsSync(joinPath(directory, 'control.json'))).toBe(false)
  })

  it('starts over only when nobody else is joined', async () => {
    const directory = await newFolder()
    const first = await join(directory)
    const rds = rdsClient(first.info.endpoint)
    const { DbiResourceId: resource } = await describeDatabase(rds, 'orders-staging')
    await expect(join(directory, { reset: true })).rejects.toMatchObject({ code: 'IN_USE' })
    first.leave()
    const second = await join(directory, { reset: true })
    const anew = await describeDatabase(rdsClient(second.info.endpoint), 'orders-staging')
    expect(anew.DbiResourceId).not.toBe(resource)
    expect(await requestLog(directory)).toHaveLength(1)
    expect(readFileSync(second.info.bundleFile, 'utf8')).toContain('BEGIN CERTIFICATE')
  })

  it('guards its control path with a token that its owner alone can read', async () => {
    const directory = await newFolder()
    const { info } = await join(directory)
    const control = joinPath(directory, 'control.json')
    expect(statSync(control).mode & 0o777).toBe(0o600)
    for (const authorization of ['', 'Bearer ', `Bearer ${'x'.repeat(43)}`]) {
      const answer = await fetch(`${info.endpoint}/.rehearsal/reports`, { headers: { authorization } })
      expect(answer.status).toBe(403)
    }
    const { token } = JSON.parse(readFileSync(control, 'utf8')) as { token: string }
    const authorization = `Bearer ${token}`
    expect((await fetch(`${info.endpoint}/.rehearsal/other`, { headers: { authorization } })).status).toBe(404)
  })

  it.skipIf(process.platform !== 'linux')('runs in a session of its own, and writes to its log alone', async () => {
    const directory = await newFolder()
    const { info } = await join(directory)
    // After the command's name: state, parent, process group, session.
    const [, , group, session] = readFileSync(`/proc/${info.pid}/stat`, 'utf8').split(') ')[1]!.split(' ', 4)
    expect([group, session]).toEqual([String(info.pid), String(info.pid)])
    expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${info.pid}/fd/${fd}`))).toEqual([
      '/dev/null',
      joinPath(directory, 'region.log'),
      joinPath(directory, 'region.log'),
    ])
  })

  it('says what is wrong when its program cannot be started or ends at once', async () => {
    const directory = await newFolder()
    await expect(join(directory, { entry: { command: '/nowhere/node', args: [] } })).rejects.toMatchObject({
      code: 'DID_NOT_START',
      message: expect.stringContaining('ENOENT'),
    })
    await expect(join(directory, { entry: { command: process.execPath, args: ['-e', '0'] } })).rejects.toMatchObject({
      code: 'DID_NOT_START',
      message: expect.stringMatching(/did not start: its process ended with exit code 0; see .*region\.log/),
    })
  })
})

describe('rehearse --serve', () => {
  it('prints how to reach the Region, keeps it up, and ends when its input closes', async () => {
    const directory = await newFolder()
    const { info, child, exit } = await serve(directory)
    expect(info).toMatchObject({
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      region: 'ap-northeast-1',
      accountId: '000000000000',
      bundleUrl: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/global\/global-bundle\.pem$/),
      bundleFile: joinPath(directory, 'global-bundle.pem'),
      requestLog: joinPath(directory, 'requests.jsonl'),
    })
    expect(info.databases).toContainEqual({
      id: 'orders-production',
      engine: 'postgres',
      host: 'orders-production.c0rehearsal1.ap-northeast-1.rds.example',
      address: '127.0.0.1',
      port: expect.any(Number),
      user: 'runbook',
      password: 'throwaway',
      database: 'postgres',
    })
    expect((await describeDatabase(rdsClient(info.endpoint), 'orders-production')).Endpoint!.Port).toBe(
      info.databases.find(({ id }) => id === 'orders-production')!.port,
    )
    child.stdin!.end()
    expect(await exit).toBe(0)
  })

  it('stays for the programs that are joined, and goes after the last of them', async () => {
    const directory = await newFolder()
    const { info, child, exit } = await serve(directory)
    const joined = await join(directory)
    expect(joined.info.pid).toBe(child.pid)
    child.stdin!.end()
    await describeDatabase(rdsClient(info.endpoint), 'orders-staging')
    expect(isAlive(child.pid!)).toBe(true)
    joined.leave()
    expect(await exit).toBe(0)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s, although its input is no pipe', async (signal) => {
    const { child, exit } = await serve(await newFolder(), { stdin: 'ignore' })
    child.kill(signal)
    child.kill(signal)
    expect(await exit).toBe(0)
  })

  it('joins the Region that lives already, and takes it over when that one dies', async () => {
    const directory = await newFolder()
    const first = await serve(directory)
    const second = await serve(directory)
    expect(second.info).toEqual(first.info)
    first.child.kill('SIGKILL')
    expect(await first.exit).toBe('SIGKILL')
    const third = await join(directory)
    expect(third.info).toMatchObject({ endpoint: first.info.endpoint, pid: second.child.pid })
    third.leave()
    second.child.kill('SIGTERM')
    expect(await second.exit).toBe(0)
  })
})

describe('a Region in this process', () => {
  it('is served once: a second one is told so', async () => {
    const { directory } = await startRegion()
    await expect(startRegion({ directory })).rejects.toBeInstanceOf(AlreadyServed)
  })

  it('declares its databases and applications as an operator would', async () => {
    const { region, directory } = await startRegion()
    const { config, databases } = region.info()
    const declared = parse(readFileSync(config, 'utf8')) as Record<string, Record<string, unknown>>
    expect(declared['formatVersion']).toBe(1)
    expect(declared['databases']).toEqual({
      'orders-staging': { environment: 'staging' },
      'orders-production': { environment: 'production', twin: 'orders-staging' },
      'billing-staging': { environment: 'staging' },
      'billing-production': { environment: 'production', twin: 'billing-staging' },
    })
    expect(Object.keys(declared['applications']!)).toHaveLength(8)
    expect(declared['applications']!['orders-ledger']).toEqual({
      owner: 'Orders ledger team',
      databases: ['orders-staging', 'orders-production'],
      verification: 'verify-full',
      users: ['orders_ledger'],
      trustStores: [{ kind: 'pem', path: joinPath(directory, 'applications', 'orders-ledger', 'ca.pem') }],
      check: [process.execPath, '/check.js', joinPath(directory, 'applications', 'orders-ledger.json')],
    })
    expect(declared['applications']!['billing-batch']).toMatchObject({ verification: 'plain' })
    expect(declared['connect']).toEqual(
      Object.fromEntries(databases.map(({ host, port }) => [`${host}:${port}`, `127.0.0.1:${port}`])),
    )
  })

  it('gives one application of each pair the old root alone, and leaves what the operator puts right', async () => {
    const test = await startRegion()
    const { cas } = test.plane.pki
    const storeOf = (name: string): string =>
      readFileSync(joinPath(test.directory, 'applications', name, 'ca.pem'), 'utf8')
    for (const pair of ['orders', 'billing']) {
      expect(cas.filter(({ rootPem }) => storeOf(`${pair}-api`).includes(rootPem))).toHaveLength(4)
      expect(storeOf(`${pair}-ledger`)).toBe(cas.find(({ id }) => id === 'rds-ca-2019')!.rootPem)
    }
    const { writeFileSync } = await import('node:fs')
    writeFileSync(joinPath(test.directory, 'applications', 'orders-ledger', 'ca.pem'), test.plane.pki.bundle())
    await test.region.stop()
    const again = await startRegion({ directory: test.directory })
    expect(storeOf('orders-ledger')).toBe(again.plane.pki.bundle())
  })

  it('says that a PostgreSQL stands in where there is no MySQL server', async () => {
    const { region, rds } = await startRegion({ mysql: false })
    expect(region.info()).toMatchObject({ mysql: 'stand-in', notices: [expect.stringMatching(/No MariaDB or MySQL/)] })
    expect(await describeDatabase(rds, 'billing-staging')).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '9.6.24',
    })
    await rds.send(change('billing-staging'))
    await until(rds, 'billing-staging', settledOn(TARGET))
  })

  it('stays what it was set up as: without the MySQL server that it had it does not start', async () => {
    const test = await startRegion()
    await test.region.stop()
    await expect(startRegion({ directory: test.directory, mysql: false })).rejects.toMatchObject({
      code: 'DID_NOT_START',
      message: expect.stringMatching(/set up with a MariaDB or MySQL server.*looked in \/usr\/sbin.*--reset/),
    })
  })

  it('does not change its ports: one that is taken is named, with what to do', async () => {
    const test = await startRegion()
    const { endpoint, databases } = test.region.info()
    await test.region.stop()
    for (const [port, what] of [
      [Number(new URL(endpoint).port), /its API/],
      [databases[0]!.port, /the database orders-staging/],
    ] as const) {
      const squatter = createServer().listen(port, '127.0.0.1')
      onTestFinished(() => void squatter.close())
      await eventually(() => squatter.listening).toBe(true)
      const failed = await startRegion({ directory: test.directory }).catch((error: unknown) => error)
      expect(failed).toMatchObject({ code: 'PORT_TAKEN', message: expect.stringMatching(what) })
      expect(failed).toMatchObject({ message: expect.stringContaining(`Port ${port} `) })
      await new Promise((resolve) => squatter.close(resolve))
    }
    const again = await startRegion({ directory: test.directory })
    expect(again.region.info().endpoint).toBe(endpoint)
  })
})
