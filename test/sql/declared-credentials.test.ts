/** Log-ins as they are declared: from the account's secrets over real HTTP, by a token, from service and option files. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLogInSecrets } from '../../src/aws/open-log-in-secrets.ts'
import { CannotAsk } from '../../src/ports/control-plane.ts'
import type { DeclaredLogIn } from '../../src/ports/log-in.ts'
import { CannotLogIn, type CredentialSource } from '../../src/ports/sql.ts'
import { declaredCredentials } from '../../src/sql/declared-credentials.ts'
import { environmentCredentials } from '../../src/sql/environment-credentials.ts'

const POSTGRES = { engine: 'postgres', host: 'db.abc123.eu-west-1.rds.amazonaws.com', port: 5432 } as const
const MYSQL = { ...POSTGRES, engine: 'mysql', port: 3306 } as const
const ARN = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:rds!db-1'
const NONE: CredentialSource = { find: async () => undefined }

interface Answer {
  readonly status: number
  readonly body: object
}
const denied = (message: string): Answer => ({
  status: 400,
  body: { __type: 'AccessDeniedException', Message: message },
})
const SECRETS: Readonly<Record<string, Answer>> = {
  [ARN]: { status: 200, body: { SecretString: '{"username":"admin","password":"p@ss","dbname":"orders"}' } },
  shapeless: { status: 200, body: { SecretString: 'just-a-p@ssword' } },
  halved: { status: 200, body: { SecretString: '{"username":"admin"}' } },
  binary: { status: 200, body: { SecretBinary: 'AAAA' } },
  forbidden: denied(
    'User: arn:aws:iam::000000000000:user/anna is not authorized to perform: secretsmanager:GetSecretValue on resource: forbidden',
  ),
  locked: denied('Access to KMS is not allowed'),
}

let endpoint: string
let close: () => Promise<void>
let asked: string[] = []
beforeAll(async () => {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const { SecretId: id } = JSON.parse(text) as { SecretId: string }
      asked.push(`${String(request.headers['x-amz-target'])} ${id}`)
      const { status, body } = SECRETS[id] ?? {
        status: 400,
        body: { __type: 'ResourceNotFoundException', Message: "Secrets Manager can't find the specified secret." },
      }
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})
afterAll(() => close())

const source = (
  logIn: DeclaredLogIn,
  more: { masterSecret?: string; typed?: string; iamAuth?: boolean } = {},
): CredentialSource =>
  declaredCredentials(
    () => ({
      name: 'orders',
      logIn,
      iamAuth: true,
      secrets: openLogInSecrets({
        region: 'eu-west-1',
        endpoint,
        keys: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
      }),
      ...more,
    }),
    NONE,
  )
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => Promise.reject(new Error('there was a log-in')),
    (error: unknown) => error,
  )

describe('Secrets Manager', () => {
  test('the instance’s own secret, and one that is named', async () => {
    asked = []
    const found = { user: 'admin', password: 'p@ss', database: 'orders' }
    expect(await source({ from: 'secret' }, { masterSecret: ARN }).find(POSTGRES)).toEqual(found)
    expect(await source({ from: 'secret', secret: ARN, database: 'other' }).find(POSTGRES)).toEqual({
      ...found,
      database: 'other',
    })
    expect(asked).toEqual([`secretsmanager.GetSecretValue ${ARN}`, `secretsmanager.GetSecretValue ${ARN}`])
  })

  test.each([
    ['shapeless', CannotLogIn, { code: 'SECRET_SHAPE' }],
    ['halved', CannotLogIn, { code: 'SECRET_SHAPE' }],
    ['binary', CannotAsk, { code: 'NoText' }],
    ['forbidden', CannotAsk, { permission: 'secretsmanager:GetSecretValue' }],
    ['locked', CannotAsk, { permission: 'kms:Decrypt' }],
    ['absent', CannotAsk, { code: 'ResourceNotFoundException' }],
  ])('%s: what is wrong, with its cure, and never the secret', async (secret, kind, what) => {
    const failure = await failureOf(source({ from: 'secret', secret }).find(POSTGRES))
    expect(failure).toBeInstanceOf(kind)
    expect(failure).toMatchObject(what)
    expect(String(failure)).not.toContain('p@ss')
    expect(String(failure)).toContain(secret === 'locked' ? 'kms:Decrypt' : '.')
  })

  test('RDS keeps none for this instance', async () =>
    expect(await failureOf(source({ from: 'secret' }).find(POSTGRES))).toMatchObject({
      code: 'NO_MASTER_SECRET',
      message: expect.stringContaining('databases.orders.login.secret') as string,
    }))
})

test('an IAM token is signed for the real endpoint, asks nobody, and says that it is one', async () => {
  asked = []
  const found = await source({ from: 'iam', user: 'runbook' }).find(MYSQL)
  expect(found).toMatchObject({ user: 'runbook', token: true })
  const url = new URL(`https://${found?.password ?? ''}`)
  expect(url.host).toBe(`${MYSQL.host}:${MYSQL.port}`)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'connect',
    DBUser: 'runbook',
    'X-Amz-Expires': '900',
  })
  expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIATEST\/\d{8}\/eu-west-1\/rds-db\/aws4_request$/)
  expect(asked).toEqual([])
})

test('no token is made for a database that takes none', async () =>
  expect(await failureOf(source({ from: 'iam', user: 'runbook' }, { iamAuth: false }).find(MYSQL))).toMatchObject({
    code: 'IAM_OFF',
  }))

test('what was typed is used, and nothing typed is no log-in', async () => {
  const prompt = { from: 'prompt', user: 'me' } as const
  expect(await source(prompt, { typed: 'hidden' }).find(POSTGRES)).toEqual({ user: 'me', password: 'hidden' })
  expect(await source(prompt).find(POSTGRES)).toBeUndefined()
  expect(await source({ from: 'nowhere' }).find(POSTGRES)).toBeUndefined()
})

describe('files', () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const put = (name: string, text: string): void => writeFileSync(join(home, name), text, { mode: 0o600 })
  const find = (environment: Record<string, string>, where: typeof POSTGRES | typeof MYSQL) =>
    environmentCredentials({ environment, home }).find(where)

  test('a service goes before the variables, and leads to .pgpass where it has no password', async () => {
    put('.pg_service.conf', '# comment\n[other]\nuser=x\n[orders]\nuser=svc\ndbname=sales\n[orders]\nuser=late\n')
    put('.pgpass', `${POSTGRES.host}:*:*:svc:from-file\n`)
    expect(await find({ PGSERVICE: 'orders', PGUSER: 'me', PGPASSWORD: 'env' }, POSTGRES)).toEqual({
      user: 'svc',
      password: 'env',
      database: 'sales',
    })
    expect(await find({ PGSERVICE: 'orders' }, POSTGRES)).toMatchObject({ user: 'svc', password: 'from-file' })
    put('elsewhere.conf', `[orders]\nuser=two\npassword=p=q\nhost=${POSTGRES.host}\n`)
    const elsewhere = { PGSERVICE: 'orders', PGSERVICEFILE: join(home, 'elsewhere.conf') }
    expect(await find(elsewhere, POSTGRES)).toEqual({ user: 'two', password: 'p=q' })
    expect(await find(elsewhere, { ...POSTGRES, host: 'another.example' as typeof POSTGRES.host })).toBeUndefined()
    expect(await failureOf(find({ PGSERVICE: 'missing' }, POSTGRES))).toMatchObject({ code: 'NO_SERVICE' })
  })

  test('an option file’s includes are followed where they stand, and a circle ends', async () => {
    mkdirSync(join(home, 'conf.d'))
    put('conf.d/b.cnf', '[client]\nuser=from-directory\n')
    put('conf.d/a.txt', '[client]\nuser=not-a-cnf\n')
    put('one.cnf', `[client]\npassword=first\n!include ${join(home, '.my.cnf')}\n`)
    put(
      '.my.cnf',
      `[client]\npassword=early\n!include ${join(home, 'one.cnf')}\nuser=early\n!includedir ${join(home, 'conf.d')}\n`,
    )
    expect(await find({}, MYSQL)).toEqual({ user: 'from-directory', password: 'first' })
  })

  test('a group with a suffix counts where the suffix is set', async () => {
    put('.my.cnf', '[client]\nuser=a\npassword=b\n[client_staging]\npassword=c\n')
    expect(await find({}, MYSQL)).toMatchObject({ password: 'b' })
    expect(await find({ MYSQL_GROUP_SUFFIX: '_staging' }, MYSQL)).toMatchObject({ password: 'c' })
  })

  test('an include through a link to itself ends too', async () => {
    put('.my.cnf', `[client]\nuser=a\npassword=b\n!include ${join(home, 'link.cnf')}\n`)
    symlinkSync(join(home, '.my.cnf'), join(home, 'link.cnf'))
    expect(await find({}, MYSQL)).toEqual({ user: 'a', password: 'b' })
  })
})
