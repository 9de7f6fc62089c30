import { request } from 'node:https'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  DescribeCertificatesCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds'
import { describe, expect, it } from 'vitest'
import { parseFault } from '../../../src/rehearsal/faults/active-faults.ts'
import { FAULTS, listFaults } from '../../../src/rehearsal/faults/fault-list.ts'
import {
  describeDatabase,
  eventually,
  requestLog,
  settledOn,
  startRegion,
  type TestRegion,
  until,
} from './support/region.ts'

const TARGET = 'rds-ca-rsa2048-g1'
const OLD = 'rds-ca-2019'

const modify = ({ rds }: TestRegion, id: string): Promise<unknown> =>
  rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, CACertificateIdentifier: TARGET, ApplyImmediately: true }),
  )

/** Which root the certificate that a server presents was issued under: a CA's identifier, or neither. */
function issuerOf({ plane }: TestRegion, id: string): string {
  const leaf = new X509Certificate(plane.memory.get(id)!.presents.chainPem)
  return (
    plane.pki.cas.find(({ rootPem }) => leaf.checkIssued(new X509Certificate(rootPem)))?.id ?? 'none of this Region'
  )
}

async function download({ region }: TestRegion, path?: string): Promise<{ status: number; body: string }> {
  const { bundleUrl, bundleCa } = region.info()
  const url = path === undefined ? bundleUrl : new URL(path, bundleUrl)
  return new Promise((resolve, reject) => {
    request(url, { ca: readFileSync(bundleCa), agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
      .on('error', reject)
      .end()
  })
}

const certificates = (pem: string): number => pem.split('-----END CERTIFICATE-----').length - 1

describe('faults', () => {
  it('are listed with a sentence each, and an unknown one is named with those that there are', () => {
    for (const { name, sentence } of listFaults()) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
    expect(() => parseFault('gremlins')).toThrow(/no fault named "gremlins".*stuck-modifying.*throttle/)
    expect(() => parseFault('throttle:orders-staging')).toThrow(/concerns the whole Region/)
    expect(() => parseFault('wrong-root:nobody', ['orders-staging'])).toThrow(/no database "nobody".*orders-staging/)
  })

  it('stuck-modifying: a change begins and gets no further until the fault is gone', async () => {
    const test = await startRegion({ faults: ['stuck-modifying:orders-staging'] })
    await modify(test, 'orders-staging')
    await modify(test, 'orders-production')
    await until(test.rds, 'orders-production', settledOn(TARGET))
    const stuck = await until(test.rds, 'orders-staging', (database) => database.DBInstanceStatus === 'modifying')
    expect(stuck.PendingModifiedValues?.CACertificateIdentifier).toBe(TARGET)
    await test.region.stop()
    const healed = await startRegion({ directory: test.directory })
    await until(healed.rds, 'orders-staging', settledOn(TARGET))
  })

  it('wrong-root: the API says target, the server another Region’s root, until a reboot without the fault', async () => {
    const test = await startRegion({ faults: ['wrong-root'] })
    await modify(test, 'orders-staging')
    await until(test.rds, 'orders-staging', settledOn(TARGET))
    expect(issuerOf(test, 'orders-staging')).toBe('none of this Region')
    await test.region.stop()
    const healed = await startRegion({ directory: test.directory })
    expect(issuerOf(healed, 'orders-staging')).toBe('none of this Region')
    await healed.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders-staging' }))
    await eventually(() => issuerOf(healed, 'orders-staging')).toBe(TARGET)
  })

  it('old-certificate: the API says target, the server the old one, until a reboot', async () => {
    const test = await startRegion({ faults: ['old-certificate'] })
    await modify(test, 'orders-staging')
    await until(test.rds, 'orders-staging', settledOn(TARGET))
    expect(issuerOf(test, 'orders-staging')).toBe(OLD)
    await test.rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: 'orders-staging' }))
    await eventually(() => issuerOf(test, 'orders-staging')).toBe(TARGET)
  })

  it('lost-response: the change takes effect and is logged, its answer never comes', async () => {
    const test = await startRegion({ faults: ['lost-response'] })
    await expect(modify(test, 'orders-staging')).rejects.toMatchObject({ code: 'ECONNRESET' })
    await until(test.rds, 'orders-staging', settledOn(TARGET))
    const modified = (await requestLog(test.directory)).filter(({ action }) => action === 'ModifyDBInstance')
    expect(modified).toMatchObject([{ status: 200, fault: 'lost-response' }])
  })

  it.each([
    ['refused-modify', 'InvalidDBInstanceStateFault', 400],
    ['access-denied', 'AccessDenied', 403],
    ['expired-token', 'ExpiredToken', 403],
  ])('%s: the change is refused with %s, and nothing changes', async (fault, name, status) => {
    const test = await startRegion({ faults: [fault] })
    await expect(modify(test, 'orders-staging')).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } })
    expect(test.plane.memory.get('orders-staging')!.deeds).toEqual([])
    expect(await requestLog(test.directory)).toMatchObject([{ action: 'ModifyDBInstance', status, fault }])
  })

  it('reads-denied: databases can be seen, events cannot', async () => {
    const { rds } = await startRegion({ faults: ['reads-denied'] })
    expect((await rds.send(new DescribeDBInstancesCommand({}))).DBInstances).toHaveLength(2)
    await expect(rds.send(new DescribeEventsCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('rds:DescribeEvents'),
    })
  })

  it('throttle: the first calls of each action are refused', async () => {
    const { rds } = await startRegion({ faults: ['throttle'] })
    const outcomes = async (ask: () => Promise<unknown>): Promise<unknown[]> => {
      const seen: unknown[] = []
      for (let call = 0; call < 3; call++) {
        await ask().then(
          () => seen.push('answered'),
          (error: Error) => seen.push(error.name),
        )
      }
      return seen
    }
    const expected = ['Throttling', 'Throttling', 'answered']
    expect(await outcomes(() => rds.send(new DescribeDBInstancesCommand({})))).toEqual(expected)
    expect(await outcomes(() => rds.send(new DescribeCertificatesCommand({})))).toEqual(expected)
  })

  it('slow-api: what was asked for later elsewhere is there sooner', async () => {
    const slow = await startRegion({ faults: ['slow-api'], speed: 10 })
    const order: string[] = []
    const asked = slow.rds.send(new DescribeDBInstancesCommand({})).then(() => order.push('answer'))
    await download(slow).then(() => order.push('bundle'))
    await asked
    expect(order).toEqual(['bundle', 'answer'])
  })

  it('stale-bundle and truncated-bundle: what is served is not the bundle that there is', async () => {
    const good = await startRegion()
    const right = await download(good)
    expect(right).toEqual({ status: 200, body: readFileSync(good.region.info().bundleFile, 'utf8') })
    expect(certificates(right.body)).toBe(5)
    expect(certificates((await download(good, '/ap-northeast-1/ap-northeast-1-bundle.pem')).body)).toBe(4)
    expect((await download(good, '/eu-west-1/eu-west-1-bundle.pem')).status).toBe(404)

    const stale = await startRegion({ faults: ['stale-bundle'] })
    const { body } = await download(stale)
    for (const { id, rootPem } of stale.plane.pki.cas) expect(body.includes(rootPem)).toBe(id === OLD)

    const truncated = await download(await startRegion({ faults: ['truncated-bundle'] }))
    expect(truncated.body).toMatch(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+$/)
    expect(certificates(truncated.body)).toBe(4)
  })

  it('pending-change: "now" drags an instance class along, and a restart with it', async () => {
    const test = await startRegion({ faults: ['pending-change:orders-staging'] })
    const { PendingModifiedValues } = await describeDatabase(test.rds, 'orders-staging')
    expect(PendingModifiedValues).toEqual({ DBInstanceClass: 'db.r6g.xlarge' })
    expect((await describeDatabase(test.rds, 'orders-production')).PendingModifiedValues).toEqual({})
    await modify(test, 'orders-staging')
    const after = await until(test.rds, 'orders-staging', settledOn(TARGET))
    expect(after.DBInstanceClass).toBe('db.r6g.xlarge')
    expect(test.plane.memory.get('orders-staging')!.deeds).toEqual([`restart ${TARGET}`])
  })

  it('pending-reboot-parameter: a restart switches it on', async () => {
    const test = await startRegion({ faults: ['pending-reboot-parameter:billing-staging'] })
    const applyStatus = async (): Promise<string | undefined> =>
      (await describeDatabase(test.rds, 'billing-staging')).DBParameterGroups![0]!.ParameterApplyStatus
    expect(await applyStatus()).toBe('pending-reboot')
    await modify(test, 'billing-staging')
    await until(test.rds, 'billing-staging', settledOn(TARGET))
    expect(await applyStatus()).toBe('in-sync')
  })

  it('restart-loses-clients: one application does not come back after a restart', async () => {
    const test = await startRegion({ faults: ['restart-loses-clients'] })
    const missing = (): readonly string[] =>
      test.region.reports().flatMap(({ name, database, connected }) => (connected ? [] : [`${name} ${database}`]))
    expect(test.region.reports()).toHaveLength(16)
    expect(missing()).toEqual([])
    await modify(test, 'billing-staging')
    await until(test.rds, 'billing-staging', settledOn(TARGET))
    expect(missing()).toEqual(['billing-reports billing-staging'])
  })
})
