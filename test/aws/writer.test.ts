import { afterEach, describe, expect, test } from 'vitest'
import { openWriter, type WriterOptions } from '../../src/aws/open-writer.ts'
import { SEND } from '../../src/aws/send.ts'
import type { ControlPlaneWriter } from '../../src/ports/control-plane.ts'
import { CHANGE_APIS, type Change } from '../../src/rules/change.ts'
import { Clearance } from '../../src/rules/clearance.ts'
import { worldOf } from '../../src/rules/words.ts'
import {
  failure,
  html,
  identity,
  instance,
  queryServer,
  result,
  type Call,
  type QueryServer,
  type Reaction,
} from './query-server.ts'

const ACCOUNT = '000000000000'
const NOW = 1_795_000_000_000
const servers: QueryServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

interface Written {
  readonly server: QueryServer
  readonly writer: ControlPlaneWriter
  readonly change: Change
}

const changeFor = (endpoint: string, more: Partial<Change> = {}): Change => ({
  api: 'ModifyDBInstance',
  world: worldOf(ACCOUNT, endpoint),
  region: 'eu-west-1',
  resourceId: 'db-A',
  input: {
    DBInstanceIdentifier: 'a',
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    ApplyImmediately: true,
    CertificateRotationRestart: false,
  },
  ...more,
})

async function against(react: (call: Call) => Reaction, options: Partial<WriterOptions> = {}): Promise<Written> {
  const server = await queryServer((call) => (call.action === 'GetCallerIdentity' ? identity(ACCOUNT) : react(call)))
  servers.push(server)
  const writer = await openWriter({
    region: 'eu-west-1',
    world: worldOf(ACCOUNT, server.endpoint),
    endpoint: server.endpoint,
    keys: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    timeouts: { connect: 500, request: 200 },
    now: () => NOW,
    ...options,
  })
  return { server, writer, change: changeFor(server.endpoint) }
}

const cleared = (change: Change): Clearance => Clearance.grant(change, 'intent-1', NOW + 1000)

