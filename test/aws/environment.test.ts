import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endpointInForce } from '../../src/aws/endpoint.ts'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import { openWriter } from '../../src/aws/open-writer.ts'
import { worldOf } from '../../src/rules/words.ts'
import { identity, queryServer, result, type QueryServer } from './query-server.ts'

const CONFIG = `
[default]
region = eu-north-1
[profile staging]
region = eu-west-3
[profile local]
services = here
[profile everywhere]
endpoint_url = http://127.0.0.1:8888
[services here]
rds =
  endpoint_url = http://127.0.0.1:7777/rds
`
const CREDENTIALS = `
[staging]
aws_access_key_id = AKIASTAGING
aws_secret_access_key = secret
`

const servers: QueryServer[] = []
let home = ''

/** Of the machine that tests run on, nothing counts. */
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rds-ca-runbook-aws-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('HOME', home)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'))
  await writeFile(join(home, 'config'), CONFIG)
  await writeFile(join(home, 'credentials'), CREDENTIALS)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await Promise.all(servers.splice(0).map((server) => server.close()))
  await rm(home, { recursive: true, force: true })
})

async function serving(): Promise<QueryServer> {
  const server = await queryServer(({ action }) =>
    action === 'GetCallerIdentity' ? identity() : result(action, '<DBInstances/>'),
  )
  servers.push(server)
  return server
}

describe('the endpoint in force', () => {
  const cases: [string, Record<string, string>, string | undefined][] = [
    ['AWS’s own', {}, undefined],
    ['AWS’s own, FIPS', { AWS_USE_FIPS_ENDPOINT: 'true' }, undefined],
    ['AWS’s own, dual-stack', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, undefined],
    ['for all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' }, 'http://127.0.0.1:4566'],
    [
      'for RDS first',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_RDS: 'https://rds.example:444/x/' },
      'https://rds.example:444/x',
    ],
    [
      'for STS alone: the account is then not AWS’s word',
      { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:2' },
      'http://127.0.0.1:2',
    ],
    ['of a profile', { AWS_PROFILE: 'everywhere' }, 'http://127.0.0.1:8888'],
    ['of a profile, for RDS', { AWS_PROFILE: 'local' }, 'http://127.0.0.1:7777/rds'],
    [
      'named, and to be ignored',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      undefined,
    ],
  ]
  test.each(cases)('%s', async (_what, environment, expected) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    expect(await endpointInForce()).toBe(expected)
  })

  test('that is no URL is said so, before anything is asked', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'localhost')
    await expect(endpointInForce()).rejects.toMatchObject({
      name: 'CannotAsk',
      code: 'NoEndpoint',
      message: expect.stringContaining('Correct it'),
    })
    await expect(endpointInForce({ endpoint: 'here' })).rejects.toMatchObject({ code: 'NoEndpoint' })
  })

  test('of the environment: each service at its own, also when it is passed on as an option', async () => {
    const [rds, sts] = [await serving(), await serving()]
    vi.stubEnv('AWS_ENDPOINT_URL_RDS', rds.endpoint)
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint)
    const endpoint = await endpointInForce()
    expect(endpoint).toBe(rds.endpoint)
    for (const option of [{}, { endpoint: rds.endpoint }]) {
      const control = openControlPlane({
        ...option,
        region: 'eu-west-1',
        keys: { accessKeyId: 'a', secretAccessKey: 'b' },
      })
      expect((await control.identity()).account).toBe('000000000000')
      expect(await control.databases()[Symbol.asyncIterator]().next()).toEqual({ done: false, value: [] })
    }
    expect([rds.calls.map(({ action }) => action), sts.calls.map(({ action }) => action)]).toEqual([
      ['DescribeDBInstances', 'DescribeDBInstances'],
      ['GetCallerIdentity', 'GetCallerIdentity'],
    ])
  })

  test('that is given goes before the environment’s, for both services; the writer’s world is the same', async () => {
    const [given, environment] = [await serving(), await serving()]
    vi.stubEnv('AWS_ENDPOINT_URL', environment.endpoint)
    const options = {
      endpoint: `${given.endpoint}/`,
      region: 'eu-west-1',
      keys: { accessKeyId: 'a', secretAccessKey: 'b' },
    }
    await openControlPlane(options).identity()
    await openWriter({ ...options, world: worldOf('000000000000', given.endpoint), now: Date.now })
    expect([given.calls.length, environment.calls.length]).toEqual([2, 0])
  })
})

