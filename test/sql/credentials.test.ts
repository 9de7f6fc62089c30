import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { environmentCredentials } from '../../src/sql/environment-credentials.ts'
import { readOptions } from '../../src/sql/option-file.ts'
import { findInPgpass } from '../../src/sql/pgpass.ts'
import { amazonLike } from '../support/certificates.ts'
import { POSTGRES_BIN, startPostgres, type DatabaseServer } from '../support/database-servers.ts'
import { postgresSession } from '../support/probe-clients.ts'
import { PSQL } from '../support/psql.ts'
import { Random } from '../support/random.ts'

const postgres = { engine: 'postgres', host: 'db.example.test', port: 5432 } as const
const mysql = { engine: 'mysql', host: 'db.example.test', port: 3306 } as const

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'))
})
afterEach(() => rm(home, { recursive: true }))

const source = (environment: Record<string, string> = {}) => environmentCredentials({ environment, home })

async function put(name: string, text: string, mode = 0o600): Promise<void> {
  await writeFile(join(home, name), text)
  await chmod(join(home, name), mode)
}

describe('for PostgreSQL', () => {
  test('nothing is nothing', async () => expect(await source().find(postgres)).toBeUndefined())

  test('the environment comes first', async () => {
    await put('.pgpass', '*:*:*:me:from-file')
    const found = await source({ PGUSER: 'me', PGPASSWORD: 'from-environment', PGDATABASE: 'orders' }).find(postgres)
    expect(found).toEqual({ user: 'me', password: 'from-environment', database: 'orders' })
  })

  test('an empty password is one', async () =>
    expect(await source({ PGUSER: 'me', PGPASSWORD: '' }).find(postgres)).toEqual({ user: 'me', password: '' }))

  test('what is meant for another server is not used', async () => {
    const mine = { PGUSER: 'me', PGPASSWORD: 'p' }
    expect(await source({ ...mine, PGHOST: 'db.EXAMPLE.test', PGPORT: '5432' }).find(postgres)).toMatchObject({
      user: 'me',
    })
    expect(await source({ ...mine, PGHOST: 'other.example.test' }).find(postgres)).toBeUndefined()
    expect(await source({ ...mine, PGPORT: '5433' }).find(postgres)).toBeUndefined()
  })

  test('the file is asked for the user of the environment, or says which', async () => {
    await put('.pgpass', '# comment\n\nother:*:*:me:wrong\ndb.example.test:5432:orders:them:theirs\n*:*:*:me:mine\n')
    expect(await source({ PGUSER: 'me' }).find(postgres)).toEqual({ user: 'me', password: 'mine' })
    expect(await source().find(postgres)).toEqual({ user: 'them', password: 'theirs', database: 'orders' })
    expect(await source({ PGDATABASE: 'invoices' }).find(postgres)).toEqual({
      user: 'me',
      password: 'mine',
      database: 'invoices',
    })
  })

  test('a line without a password is none', async () => {
    await put('.pgpass', '*:*:*:me\n*:*:*:them:theirs\n')
    expect(await source().find(postgres)).toEqual({ user: 'them', password: 'theirs' })
  })

  test('another file can be named', async () => {
    await put('passwords', '*:*:*:me:elsewhere')
    expect(await source({ PGPASSFILE: join(home, 'passwords') }).find(postgres)).toMatchObject({
      password: 'elsewhere',
    })
  })

  test.each([0o640, 0o604, 0o644])('a file that others may read (%o) is not used, and that is said', async (mode) => {
    await put('.pgpass', '*:*:*:me:secret', mode)
    const refused = await source()
      .find(postgres)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'FILE_EXPOSED', message: expect.stringContaining('chmod 0600') })
    expect(String(refused)).not.toContain('secret')
    // What the environment gives needs no file.
    expect(await source({ PGUSER: 'me', PGPASSWORD: 'mine' }).find(postgres)).toMatchObject({ password: 'mine' })
  })
})

