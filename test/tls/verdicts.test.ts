import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WireProof } from '../../src/ports/wire.ts'
import { openWire } from '../../src/tls/open-wire.ts'
import { OPENSSL, opensslAccepts } from '../support/openssl.ts'
import { PSQL, psqlVerdict } from '../support/psql.ts'
import { startTlsServer, type TestServer } from '../support/tls-servers.ts'
import type { CertificateCase } from './certificate-case.ts'
import { chainCases } from './chain-cases.ts'
import { nameCases } from './name-cases.ts'

const cases: readonly CertificateCase[] = [...(await chainCases()), ...(await nameCases())]
const PORT = 5432

let server: TestServer

beforeAll(async () => {
  server = await startTlsServer('postgres', { certPem: cases[0]!.served[0]!.pem, keyPem: cases[0]!.served[0]!.keyPem })
})
afterAll(() => server.close())

function serve({ served, servedPem }: CertificateCase): void {
  server.serve({ certPem: servedPem ?? served.map(({ pem }) => pem).join(''), keyPem: served[0]!.keyPem })
}

const verify = ({ host, roots }: CertificateCase): Promise<WireProof> =>
  openWire({ connect: new Map([[`${host}:${PORT}`, `127.0.0.1:${server.port}`]]), now: Date.now }).verify({
    engine: 'postgres',
    host,
    port: PORT,
    roots,
  })

describe.each(cases)('$name', (each) => {
  test('both judges say the same, and what is wrong', async () => {
    serve(each)
    const proof = await verify(each)
    const failures = (['chain', 'dates', 'name'] as const).flatMap((check) => {
      const result = proof[check]
      return result.passed ? [] : [{ check, code: result.code, detail: result.detail }]
    })
    expect(failures.map(({ check, code }) => ({ check, code }))).toEqual(
      each.fails ? [{ check: each.fails.check, code: each.fails.code }] : [],
    )
    expect(failures[0]?.detail ?? '').toContain(each.fails?.says ?? '')
    expect(proof.strict).toBe(each.fails === undefined)
    expect(proof.controls).toEqual({ withoutServedRoot: 'refused', wrongName: 'refused' })
    expect(proof.served).toHaveLength(each.servedPem ? 2 : each.served.length)
    if (each.fails?.check !== 'chain') expect(proof.root?.subject).toBe(proof.root?.issuer)
  })

  test.skipIf(PSQL === '')('psql with verify-full agrees', async () => {
    serve(each)
    const verdict = await psqlVerdict({ host: each.host, port: server.port, roots: each.roots })
    expect(verdict).toMatchObject({ accepted: each.psql ?? each.fails === undefined })
  })

  test.skipIf(OPENSSL === '')('openssl s_client agrees', async () => {
    serve(each)
    expect(await opensslAccepts({ host: each.host, port: server.port, roots: each.roots })).toBe(
      each.openssl ?? each.fails === undefined,
    )
  })
})

test('there are enough cases', () => expect(cases.length).toBeGreaterThanOrEqual(60))