describe('credentials', () => {
  test('of a named profile go before access keys in the environment, and nothing is printed about it', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAENVIRONMENT')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
    const warned = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(process, 'emitWarning')]
    const server = await serving()
    await openControlPlane({ region: 'eu-west-1', endpoint: server.endpoint }).identity()
    await openControlPlane({ region: 'eu-west-1', endpoint: server.endpoint, profile: 'staging' }).identity()
    expect(server.calls.map(({ credential }) => credential.split('/')[0])).toEqual(['AKIAENVIRONMENT', 'AKIASTAGING'])
    for (const spy of warned) expect(spy).not.toHaveBeenCalled()
  })

  test('that are nowhere: what to do', async () => {
    const server = await serving()
    for (const profile of [undefined, 'missing']) {
      const control = openControlPlane({
        region: 'eu-west-1',
        endpoint: server.endpoint,
        ...(profile !== undefined && { profile }),
      })
      const error: unknown = await control.identity().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        name: 'CannotAsk',
        code: 'CredentialsProviderError',
        operation: 'GetCallerIdentity',
      })
      expect((error as Error).message).toContain(
        profile === undefined ? 'Log in (aws sso login)' : 'for profile missing: ',
      )
    }
    expect(server.calls).toEqual([])
  })
})

describe('the Region', () => {
  test.each([
    ['given', { region: 'us-west-2', profile: 'staging' }, { AWS_REGION: 'x' }, 'us-west-2'],
    ['of the environment', { profile: 'staging' }, { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'x' }, 'eu-west-1'],
    ['of the environment, as the AWS CLI has it', {}, { AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    ['of the profile', { profile: 'staging' }, {}, 'eu-west-3'],
    ['of the default profile', {}, {}, 'eu-north-1'],
  ])('%s', async (_what, options, environment: Record<string, string>, expected) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const server = await serving()
    const control = openControlPlane({
      ...options,
      endpoint: server.endpoint,
      keys: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    if (!('region' in options)) expect(() => control.region).toThrow('before anything was asked')
    await control.identity()
    expect(control.region).toBe(expected)
    expect(server.calls[0]?.credential).toContain(`/${expected}/sts/`)
  })

  test('that nobody names', async () => {
    await writeFile(join(home, 'empty'), '')
    vi.stubEnv('AWS_CONFIG_FILE', join(home, 'empty'))
    const control = openControlPlane({ keys: { accessKeyId: 'a', secretAccessKey: 'b' } })
    await expect(control.identity()).rejects.toMatchObject({
      name: 'CannotAsk',
      code: 'NoRegion',
      message: expect.stringContaining('--region'),
    })
  })
})

test('the SDK is loaded by the first question', () => {
  const module = (name: string): string => JSON.stringify(new URL(`../../src/aws/${name}`, import.meta.url).href)
  const script = `
    import { registerHooks } from 'node:module'
    let loaded = false
    registerHooks({ resolve(name, context, next) { if (name.startsWith('@aws-sdk')) loaded = true; return next(name, context) } })
    const { openControlPlane } = await import(${module('open-control-plane.ts')})
    const { endpointInForce } = await import(${module('endpoint.ts')})
    await import(${module('open-writer.ts')})
    openControlPlane({ region: 'eu-west-1' })
    const before = loaded
    await endpointInForce()
    console.log(JSON.stringify({ before, after: loaded }))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect([JSON.parse(stdout), stderr]).toEqual([{ before: false, after: true }, ''])
})
