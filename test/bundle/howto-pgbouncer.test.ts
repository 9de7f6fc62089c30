/** PgBouncer’s page, held against PgBouncer where it is installed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PGBOUNCER } from '../../src/bundle/howto/poolers.ts'
import { amazonLike } from '../support/certificates.ts'
import { POSTGRES_BIN, startPostgres, type DatabaseServer } from '../support/database-servers.ts'
import { HAS_PGBOUNCER, startPgbouncer } from '../support/pgbouncer.ts'
import { PSQL } from '../support/psql.ts'
import { root } from './bundles.ts'
import { say } from './programs.ts'

describe.skipIf(!HAS_PGBOUNCER || POSTGRES_BIN === undefined || PSQL === '')('PgBouncer', () => {
  let server: DatabaseServer
  const roots = { right: '', wrong: '' }
  beforeAll(async () => {
    const made = await amazonLike('localhost', { dns: ['localhost'] })
    Object.assign(roots, { right: made.root.pem, wrong: (await root('eu-test-2')).pem })
    server = await startPostgres({ certPem: made.leaf.pem + made.inter.pem, keyPem: made.leaf.keyPem })
  })
  afterAll(() => server.stop())

  /** The page's own settings, perhaps with another mode; what a client is told, and what stands in the log. */
  async function asked(bundle: keyof typeof roots, host: string, mode = 'verify-full') {
    const settings = (PGBOUNCER.changes[0]?.code ?? [])
      .join('\n')
      .replace('{BUNDLE}', 'BUNDLE')
      .replace('verify-full', mode)
    const pooler = await startPgbouncer(server, { host, settings, bundle: roots[bundle] })
    try {
      const to = `host=127.0.0.1 port=${pooler.port} user=${server.user} dbname=postgres sslmode=disable`
      const { said } = await say(PSQL, [to, '-XAtc', "select 'connected'"])
      return { said, log: pooler.log() }
    } finally {
      await pooler.stop()
    }
  }

  test.each([
    ['right', 'localhost', 'verify-full', undefined],
    ['wrong', 'localhost', 'verify-full', 'certificate verify failed'],
    ['right', '127.0.0.1', 'verify-full', 'not present in server certificate'],
    ['wrong', 'localhost', 'require', undefined],
  ] as const)('with the roots %s, to %s, by %s', async (bundle, host, mode, refusal) => {
    const { said, log } = await asked(bundle, host, mode)
    if (refusal === undefined) return expect(said.trim()).toBe('connected')
    expect(log).toContain(refusal)
    expect(said).toContain('query_wait_timeout')
    expect(said).not.toContain('certificate')
  })
})
