import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { awsError } from '../../src/aws/aws-error.ts'
import { outcomeOfFailure } from '../../src/aws/outcome.ts'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import type { AwsOptions } from '../../src/aws/aws-options.ts'
import type { CannotAsk, ControlPlane } from '../../src/ports/control-plane.ts'
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

const servers: QueryServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function against(
  react: (call: Call, nth: number) => Reaction,
  options: AwsOptions = {},
): Promise<{ server: QueryServer; control: ControlPlane }> {
  const server = await queryServer(react)
  servers.push(server)
  const keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }
  const timeouts = { connect: 500, request: 200 }
  return {
    server,
    control: openControlPlane({ region: 'eu-west-1', endpoint: server.endpoint, keys, timeouts, ...options }),
  }
}

/** Two pages of a list, the second asked for with the first one's marker. */
const paged = (call: Call, list: string, first: string, second: string): Reaction =>
  result(
    call.action,
    call.parameters['Marker'] === 'm1'
      ? `<${list}>${second}</${list}>`
      : `<${list}>${first}</${list}><Marker>m1</Marker>`,
  )

const collected = async <T>(pages: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const page of pages) all.push(page)
  return all
}

test('who we are, signed for the Region with the keys that were given', async () => {
  const { server, control } = await against(() => identity('123456789012'))
  expect(await control.identity()).toEqual({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/anna' })
  expect(server.calls[0]?.credential).toMatch(/^AKIATEST\/\d{8}\/eu-west-1\/sts\/aws4_request$/)
  expect(control.region).toBe('eu-west-1')
})

describe('databases', () => {
  test('come page by page, with everything that a runbook needs of them', async () => {
    const full = `<CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-02-21T10:00:00Z</ValidTill></CertificateDetails>
      <PendingModifiedValues><CACertificateIdentifier>rds-ca-ecc384-g1</CACertificateIdentifier><DBInstanceClass>db.r6g.large</DBInstanceClass><Port>5433</Port><MultiAZ>true</MultiAZ><MasterUserPassword>****</MasterUserPassword><ProcessorFeatures/><PendingCloudwatchLogsExports><LogTypesToEnable><member>audit</member></LogTypesToEnable></PendingCloudwatchLogsExports></PendingModifiedValues>
      <Endpoint><Address>a.example</Address><Port>5432</Port></Endpoint><DBClusterIdentifier>c</DBClusterIdentifier>
      <ReadReplicaSourceDBInstanceIdentifier>source</ReadReplicaSourceDBInstanceIdentifier>
      <ReadReplicaDBInstanceIdentifiers><ReadReplicaDBInstanceIdentifier>r1</ReadReplicaDBInstanceIdentifier></ReadReplicaDBInstanceIdentifiers>
      <ReadReplicaDBClusterIdentifiers><ReadReplicaDBClusterIdentifier>c1</ReadReplicaDBClusterIdentifier></ReadReplicaDBClusterIdentifiers>
      <ListenerEndpoint><Address>listener.example</Address><Port>1433</Port></ListenerEndpoint><PromotionTier>1</PromotionTier><AutomationMode>full</AutomationMode>
      <StatusInfos><DBInstanceStatusInfo><StatusType>read replication</StatusType><Normal>false</Normal><Status>error</Status><Message>lost</Message></DBInstanceStatusInfo></StatusInfos>
      <IAMDatabaseAuthenticationEnabled>true</IAMDatabaseAuthenticationEnabled><MasterUserSecret><SecretArn>arn:aws:secretsmanager:eu-west-1:000000000000:secret:s</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>
      <AutomaticRestartTime>2027-01-01T00:00:00Z</AutomaticRestartTime>
      <MultiAZ>true</MultiAZ><PreferredMaintenanceWindow>sun:04:00-sun:04:30</PreferredMaintenanceWindow><PreferredBackupWindow>02:00-02:30</PreferredBackupWindow>
      <DBParameterGroups><DBParameterGroup><DBParameterGroupName>pg</DBParameterGroupName><ParameterApplyStatus>pending-reboot</ParameterApplyStatus></DBParameterGroup></DBParameterGroups>
      <TagList><Tag><Key>team</Key><Value>orders</Value></Tag><Tag><Key>__proto__</Key><Value>x</Value></Tag></TagList>`
    const { control } = await against((call) => paged(call, 'DBInstances', instance('a', full), instance('b')))
    const [[a] = [], [b] = []] = await collected(control.databases())
    expect(a).toEqual({
      kind: 'database',
      id: 'a',
      arn: 'arn:aws:rds:eu-west-1:000000000000:db:a',
      resourceId: 'db-A',
      engine: 'postgres',
      engineVersion: '17.2',
      instanceClass: 'db.t4g.micro',
      status: 'available',
      ca: 'rds-ca-rsa2048-g1',
      leafValidTill: Date.parse('2027-02-21T10:00:00Z'),
      pendingCa: 'rds-ca-ecc384-g1',
      pendingOther: {
        DBInstanceClass: 'db.r6g.large',
        Port: '5433',
        MultiAZ: 'true',
        MasterUserPassword: '(hidden)',
        PendingCloudwatchLogsExports: '{"LogTypesToEnable":["audit"]}',
      },
      endpoint: { host: 'a.example', port: 5432 },
      listenerEndpoint: { host: 'listener.example', port: 1433 },
      promotionTier: 1,
      automationMode: 'full',
      statusInfos: [{ type: 'read replication', status: 'error', normal: false, message: 'lost' }],
      iamAuth: true,
      masterUserSecret: { arn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:s', status: 'active' },
      automaticRestart: Date.parse('2027-01-01T00:00:00Z'),
      clusterId: 'c',
      replicaSource: 'source',
      replicas: ['r1'],
      replicaClusters: ['c1'],
      multiAz: true,
      maintenanceWindow: 'sun:04:00-sun:04:30',
      backupWindow: '02:00-02:30',
      parameterGroups: [{ name: 'pg', applyStatus: 'pending-reboot' }],
      tags: Object.fromEntries([
        ['team', 'orders'],
        ['__proto__', 'x'],
      ]),
    })
    expect(b).toMatchObject({ id: 'b', pendingOther: {}, replicas: [], multiAz: false, tags: {} })
    expect(b).not.toHaveProperty('fromCluster')
    expect(b).not.toHaveProperty('endpoint')
    expect(b).not.toHaveProperty('pendingCa')
  })

  test('what replicates from a cluster names it as one', async () => {
    const from = '<ReadReplicaSourceDBClusterIdentifier>trade</ReadReplicaSourceDBClusterIdentifier>'
    const { control } = await against(({ action }) =>
      result(action, `<DBInstances>${instance('a', from)}</DBInstances>`),
    )
    expect(await control.database('a')).toMatchObject({ replicaSource: 'trade', fromCluster: true })
  })

  test('by name: in any case, undefined when AWS knows none, and never another one', async () => {
    const { control } = await against(({ action, parameters: { DBInstanceIdentifier: id } }) =>
      id === 'gone'
        ? failure('DBInstanceNotFound', 404)
        : result(action, `<DBInstances>${instance('a')}</DBInstances>`),
    )
    expect((await control.database('A'))?.resourceId).toBe('db-A')
    expect(await control.database('gone')).toBeUndefined()
    expect(await control.database('b')).toBeUndefined()
  })

  test('an answer that is not AWS’s is not an empty fleet', async () => {
    for (const reaction of [html(200), { status: 200, body: '' }, result('DescribeDBInstances', '')]) {
      const { control } = await against(() => reaction)
      await expect(collected(control.databases())).rejects.toMatchObject({ name: 'CannotAsk', code: 'NotAnAnswer' })
      await expect(control.maintenance('arn')).rejects.toMatchObject({ code: 'NotAnAnswer' })
      await expect(control.identity()).rejects.toMatchObject({ code: 'NotAnAnswer' })
    }
    const { control } = await against(({ action }) => result(action, '<DBInstances/>'))
    expect(await collected(control.databases())).toEqual([[]])
  })

  test('a marker that leads nowhere does not go round for ever', async () => {
    const { server, control } = await against(({ action }) =>
      result(action, `<DBInstances>${instance('a')}</DBInstances><Marker>m</Marker>`),
    )
    await expect(collected(control.databases())).rejects.toMatchObject({ code: 'NotAnAnswer' })
    expect(server.calls.length).toBe(2)
  })
})

describe('CAs, engines, maintenance, events, parameters', () => {
  const ca = (id: string): string =>
    `<Certificate><CertificateIdentifier>${id}</CertificateIdentifier><CertificateType>CA</CertificateType><Thumbprint>AA6B73</Thumbprint><ValidFrom>2021-05-24T00:00:00Z</ValidFrom><ValidTill>2061-05-24T00:00:00Z</ValidTill></Certificate>`

  test('every CA of every page, and which is the default', async () => {
    const { control } = await against((call) => {
      const page = paged(call, 'Certificates', ca('rds-ca-rsa2048-g1'), ca('rds-ca-ecc384-g1')) as {
        status: number
        body: string
      }
      return {
        ...page,
        body: page.body.replace(
          '<Certificates>',
          '<DefaultCertificateForNewLaunches>rds-ca-ecc384-g1</DefaultCertificateForNewLaunches><Certificates>',
        ),
      }
    })
    const cas = await control.cas()
    expect(cas.map(({ id, isDefault }) => [id, isDefault])).toEqual([
      ['rds-ca-rsa2048-g1', false],
      ['rds-ca-ecc384-g1', true],
    ])
    expect(cas[0]).toMatchObject({ thumbprint: 'aa6b73', validTill: Date.parse('2061-05-24T00:00:00Z') })
  })

  test('CertificateNotFound means that there are none', async () => {
    const { control } = await against(() => failure('CertificateNotFound', 404))
    expect(await control.cas()).toEqual([])
  })

  test('an engine version, deprecated ones too, is asked for once, and again after it failed', async () => {
    const { server, control } = await against(({ action, parameters: { EngineVersion: version } }, nth) => {
      if (nth === 1) return failure('AccessDenied', 403)
      if (version === '9.9') return result(action, '<DBEngineVersions/>')
      const supports =
        version === '17.2'
          ? '<SupportsCertificateRotationWithoutRestart>true</SupportsCertificateRotationWithoutRestart>'
          : ''
      return result(
        action,
        `<DBEngineVersions><DBEngineVersion><Engine>postgres</Engine><EngineVersion>${version}</EngineVersion><SupportedCACertificateIdentifiers><member>rds-ca-rsa2048-g1</member></SupportedCACertificateIdentifiers>${supports}</DBEngineVersion></DBEngineVersions>`,
      )
    })
    await expect(control.engine('postgres', '17.2')).rejects.toMatchObject({
      permission: 'rds:DescribeDBEngineVersions',
    })
    const both = await Promise.all([control.engine('postgres', '17.2'), control.engine('postgres', '17.2')])
    expect(both[0]).toEqual({ supportedCas: ['rds-ca-rsa2048-g1'], rotatesWithoutRestart: true })
    expect(both[1]).toBe(both[0])
    expect(await control.engine('postgres', '17.2')).toBe(both[0])
    expect(server.calls.length).toBe(2)
    expect(server.calls[1]?.parameters).toEqual({ Engine: 'postgres', EngineVersion: '17.2', IncludeAll: 'true' })
    expect((await control.engine('postgres', '12.1'))?.rotatesWithoutRestart).toBeUndefined()
    expect(await control.engine('postgres', '9.9')).toBeUndefined()
  })

  test('pending maintenance of one resource, on all pages', async () => {
    const actions = (arn: string, ...names: string[]): string =>
      `<ResourcePendingMaintenanceActions><ResourceIdentifier>${arn}</ResourceIdentifier><PendingMaintenanceActionDetails>${names
        .map(
          (name) =>
            `<PendingMaintenanceAction><Action>${name}</Action><CurrentApplyDate>2026-12-01T00:00:00Z</CurrentApplyDate><OptInStatus>next-maintenance</OptInStatus></PendingMaintenanceAction>`,
        )
        .join('')}</PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions>`
    const { control } = await against((call) =>
      paged(
        call,
        'PendingMaintenanceActions',
        actions('arn:a', 'system-update') + actions('arn:b', 'os-upgrade'),
        actions('arn:a', 'server-certificate-rotation'),
      ),
    )
    const at = Date.parse('2026-12-01T00:00:00Z')
    expect(await control.maintenance('arn:a')).toEqual([
      { resource: 'arn:a', action: 'system-update', currentApply: at, optIn: 'next-maintenance' },
      { resource: 'arn:a', action: 'server-certificate-rotation', currentApply: at, optIn: 'next-maintenance' },
    ])
    expect((await control.maintenanceOfAll()).map(({ resource, action }) => [resource, action])).toEqual([
      ['arn:a', 'system-update'],
      ['arn:b', 'os-upgrade'],
      ['arn:a', 'server-certificate-rotation'],
    ])
  })

  test('events since an instant, asked for by AWS’s own clock and for at most 14 days', async () => {
    const event = (at: number, message: string): string =>
      `<Event><Date>${new Date(at).toISOString()}</Date><Message>${message}</Message></Event>`
    const now = Math.floor(Date.now() / 1000) * 1000
    const { server, control } = await against((call) =>
      paged(
        call,
        'Events',
        event(now - 7_200_000, 'too old') + event(now - 3_600_000, 'DB instance restarted'),
        event(now - 60_000, 'later'),
      ),
    )
    expect(await control.events({ kind: 'database', id: 'a' }, now - 3_600_000)).toEqual([
      { at: now - 3_600_000, message: 'DB instance restarted' },
      { at: now - 60_000, message: 'later' },
    ])
    expect(server.calls[0]?.parameters).toMatchObject({ SourceType: 'db-instance', SourceIdentifier: 'a' })
    expect(Number(server.calls[0]?.parameters['Duration'])).toBeGreaterThanOrEqual(60)
    await control.events({ kind: 'database', id: 'a' }, 0)
    expect(server.calls.at(-1)?.parameters['Duration']).toBe('20160')
  })

  test('a parameter: its value, undefined at the engine’s default, whether or not the filter works', async () => {
    const parameter = (name: string, value = ''): string =>
      `<Parameter><ParameterName>${name}</ParameterName>${value && `<ParameterValue>${value}</ParameterValue>`}</Parameter>`
    const { server, control } = await against((call) =>
      paged(
        call,
        'Parameters',
        parameter('a', '1') + parameter('rds.force_ssl_x', '0'),
        parameter('rds.force_ssl', '1') + parameter('ssl'),
      ),
    )
    expect(await control.parameter('pg', 'rds.force_ssl')).toBe('1')
    expect(await control.parameter('pg', 'ssl')).toBeUndefined()
    expect(await control.parameter('pg', 'none')).toBeUndefined()
    expect(server.calls[0]?.parameters).toEqual({
      DBParameterGroupName: 'pg',
      'Filters.Filter.1.Name': 'parameter-name',
      'Filters.Filter.1.Values.Value.1': 'rds.force_ssl',
    })
  })
})

describe('what cannot be asked', () => {
  const cases: [string, Reaction, Record<string, unknown>, RegExp][] = [
    [
      'a permission',
      failure('AccessDenied', 403),
      { code: 'AccessDenied', permission: 'rds:DescribeDBInstances' },
      /does not permit rds:DescribeDBInstances/,
    ],
    [
      'another permission, which AWS names',
      failure('AccessDeniedException', 403, 'User: x is not authorized to perform: sts:AssumeRole on resource: y'),
      { permission: 'sts:AssumeRole' },
      /Ask whoever grants permissions/,
    ],
    [
      'an expired token',
      failure('ExpiredToken', 403),
      { code: 'ExpiredToken', operation: 'DescribeDBInstances' },
      /have expired.*aws sso login/,
    ],
    [
      'unknown keys',
      failure('InvalidClientTokenId', 403),
      { code: 'InvalidClientTokenId' },
      /does not accept the credentials/,
    ],
    [
      'a Region that is not enabled',
      failure('OptInRequired', 403),
      { code: 'OptInRequired' },
      /Region eu-west-1 is not enabled/,
    ],
    [
      'another of AWS’s errors',
      failure('InvalidParameterValue'),
      { code: 'InvalidParameterValue' },
      /refused DescribeDBInstances in eu-west-1: InvalidParameterValue/,
    ],
    ['a proxy’s refusal', html(407), {}, /was not AWS’s \(HTTP 407/],
  ]
  test.each(cases)('%s', async (_what, reaction, expected, sentence) => {
    const { control } = await against(() => reaction)
    const error: unknown = await collected(control.databases()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'CannotAsk', ...expected })
    expect((error as Error).message).toMatch(sentence)
    if (!('permission' in expected)) expect((error as CannotAsk).permission).toBeUndefined()
  })

  test('throttled and cut reads are tried again, until they succeed or it is enough', async () => {
    const { server, control } = await against((_call, nth) =>
      nth === 1 ? failure('Throttling') : nth === 2 ? 'cut' : identity(),
    )
    expect((await control.identity()).account).toBe('000000000000')
    expect(server.calls.length).toBe(3)
    const throttled = await against(() => failure('Throttling'))
    await expect(throttled.control.identity()).rejects.toMatchObject({
      code: 'Throttling',
      message: expect.stringContaining('asks for patience'),
    })
    expect(throttled.server.calls.length).toBe(3)
  })

  test('silence, and silence in the middle of an answer, really time out', async () => {
    for (const reaction of ['silence', 'half'] as const) {
      const { control } = await against(() => reaction)
      await expect(control.identity()).rejects.toMatchObject({
        name: 'CannotAsk',
        operation: 'GetCallerIdentity',
        message: expect.stringContaining('got no whole answer'),
      })
    }
  })

  test('nobody listens, and no such name', async () => {
    const { server, control } = await against(() => identity())
    await server.close()
    servers.length = 0
    await expect(control.identity()).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: expect.stringContaining('AWS_ENDPOINT_URL'),
    })
    const nowhere = openControlPlane({
      region: 'eu-west-1',
      endpoint: 'http://nowhere.invalid',
      keys: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    await expect(nowhere.identity()).rejects.toMatchObject({
      name: 'CannotAsk',
      code: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    })
    const wrong = openControlPlane({
      region: 'eu-west-1',
      endpoint: 'not a URL',
      keys: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
    await expect(wrong.identity()).rejects.toMatchObject({ name: 'CannotAsk', code: 'NoEndpoint' })
  })

  test.skipIf(process.platform !== 'linux')(
    'a server that takes no connection: nothing left this machine',
    async () => {
      // Its process sleeps and accepts nothing; with a backlog of one, the third connection gets no answer.
      const deaf = spawn(process.execPath, [
        '-e',
        `const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
        require('node:fs').writeSync(1, server.address().port + '\\n')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      })`,
      ])
      const [port] = await once(deaf.stdout, 'data')
      const queue = [1, 2, 3].map(() => connect(Number(port), '127.0.0.1').on('error', () => {}))
      await Promise.all(queue.slice(0, 2).map((socket) => once(socket, 'connect')))
      const keys = { accessKeyId: 'a', secretAccessKey: 'b' }
      const control = openControlPlane({
        region: 'eu-west-1',
        endpoint: `http://127.0.0.1:${Number(port)}`,
        keys,
        timeouts: { connect: 100, request: 60_000 },
      })
      const error = (await control.identity().catch((thrown: unknown) => thrown)) as CannotAsk
      for (const socket of queue) socket.destroy()
      deaf.kill('SIGKILL')
      await once(deaf, 'exit')
      expect(error).toMatchObject({
        name: 'CannotAsk',
        code: 'TimeoutError',
        message: expect.stringContaining('got no whole answer'),
      })
      expect(awsError(error.cause).unsent).toBe(true)
      expect(outcomeOfFailure(error.cause)).toMatchObject({ kind: 'refused' })
    },
  )

  test('an abort ends it at once, with the signal’s own reason: during a request and while waiting to try again', async () => {
    for (const reaction of ['silence', failure('Throttling')] as const) {
      const abort = new AbortController()
      const reason = new Error('the operator left')
      const { control } = await against(
        () => {
          setImmediate(() => abort.abort(reason))
          return reaction
        },
        { timeouts: { connect: 60_000, request: 60_000 } },
      )
      await expect(collected(control.databases(abort.signal))).rejects.toBe(reason)
      await expect(control.identity(abort.signal)).rejects.toBe(reason)
      await expect(control.engine('postgres', '17.2', abort.signal)).rejects.toBe(reason)
    }
  })
})
