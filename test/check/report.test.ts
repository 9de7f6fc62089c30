import { describe, expect, test } from 'vitest'
import type { Checked } from '../../src/check/checked.ts'
import { basisOf, modeTable, type Basis, type Outcome } from '../../src/check/mode-table.ts'
import { report } from '../../src/check/report.ts'
import { reportJson } from '../../src/check/report-json.ts'
import type { BundledCertificate } from '../../src/ports/bundles.ts'
import type { CertificateSeen, WireEngine, WireProof } from '../../src/ports/wire.ts'

const HOST = 'orders.abc123.eu-west-1.rds.amazonaws.com'
const AT = Date.UTC(2026, 10, 22, 12)
const AMAZON = 'C=US, O=Amazon Web Services, Inc., OU=Amazon RDS, ST=WA'

const certificate = (subject: string, notAfter: number, more: Partial<CertificateSeen> = {}): CertificateSeen => ({
  subject,
  issuer: subject,
  serial: '01',
  notBefore: Date.UTC(2021, 4, 21),
  notAfter,
  sha1: 'a'.repeat(40),
  sha256: 'b'.repeat(64),
  key: 'rsa2048',
  isCa: true,
  names: [],
  ...more,
})

const root = certificate(
  `${AMAZON}, CN=Amazon RDS eu-west-1 Root CA RSA2048 G1, L=Seattle`,
  Date.UTC(2061, 4, 21, 23, 4, 57),
)
const inter = certificate(
  `${AMAZON}, CN=Amazon RDS eu-west-1 Subordinate CA RSA2048 G1.A.5, L=Seattle`,
  Date.UTC(2041, 0, 1),
  { issuer: root.subject },
)
const leaf = certificate(`CN=${HOST}, OU=RDS, O=Amazon.com`, Date.UTC(2027, 10, 1), {
  issuer: inter.subject,
  isCa: false,
  names: [`DNS:${HOST}`],
})
const trusted: BundledCertificate = { ...root, pem: '', region: 'eu-west-1', selfSigned: true }

const PROOF: WireProof = {
  place: { kind: 'here' },
  at: AT,
  ms: 42.4,
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  served: [leaf, inter],
  root,
  chain: { passed: true },
  dates: { passed: true },
  name: { passed: true },
  strict: true,
  controls: { withoutServedRoot: 'refused', wrongName: 'refused' },
}
const ALL = { libpq: true, openssl: true, node: true, mariadb: true, mysql2: true }
const NONE = { libpq: false, openssl: false, node: false, mariadb: false, mysql2: false }

const checked = (engine: WireEngine, proof: Partial<WireProof> = {}, more: Partial<Checked> = {}): Checked => ({
  target: { engine, host: HOST, port: engine === 'postgres' ? 5432 : 3306, name: HOST },
  store: { kind: 'bundle', location: '/etc/ssl/rds.pem', certificates: [trusted], notes: [], crls: [] },
  proof: { ...PROOF, ...proof },
  path: [leaf, inter, root],
  names: ALL,
  ...more,
})

const wrongName: Partial<WireProof> = {
  strict: false,
  name: { passed: false, code: 'wrong-name', certificate: HOST, detail: 'the certificate is not for that' },
}
const old = { ...leaf, notAfter: Date.UTC(2026, 10, 20, 10) }
const expired: Partial<WireProof> = {
  strict: false,
  served: [old, inter],
  dates: { passed: false, code: 'expired', certificate: HOST, detail: 'the leaf expired' },
}
const twin = 'billing.abc123.eu-west-1.rds.amazonaws.com'

const SCREENS: Readonly<Record<string, Checked>> = {
  'postgres-strict': checked('postgres'),
  'mysql-strict': checked('mysql'),
  'postgres-expired': checked('postgres', expired, { path: [old, inter, root] }),
  'mysql-other-database': checked('mysql', wrongName, {
    names: NONE,
    target: { engine: 'mysql', host: twin, port: 3306, name: twin, address: '127.0.0.1:13306' },
  }),
}

test.each(Object.entries(SCREENS))('the screen of %s, at 80 columns', async (name, each) => {
  const lines = report(each, 80)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`goldens/${name}.txt`)
})