test('sends exactly the change, once, and says that it was accepted', async () => {
  const { server, writer, change } = await against(({ action }) => result(action, instance('a')))
  expect(await writer.send(change, cleared(change))).toEqual({ kind: 'accepted', requestId: 'request-2' })
  expect(server.count('ModifyDBInstance')).toBe(1)
  expect(server.calls[1]).toMatchObject({
    parameters: {
      DBInstanceIdentifier: 'a',
      CACertificateIdentifier: 'rds-ca-rsa2048-g1',
      ApplyImmediately: 'true',
      CertificateRotationRestart: 'false',
    },
    credential: expect.stringMatching(/^AKIATEST\/\d{8}\/eu-west-1\/rds\//),
  })
})

describe('a lost write reaches the server exactly once, and its outcome is unknown', () => {
  const lost: [string, Reaction][] = [
    ['the connection is cut after it was received', 'cut'],
    ['nothing is ever answered', 'silence'],
    ['the answer breaks off', 'half'],
    ['503 without a word of AWS’s', { status: 503, body: 'Service Unavailable', type: 'text/plain' }],
    ['503 in AWS’s own words', failure('ServiceUnavailable', 503)],
    ['500 in AWS’s own words', failure('InternalFailure', 500)],
    ['a gateway’s 502', html(502)],
    ['a proxy’s refusal', html(403)],
    ['a proxy’s log-in page', html(200)],
    ['an empty success', { status: 200, body: '' }],
    ['a success that is no XML', { status: 200, body: '<ModifyDBInst' }],
  ]
  test.each(lost)('%s', async (_what, reaction) => {
    // The environment’s own wish for attempts must not count here.
    process.env['AWS_MAX_ATTEMPTS'] = '5'
    const { server, writer, change } = await against(() => reaction)
    const outcome = await writer.send(change, cleared(change))
    delete process.env['AWS_MAX_ATTEMPTS']
    expect(outcome).toEqual({ kind: 'unknown', cause: expect.any(String) })
    expect(server.count('ModifyDBInstance')).toBe(1)
  })

  test('it is given up while it is under way', async () => {
    const abort = new AbortController()
    const { server, writer, change } = await against(
      () => {
        abort.abort(new Error('the operator left'))
        return 'silence'
      },
      { timeouts: { connect: 60_000, request: 60_000 } },
    )
    expect(await writer.send(change, cleared(change), abort.signal)).toMatchObject({ kind: 'unknown' })
    expect(server.count('ModifyDBInstance')).toBe(1)
  })
})

describe('refused', () => {
  test.each([
    ['InvalidDBInstanceState', 400],
    ['CertificateNotFound', 404],
    ['InvalidParameterCombination', 400],
    ['AccessDenied', 403],
    ['Throttling', 400],
    ['Throttling', 503],
  ])('%s (%i), with the code of the wire, and sent once', async (code, status) => {
    const { server, writer, change } = await against(() => failure(code, status))
    expect(await writer.send(change, cleared(change))).toEqual({
      kind: 'refused',
      code,
      message: `The message of ${code}.`,
      requestId: 'request-2',
    })
    expect(server.count('ModifyDBInstance')).toBe(1)
  })

  test('what never left this machine', async () => {
    const { server, writer, change } = await against(() => 'cut')
    await server.close()
    servers.length = 0
    expect(await writer.send(change, cleared(change))).toMatchObject({
      kind: 'refused',
      code: 'ECONNREFUSED',
      message: expect.stringContaining('did not leave this machine'),
    })
  })
})

describe('nothing is sent', () => {
  const untouched = async (written: Written, sending: Promise<unknown>, why: RegExp): Promise<void> => {
    await expect(sending).rejects.toThrow(why)
    expect(written.server.count('ModifyDBInstance')).toBe(0)
  }
  const answering = () => against(({ action }) => result(action, instance('a')))

  test('with a clearance for another request, too late, or used before', async () => {
    const written = await answering()
    const { writer, change, server } = written
    const other = { ...change, input: { ...change.input, ApplyImmediately: false } }
    await untouched(written, writer.send(change, cleared(other)), /for another request/)
    await untouched(written, writer.send(change, Clearance.grant(change, 'i', NOW - 1)), /has run out/)
    const once = cleared(change)
    await writer.send(change, once)
    await expect(writer.send(change, once)).rejects.toThrow('was used before')
    const twice = cleared(change)
    const both = await Promise.allSettled([writer.send(change, twice), writer.send(change, twice)])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(server.count('ModifyDBInstance')).toBe(2)
  })

  test('for another world or Region than the writer’s', async () => {
    const written = await answering()
    for (const more of [
      { world: 'aws|000000000000' },
      { world: worldOf('111111111111', written.server.endpoint) },
      { region: 'eu-west-2' },
    ]) {
      const change = { ...written.change, ...more }
      await untouched(written, written.writer.send(change, cleared(change)), /was given to the writer for/)
    }
  })

  test('when it was given up before', async () => {
    const written = await answering()
    const clearance = cleared(written.change)
    await untouched(
      written,
      written.writer.send(written.change, clearance, AbortSignal.abort(new Error('left'))),
      /left/,
    )
    expect((await written.writer.send(written.change, clearance)).kind).toBe('accepted')
  })

  test('when the SDK would leave something out of it, or add to it', async () => {
    const written = await answering()
    for (const more of [{ CertificateRotationRestarts: false }, { TagList: 'x' }]) {
      const change = { ...written.change, input: { ...written.change.input, ...more } }
      await untouched(
        written,
        written.writer.send(change, cleared(change)),
        /is not the one that was confirmed.*nothing has been sent/,
      )
    }
  })

  test('to an account that is not the one that is meant: there is no writer', async () => {
    await expect(against(() => 'cut', { world: 'aws|000000000000' })).rejects.toThrow(
      /meant for aws\|000000000000\. Nothing was sent/,
    )
  })

  test('without credentials that AWS accepts: there is no writer', async () => {
    const server = await queryServer(() => failure('ExpiredToken', 403))
    servers.push(server)
    const opening = openWriter({
      region: 'eu-west-1',
      world: worldOf(ACCOUNT, server.endpoint),
      endpoint: server.endpoint,
      keys: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      now: () => NOW,
    })
    await expect(opening).rejects.toMatchObject({
      name: 'CannotAsk',
      code: 'ExpiredToken',
      operation: 'GetCallerIdentity',
    })
  })
})

test('each API that changes anything has its command, and no other has one', async () => {
  expect(Object.keys(SEND)).toEqual([...CHANGE_APIS])
  const ANSWERS: Readonly<Record<string, string>> = {
    ModifyDBCluster: '<DBCluster><DBClusterIdentifier>c</DBClusterIdentifier></DBCluster>',
    ApplyPendingMaintenanceAction:
      '<ResourcePendingMaintenanceActions><ResourceIdentifier>arn</ResourceIdentifier></ResourcePendingMaintenanceActions>',
    ModifyCertificates: '<Certificate><CertificateIdentifier>rds-ca-ecc384-g1</CertificateIdentifier></Certificate>',
  }
  const { server, writer, change } = await against(({ action }) => result(action, ANSWERS[action] ?? ''))
  const changes: Change[] = [
    {
      ...change,
      api: 'ModifyDBCluster',
      input: { DBClusterIdentifier: 'c', CACertificateIdentifier: 'rds-ca-ecc384-g1', ApplyImmediately: false },
    },
    {
      ...change,
      api: 'ApplyPendingMaintenanceAction',
      input: { ResourceIdentifier: 'arn:a', ApplyAction: 'server-certificate-rotation', OptInType: 'immediate' },
    },
    { ...change, api: 'ModifyCertificates', input: { CertificateIdentifier: 'rds-ca-ecc384-g1' } },
    { ...change, api: 'ModifyCertificates', input: { RemoveCustomerOverride: true } },
  ]
  for (const each of changes) {
    expect(await writer.send(each, cleared(each))).toMatchObject({ kind: 'accepted' })
    expect(server.calls.at(-1)?.action).toBe(each.api)
  }
})
