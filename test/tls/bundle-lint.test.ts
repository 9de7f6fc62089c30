import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { lintBundle } from '../../src/tls/bundle-lint.ts'
import { readBundle } from '../../src/tls/bundled.ts'
import { days, issue } from '../support/certificates.ts'

describe('what is wrong with a bundle', async () => {
  const root = (name: string, more = {}) => issue({ subject: `CN=Amazon RDS ${name}, O=Test`, ca: true, ...more })
  const mine = await root('eu-west-1 Root CA RSA2048 G1')
  const codes = (...pems: readonly string[]): string[] =>
    lintBundle(readBundle(pems.join('')), 'eu-west-1', Date.now()).map(({ code, fatal }) => (fatal ? `${code}!` : code))

  test('nothing', async () => expect(codes(mine.pem)).toEqual([]))
  test('text, CRLF and comments are nothing', async () =>
    expect(codes(`Hello\r\n# ${'x'.repeat(99)}\r\n`, mine.pem.replaceAll('\n', '\r\n'))).toEqual([]))
  test('duplicates', async () => expect(codes(mine.pem, mine.pem)).toEqual(['duplicates']))
  test('intermediates and leaves', async () => {
    const inter = await issue({
      subject: 'CN=Amazon RDS eu-west-1 Subordinate CA RSA2048 G1.A.1',
      issuer: mine,
      ca: true,
    })
    const leaf = await issue({ subject: 'db', issuer: inter, dns: ['db'] })
    expect(codes(mine.pem, inter.pem, leaf.pem)).toEqual(['intermediates', 'not-a-ca'])
    expect(codes(inter.pem)).toEqual(['no-roots!', 'intermediates'])
  })
  test('expired and not yet valid ones', async () => {
    const old = await root('Root 2019 CA', { notBefore: days(-99), notAfter: days(-1) })
    const next = await root('eu-west-1 Root CA RSA2048 G2', { notBefore: days(1) })
    expect(codes(mine.pem, old.pem, next.pem)).toEqual(['expired', 'not-yet-valid', 'legacy'])
    expect(codes(old.pem)).toEqual(['expired-only!', 'legacy'])
  })
  test('roots of other Regions alone', async () => {
    const other = await root('us-east-1 Root CA RSA2048 G1')
    expect(codes(other.pem)).toEqual(['region-absent'])
  })
  test('Beta and Preview roots', async () => {
    const preview = await root('Preview us-east-2 Root CA RSA2048 G1')
    expect(codes(mine.pem, preview.pem)).toEqual(['preview-roots'])
  })
  test('weak keys', async () =>
    expect(codes(mine.pem, (await root('x Root CA RSA2048 G1', { key: 'rsa1024' })).pem)).toEqual(['weak-key']))
  test('private keys', async () => expect(codes(mine.pem, mine.keyPem)).toEqual(['private-key!']))
  test('certificates that cannot be read, and one that breaks off', async () => {
    const rubbish = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    expect(codes(mine.pem, rubbish)).toEqual(['unparseable!'])
    expect(codes(mine.pem, mine.pem.slice(0, 300))).toEqual(['truncated!'])
  })

  test('AWS’s own bundle has nothing but roots of its test environments', async () => {
    const text = await readFile(new URL('data/rds-global-bundle-2025.pem', import.meta.url), 'utf8')
    expect(codes(text)).toEqual(['preview-roots'])
  })
})