test.each([60, 72, 100])('every screen fits in %i columns, but for digests and the table', (width) => {
  for (const each of Object.values(SCREENS))
    for (const line of report(each, width))
      if (line.length > width) expect(line).toMatch(/^ {4}[0-9a-f]{64}$|^ {2,16}\S.* {2}\S/)
})

test('the JSON is one value with ISO times and no certificates’ texts', () => {
  const json = JSON.parse(JSON.stringify(reportJson(checked('postgres', wrongName, { names: NONE })))) as object
  expect(json).toMatchObject({
    kind: 'check',
    reached: true,
    verdict: { kind: 'not-proven' },
    rootIs: { id: 'rds-ca-rsa2048-g1', region: 'eu-west-1' },
    proof: { at: '2026-11-22T12:00:00.000Z', root: { notAfter: '2061-05-21T23:04:57.000Z' } },
    failures: [{ code: 'other-database', check: 'name' }],
  })
  expect(JSON.stringify(json)).not.toContain('BEGIN CERTIFICATE')
})

describe('the mode table', () => {
  const basis = (engine: WireEngine, more: Partial<Basis> = {}): Basis => ({ ...basisOf(checked(engine)), ...more })
  const outcome = (of: Basis, client: string, mode: string): Outcome | undefined =>
    modeTable(of).find((row) => row.client === client && row.mode.startsWith(mode))?.outcome
  const refused = (code: string): Basis['chain'] => ({ passed: false, code, detail: '' })

  test('libpq: a root file makes every TLS mode check the chain, and prefer goes on without TLS', () => {
    const bad = basis('postgres', { chain: refused('unknown-root') })
    expect(
      ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'].map((mode) => outcome(bad, 'libpq', mode)),
    ).toEqual(['plain', 'plain-first', 'falls-back', 'refuses-chain', 'refuses-chain', 'refuses-chain'])
    expect(outcome(bad, 'JDBC', 'prefer')).toBe('unverified')
    expect(outcome(bad, 'node-pg', 'allow, prefer')).toBe('refuses-chain')
  })

  test('another database of the same CA passes everywhere but where the name counts', () => {
    const other = basis('mysql', { names: NONE })
    expect(outcome(other, 'MySQL', 'VERIFY_CA')).toBe('chain-only')
    expect(outcome(other, 'MySQL', 'VERIFY_IDENTITY')).toBe('refuses-name')
    expect(outcome(other, 'mysql2', 'ssl.ca')).toBe('chain-only')
    expect(outcome(other, 'mysql2', 'ssl.ca, ssl.verifyIdentity')).toBe('refuses-name')
    expect(outcome(other, 'MariaDB', '--ssl-verify')).toBe('refuses-name')
  })

  test('expired is refused for its dates; Java does not ask a root for its own', () => {
    const dates: Basis['dates'] = { passed: false, code: 'expired', detail: '' }
    expect(outcome(basis('postgres', { dates }), 'libpq', 'require')).toBe('refuses-dates')
    expect(outcome(basis('postgres', { dates }), 'JDBC', 'verify-ca')).toBe('refuses-dates')
    expect(outcome(basis('postgres', { dates, onlyRootExpired: true }), 'JDBC', 'verify-ca')).toBe('own-rules')
  })

  test('Node’s drivers read no revocation lists', () => {
    const revoked = basis('mysql', { chain: refused('revoked') })
    expect(outcome(revoked, 'mysql2', 'ssl.ca')).toBe('chain-only')
    expect(outcome(revoked, 'MySQL', 'VERIFY_CA')).toBe('refuses-chain')
  })

  test('rules that differ are said to differ', () => {
    const libpqOnly = basis('postgres', { names: { ...NONE, libpq: true } })
    expect(outcome(libpqOnly, 'libpq', 'verify-full')).toBe('verified')
    expect(outcome(libpqOnly, 'node-pg', 'allow, prefer')).toBe('refuses-name')
    expect(outcome(libpqOnly, 'JDBC', 'verify-full')).toBe('own-rules')
    expect(outcome(basis('postgres', { chain: refused('weak-key') }), 'node-pg', 'allow, prefer')).toBe('own-rules')
  })
})
