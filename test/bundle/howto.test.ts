import { describe, expect, test } from 'vitest'
import { CLIENTS, howtoFor } from '../../src/bundle/howto/clients.ts'
import { fill, type Values } from '../../src/bundle/howto/howto.ts'
import { pageOf } from '../../src/bundle/howto/page.ts'

const OPEN: Values = { bundle: 'BUNDLE', store: 'STORE', host: 'HOST' }
const FILLED: Values = { bundle: '/etc/rds/global.pem', store: '/etc/rds/global.p12', host: 'db.eu-west-1.example' }

test('there is a page for every client that is promised', () => {
  const promised =
    'psql mysql mariadb jdbc-postgresql jdbc-mysql jdbc-mariadb node-pg mysql2 prisma psycopg pymysql rails django pgx go-sql-driver pdo npgsql mysqlconnector rds-proxy pgbouncer proxysql'
  expect(CLIENTS.map(({ id }) => id).sort()).toEqual(promised.split(' ').sort())
})

test('they are found by other usual names too, and nothing else is', () => {
  expect(['libpq', 'PG', 'SQLAlchemy', 'laravel', 'psycopg2'].map((name) => howtoFor(name)?.id)).toEqual([
    'psql',
    'node-pg',
    'pymysql',
    'pdo',
    'psycopg',
  ])
  expect(howtoFor('oracle')).toBeUndefined()
})

describe.each(CLIENTS.map((client) => [client.id, client] as const))('%s', (_, client) => {
  test('has all parts', () => {
    const texts = [
      client.name,
      client.refusal,
      ...client.changes.flatMap(({ where, code }) => [where, ...code]),
      ...client.check,
      ...client.traps,
      ...client.looksRight.flatMap(({ option, does }) => [option, does]),
    ]
    expect(texts.every((text) => text.trim() !== '')).toBe(true)
    for (const part of [client.changes, client.check, client.traps, client.looksRight])
      expect(part.length).toBeGreaterThan(0)
    expect(client.source).toMatch(/^https:\/\/\S+$/)
  })

  test('leaves nothing open that was given, and nothing half filled', () => {
    const page = pageOf(client, FILLED).join('\n')
    expect(page).not.toMatch(/\{(BUNDLE|STORE|HOST)\}|\bBUNDLE\b|\bSTORE\b|\bHOST\b(?!')/)
    expect(page).toContain(FILLED.host)
    expect(pageOf(client, OPEN).join('\n')).not.toMatch(/\{(BUNDLE|STORE|HOST)\}/)
  })

  test('reads well at 80 columns: only code and addresses are longer', () => {
    const code = new Set(client.changes.flatMap((change) => change.code.map((line) => `      ${fill(line, OPEN)}`)))
    const long = pageOf(client, OPEN).filter((line) => line.length > 80 && !code.has(line))
    expect(long.filter((line) => !line.startsWith('Source: '))).toEqual([])
  })
})
