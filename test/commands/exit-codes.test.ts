/** One table of exit codes for all commands: the same thing wrong comes to the same code, and says what it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { apply } from '../../src/commands/apply.ts'
import { defaultCa } from '../../src/commands/default-ca.ts'
import { plan } from '../../src/commands/plan.ts'
import { status } from '../../src/commands/status.ts'
import { failure, instance, result } from '../aws/query-server.ts'
import { fleetServer, type FleetServer } from '../support/fleet-server.ts'

const CERTIFICATES = `<Certificates><Certificate><CertificateIdentifier>rds-ca-rsa2048-g1</CertificateIdentifier><CertificateType>CA</CertificateType><Thumbprint>aa</Thumbprint><ValidFrom>2021-05-21T00:00:00Z</ValidFrom><ValidTill>2061-05-21T00:00:00Z</ValidTill><CertificateArn>arn:aws:rds:eu-west-1::cert:rds-ca-rsa2048-g1</CertificateArn></Certificate></Certificates>`

let server: FleetServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exit-codes-'))
  server = await fleetServer(({ action }, key, region) => {
    if (action === 'DescribeCertificates') return result(action, CERTIFICATES)
    if (action !== 'DescribeDBInstances') return undefined
    if (region === 'us-east-1') return failure('AccessDenied', 403)
    return key === 'AKIA1' ? result(action, `<DBInstances>${instance('orders')}</DBInstances>`) : undefined
  })
})
afterAll(async () => {
  await server.server.close()
  rmSync(folder, { recursive: true })
})

let said = ''
beforeEach(() => {
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint)
  vi.stubEnv('AWS_REGION', 'eu-west-1')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA1')
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const { signal } = new AbortController()
const flags = () => ({ stateDir: join(folder, 'state'), ui: 'plain' }) as const
const empty = () => vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIA2')

test('a list that lacks a Region is 5, whoever lists', async () => {
  expect(await status({ ...flags(), regions: 'all' }, signal)).toBe(5)
  expect(said).toMatch(/111111111111 in us-east-1: AWS does not permit/)
  expect(await status(flags(), signal)).toBe(0)
  empty()
  expect(await plan([], { ...flags(), regions: 'all' }, signal)).toBe(5)
  expect(said).toMatch(/listed in 222222222222\/eu-west-1\. Not read: 222222222222 us-east-1\./)
})

test('a plan for nothing says where it looked', async () => {
  empty()
  expect(await plan([], flags(), signal)).toBe(0)
  expect(said).toMatch(/No database or cluster .* is listed in 222222222222\/eu-west-1\. There is nothing to send\./)
  said = ''
  expect(await plan([], { ...flags(), json: true }, signal)).toBe(0)
  expect(JSON.parse(said)).toEqual({ nothing: expect.stringMatching(/There is nothing to send/) })
})

test('a default CA that a Region does not list is refused before anything is decided', async () => {
  const asked = defaultCa({ ...flags(), to: 'rds-ca-rsa2048-g9' }, signal)
  await expect(asked).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/no such CA in 111111111111\/eu-west-1\. It lists rds-ca-rsa2048-g1\. Nothing was/),
  })
  expect(await defaultCa({ ...flags(), to: 'rds-ca-rsa2048-g1' }, signal)).toBe(0)
})

test('a file that is no plan is a wrong argument, and nobody is asked for it', async () => {
  const file = join(folder, 'shopping.json')
  const before = server.server.calls.length
  for (const text of ['{', '{}', '[]', 'null', '{"format":"rds-ca-runbook-plan","formatVersion":99}']) {
    writeFileSync(file, text)
    await expect(apply(file, flags(), signal), text).rejects.toMatchObject({ exitCode: 2 })
  }
  expect(server.server.calls.length).toBe(before)
})