describe('for MySQL', () => {
  test('nothing is nothing', async () => expect(await source().find(mysql)).toBeUndefined())

  test('the environment comes first', async () => {
    await put('.my.cnf', '[client]\nuser=them\npassword=theirs')
    const found = await source({ MYSQL_USER: 'me', MYSQL_PWD: 'mine', MYSQL_DATABASE: 'orders' }).find(mysql)
    expect(found).toEqual({ user: 'me', password: 'mine', database: 'orders' })
  })

  test('the file, for any server and for one', async () => {
    await put('.my.cnf', '[mysqld]\nuser=mysql\npassword=no\n[client]\nuser = me\npassword = "p # q"\n')
    expect(await source().find(mysql)).toEqual({ user: 'me', password: 'p # q' })
    await put('.my.cnf', '[client]\nuser=me\npassword=p\nhost=other.example.test\n')
    expect(await source().find(mysql)).toBeUndefined()
    await put('.my.cnf', '[client]\nuser=me\npassword=p\nhost=DB.example.test\nport=3306\ndatabase=orders\n')
    expect(await source().find(mysql)).toEqual({ user: 'me', password: 'p', database: 'orders' })
  })

  test('what is meant for another server is not used', async () => {
    const mine = { MYSQL_USER: 'me', MYSQL_PWD: 'p' }
    expect(await source({ ...mine, MYSQL_HOST: 'other' }).find(mysql)).toBeUndefined()
    expect(await source({ ...mine, MYSQL_TCP_PORT: '3307' }).find(mysql)).toBeUndefined()
  })

  test('a file that anybody may write is not used, and that is said', async () => {
    await put('.my.cnf', '[client]\nuser=me\npassword=p', 0o646)
    await expect(source().find(mysql)).rejects.toMatchObject({
      code: 'FILE_EXPOSED',
      message: expect.stringContaining('others may write it (0646)'),
    })
  })

  test('a file that cannot be read is no absence, and a directory or a device in its place is one', async () => {
    await symlink(join(home, '.my.cnf'), join(home, '.my.cnf'))
    await expect(source().find(mysql)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    expect(await source({ PGPASSFILE: '/dev/null' }).find(postgres)).toBeUndefined()
    expect(await source({ PGPASSFILE: home }).find(postgres)).toBeUndefined()
  })
})

describe.skipIf(POSTGRES_BIN === undefined || PSQL === '')('a password file means to us what it means to psql', () => {
  const PASSWORD = String.raw`p:a\ss*w`
  let server: DatabaseServer
  beforeAll(async () => {
    const { leaf, inter } = await amazonLike('x')
    server = await startPostgres({ certPem: leaf.pem + inter.pem, keyPem: leaf.keyPem })
    const admin = await postgresSession(server)
    await admin.query(`create role clerk login password '${PASSWORD}'`)
    await admin.end()
  })
  afterAll(() => server?.stop())

  const letsIn = async (text: string): Promise<boolean> => {
    await put('pass', text)
    const settings = `host=127.0.0.1 port=${server.port} user=clerk dbname=postgres gssencmode=disable`
    const environment = { PATH: process.env['PATH'], HOME: home, PGPASSFILE: join(home, 'pass') }
    return new Promise((resolve) => {
      execFile(PSQL, ['-X', '-w', '-c', 'select 1', settings], { env: environment }, (error) => resolve(error === null))
    })
  }

  const escaped = PASSWORD.replace(/[\\:]/g, String.raw`\$&`)
  test.each([
    ['escaped', `*:*:*:clerk:${escaped}`],
    ['not escaped', `*:*:*:clerk:${PASSWORD}`],
    ['with a remark after it', `*:*:*:clerk:${escaped}:remark`],
    ['with CRLF', `*:*:*:clerk:${escaped}\r\n`],
    ['with spaces', ` *:*:*:clerk:${escaped}`],
    ['after a comment', `#*:*:*:clerk:wrong\n*:*:*:clerk:${escaped}`],
    ['after a line for another', `*:*:*:other:wrong\n*:1:*:clerk:wrong\n*:*:*:clerk:${escaped}`],
    ['after a wrong one', `*:*:*:clerk:wrong\n*:*:*:clerk:${escaped}`],
    ['for its own port', `127.0.0.1:PORT:postgres:clerk:${escaped}`],
    ['for an escaped name', String.raw`127.0.0.1:*:post\gres:cl\erk:` + escaped],
    ['for a literal star', String.raw`\*:*:*:clerk:` + escaped],
    ['cut short', '*:*:*:clerk'],
    ['empty', '*:*:*:clerk:'],
  ])('%s', async (_, line) => {
    const text = line.replace('PORT', String(server.port))
    const found = findInPgpass(text, { host: '127.0.0.1', port: server.port, user: 'clerk', database: 'postgres' })
    expect(found?.password === PASSWORD).toBe(await letsIn(text))
  })
})

const PRINT_DEFAULTS = ['/usr/bin/my_print_defaults'].find((path) => existsSync(path)) ?? ''

describe.skipIf(PRINT_DEFAULTS === '')('an option file means to us what it means to MariaDB’s own reader', () => {
  const theirs = async (text: string): Promise<string[]> => {
    await put('options.cnf', text)
    return execFileSync(PRINT_DEFAULTS, [`--defaults-file=${join(home, 'options.cnf')}`, 'client'], {
      encoding: 'utf8',
    })
      .split('\n--')
      .map((option) => option.replace(/^--/, '').replace(/\n$/, ''))
      .filter((option) => option !== '')
  }
  const last = (options: readonly string[], name: string): string | undefined =>
    options.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1)

  test.each([
    'password=simple',
    '  password  =  spaces around  ',
    'password="quoted # and = signs"',
    "password='single'",
    'password=ab#cd',
    'password="ab#cd" # comment',
    String.raw`password=back\\slash`,
    String.raw`password=tab\tnew\sspace`,
    String.raw`password=other\qescape`,
    String.raw`password="quote\"inside"`,
    'password="',
    'password=""',
    'password=first\npassword=second',
    '# password=no\n; password=no\npassword=yes',
    '[other]\npassword=no\n[client]\npassword=yes',
  ])('%j', async (body) => {
    const text = `[client]\n${body}\n`
    expect(readOptions(text, new Set(['client'])).get('password')).toBe(last(await theirs(text), 'password'))
  })

  test('values at random', async () => {
    const random = new Random(11)
    const alphabet = 'ab =#"\'\\nts;'.split('')
    for (let i = 0; i < 120; i++) {
      const value = Array.from({ length: 1 + random.below(10) }, () => random.pick(alphabet)).join('')
      const text = `[client]\npassword=${value}\n`
      expect([value, readOptions(text, new Set(['client'])).get('password')]).toEqual([
        value,
        last(await theirs(text), 'password'),
      ])
    }
  })
})
